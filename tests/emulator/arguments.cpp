// SPDX-License-Identifier: LGPL-2.1-or-later
// Parsing the command line.
#include "arguments.hpp"

#include <glib.h>

#include <charconv>
#include <optional>
#include <string_view>

namespace gemini::emulator {
namespace {

using Problem = std::optional<std::string>;

bool read_number(std::string_view text, int lowest, int highest, int &out)
{
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out >= lowest &&
         out <= highest;
}

Problem set_port(Options &options, const std::string &value)
{
  if (read_number(value, 0, 65535, options.port))
    return {};
  return "--port wants a number from 0 to 65535, not '" + value + "'";
}

Problem set_vision(Options &options, const std::string &value)
{
  if (value == "coco")
    options.vision = Vision::coco;
  else if (value == "shapes")
    options.vision = Vision::shapes;
  else if (value == "none")
    options.vision = Vision::none;
  else
    return "--vision is coco, shapes or none, not '" + value + "'";
  return {};
}

Problem set_latency(Options &options, const std::string &value)
{
  constexpr int kLongest = 3600 * 1000;
  const std::string_view text = value;
  const std::size_t comma = text.find(',');
  const bool has_jitter = comma != std::string_view::npos;
  if (read_number(text.substr(0, comma), 0, kLongest, options.latency_ms) &&
      (!has_jitter || read_number(text.substr(comma + 1), 0, kLongest, options.jitter_ms)))
    return {};
  return "--latency wants milliseconds, or two such numbers as in 2000,1500, not '" + value + "'";
}

Problem set_stream_delay(Options &options, const std::string &value)
{
  constexpr int kLongest = 3600 * 1000;
  if (read_number(value, 0, kLongest, options.stream_delay_ms))
    return {};
  return "--stream-delay wants milliseconds, not '" + value + "'";
}

Problem set_faults(Options &options, const std::string &path)
{
  g_autofree char *text = nullptr;
  g_autoptr(GError) error = nullptr;
  if (!g_file_get_contents(path.c_str(), &text, nullptr, &error))
    return "--faults: " + std::string{error->message};
  options.faults = text;
  return {};
}

Problem set_rate(Options &options, const std::string &value)
{
  if (read_number(value, 0, 1000000, options.requests_per_minute))
    return {};
  return "--requests-per-minute wants a number, not '" + value + "'";
}

Problem set_file_lifetime(Options &options, const std::string &value)
{
  int seconds = 0;
  if (!read_number(value, 0, 1000000, seconds))
    return "--file-lifetime wants seconds, not '" + value + "'";
  options.file_lifetime_ms = std::int64_t{1000} * seconds;
  return {};
}

Problem set_file_processing(Options &options, const std::string &value)
{
  if (read_number(value, 0, 3600 * 1000, options.file_processing_ms))
    return {};
  return "--file-processing wants milliseconds, not '" + value + "'";
}

struct Option {
  std::string_view name;
  Problem (*set)(Options &options, const std::string &value);
};

constexpr Option kOptions[] = {
    {"--port", set_port},
    {"--vision", set_vision},
    {"--latency", set_latency},
    {"--stream-delay", set_stream_delay},
    {"--faults", set_faults},
    {"--record",
     [](Options &options, const std::string &value) -> Problem {
       options.record_dir = value;
       return {};
     }},
    {"--log",
     [](Options &options, const std::string &value) -> Problem {
       options.log_file = value;
       return {};
     }},
    {"--requests-per-minute", set_rate},
    {"--file-lifetime", set_file_lifetime},
    {"--file-processing", set_file_processing},
    {"--models",
     [](Options &options, const std::string &value) -> Problem {
       options.models_dir = value;
       return {};
     }},
};

} // namespace

Result<Arguments, std::string> parse_arguments(std::span<const std::string> words)
{
  Arguments out;
  std::string keys;
  while (!words.empty()) {
    const std::string word = words.front();
    words = words.subspan(1);
    if (word == "--help" || word == "-h") {
      out.wants_help = true;
      continue;
    }
    if (word == "--tls") {
      if (words.size() < 2)
        return std::string{"--tls wants two files, CERT and KEY"};
      out.options.tls_cert = words[0];
      out.options.tls_key = words[1];
      words = words.subspan(2);
      continue;
    }
    if (word == "--api-key") {
      if (words.empty())
        return std::string{"--api-key wants a value"};
      keys += (keys.empty() ? "" : ",") + words.front();
      words = words.subspan(1);
      continue;
    }
    const Option *found = nullptr;
    for (const auto &option : kOptions) {
      if (word == option.name)
        found = &option;
    }
    if (!found)
      return "there is no option '" + word + "'; --help lists them all";
    if (words.empty())
      return word + " wants a value";
    if (auto problem = found->set(out.options, words.front()))
      return *std::move(problem);
    words = words.subspan(1);
  }
  if (!keys.empty())
    out.options.api_key = keys;
  return out;
}

const char *help_text()
{
  return "Usage: gemini-emulator [OPTION]...\n"
         "A stand-in for the Gemini service on loopback that looks at the pictures it is sent.\n"
         "\n"
         "  --port N                  listen on this port; any free one without\n"
         "  --api-key KEY             a key (or token) that is accepted, or several with commas between;\n"
         "                            may be given more than once; emulator-key without\n"
         "  --vision shapes           find uniformly coloured shapes, exactly (the default)\n"
         "           coco             find 80 kinds of things with a neural network\n"
         "           none             see nothing\n"
         "  --latency MS[,JITTER]     answer so late, plus a random part of JITTER\n"
         "  --stream-delay MS         wait so long between two pieces of a streamed answer\n"
         "  --faults FILE             a fault script; tests/emulator/faults.hpp describes the language\n"
         "  --record DIR              write the bodies of all requests and answers there\n"
         "  --log FILE                write a line for each call: microseconds of a steady clock, and its name\n"
         "  --requests-per-minute N   refuse what is more, of each key\n"
         "  --file-lifetime SECONDS   forget uploaded files so soon; after 48 hours without\n"
         "  --file-processing MS      how long an uploaded file is PROCESSING; not at all without\n"
         "  --tls CERT KEY            speak https, with these PEM files; HTTP/2 too where nghttpx is installed\n"
         "  --models DIR              where get-models.sh has put the networks\n"
         "  --help                    this text\n"
         "\n"
         "Its first line of output is `listening on http://127.0.0.1:PORT`. SIGINT or SIGTERM ends it.\n"
         "JPEG and PNG pictures are looked at; WebP and HEIF may only come before them, for reference.\n"
         "The EXIF orientation of pictures is ignored: coordinates are those of the stored picture.\n";
}

} // namespace gemini::emulator
