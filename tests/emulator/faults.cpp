// SPDX-License-Identifier: LGPL-2.1-or-later
// Parsing of fault scripts.
#include "faults.hpp"

#include "any_fault.hpp"
#include "route.hpp"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace gemini::emulator {
namespace {

using std::chrono::milliseconds;

template <typename T> std::optional<T> to_number(std::string_view text)
{
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

// The same for the same numbers, and evenly spread (the finalizer of splitmix64).
std::uint64_t scrambled(std::uint64_t seed, std::uint64_t number)
{
  std::uint64_t z = seed * 0xd1342543de82ef95U + number * 0x9e3779b97f4a7c15U;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

// Takes the next word off the front.
std::string_view take_word(std::string_view &rest)
{
  const std::size_t begin = rest.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    rest = {};
    return {};
  }
  rest.remove_prefix(begin);
  const std::size_t length = std::min(rest.find_first_of(" \t\r"), rest.size());
  const std::string_view word = rest.substr(0, length);
  rest.remove_prefix(length);
  return word;
}

std::string_view trimmed(std::string_view text)
{
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// The inside of a quoted string that fills `text`.
std::optional<std::string> unquoted(std::string_view text)
{
  if (text.size() < 2 || text.front() != '"' || text.back() != '"')
    return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      return std::nullopt;
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size())
      return std::nullopt;
    switch (text[i]) {
    case 'n':
      out += '\n';
      break;
    case 't':
      out += '\t';
      break;
    case '"':
    case '\\':
      out += text[i];
      break;
    default:
      return std::nullopt;
    }
  }
  return out;
}

std::string in_quotes(std::string_view word)
{
  return "'" + std::string{word} + "'";
}

} // namespace

// Each step returns what is wrong, or nothing.
class FaultScript::LineParser {
public:
  using Problem = std::optional<std::string>;

  explicit LineParser(std::string_view line) : rest_(line) {}

  Problem parse(Line &line)
  {
    if (Problem problem = selector(line))
      return problem;
    if (Problem problem = actions(line.faults))
      return problem;
    const std::string_view left = trimmed(rest_);
    return left.empty() ? Problem{} : "unexpected " + in_quotes(left);
  }

private:
  Problem selector(Line &line)
  {
    std::string_view word = take_word(rest_);
    if (std::ranges::count(call_names(), word) > 0) {
      line.call = word;
      word = take_word(rest_);
    }
    if (word == "*")
      return {};
    if (word == "every") {
      const std::string_view step = take_word(rest_);
      line.step = to_number<std::uint64_t>(step).value_or(0);
      return line.step > 0 ? Problem{} : "'every' wants a number from 1 on, not " + in_quotes(step);
    }
    if (word == "random")
      return random(line);
    const std::size_t dash = word.find('-');
    const auto first = to_number<std::uint64_t>(word.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first
                      : dash + 1 == word.size()      ? UINT64_MAX
                                                : to_number<std::uint64_t>(word.substr(dash + 1));
    if (!first || !last || *first == 0 || *last < *first)
      return in_quotes(word) + " selects no request: write 7, 3-5, 3-, *, every 4 or random 0.1";
    line.first = *first;
    line.last = *last;
    return {};
  }

  Problem random(Line &line)
  {
    const std::string_view fraction = take_word(rest_);
    line.fraction = to_number<double>(fraction).value_or(-1);
    if (!(line.fraction >= 0 && line.fraction <= 1))
      return "'random' wants a fraction from 0 to 1, not " + in_quotes(fraction);
    std::string_view behind = rest_;
    if (const auto seed = to_number<std::uint64_t>(take_word(behind))) {
      line.seed = *seed;
      rest_ = behind;
    }
    return {};
  }

  Problem actions(std::vector<Fault> &faults)
  {
    std::string_view behind = rest_;
    if (const std::string_view word = take_word(behind); word != "any")
      return action(faults.emplace_back());
    rest_ = behind;
    milliseconds longest{0};
    if (Problem problem = duration("any", longest))
      return problem;
    for (const std::string &text : all_fault_actions(longest)) {
      if (Problem problem = LineParser{text}.action(faults.emplace_back()))
        return problem;
    }
    return {};
  }

  Problem action(Fault &fault)
  {
    const std::string_view word = take_word(rest_);
    using Delivery = DeliveryFault::Kind;
    using Content = ContentFault::Kind;
    static constexpr std::pair<std::string_view, Delivery> kDelivery[] = {
        {"silence", Delivery::silence},
        {"hold", Delivery::hold},
        {"slow", Delivery::slow},
        {"slow-body", Delivery::slow_body},
        {"stream-cut", Delivery::stream_cut},
        {"reset", Delivery::reset},
        {"close", Delivery::close},
        {"half-headers", Delivery::half_headers},
        {"no-length", Delivery::no_length},
        {"huge", Delivery::huge}};
    for (const auto &[name, kind] : kDelivery) {
      if (word == name) {
        fault.delivery.kind = kind;
        return delivery_argument(word, fault.delivery);
      }
    }
    static constexpr std::pair<std::string_view, Content> kContent[] = {
        {"status", Content::status},
        {"redirect", Content::redirect},
        {"bad-gzip", Content::bad_gzip},
        {"cut-json", Content::cut_json},
        {"array", Content::array},
        {"html", Content::html},
        {"empty", Content::empty},
        {"text", Content::text},
        {"text-file", Content::text},
        {"blocked", Content::blocked},
        {"recitation", Content::recitation},
        {"no-parts", Content::no_parts},
        {"thought-only", Content::thought_only},
        {"max-tokens", Content::max_tokens},
        {"echo-key", Content::echo_key},
        {"refuse", Content::refuse},
        {"masks", Content::masks},
        {"file-processing", Content::file_processing},
        {"file-failed", Content::file_failed},
        {"stream-error", Content::stream_error}};
    for (const auto &[name, kind] : kContent) {
      if (word == name) {
        fault.content.kind = kind;
        return argument(word, fault.content);
      }
    }
    return word.empty() ? "an action is missing" : "there is no action " + in_quotes(word);
  }

  Problem delivery_argument(std::string_view word, DeliveryFault &delivery)
  {
    switch (delivery.kind) {
    case DeliveryFault::Kind::silence:
      return trimmed(rest_).empty() ? Problem{} : duration(word, delivery.duration);
    case DeliveryFault::Kind::slow:
    case DeliveryFault::Kind::slow_body:
      return duration(word, delivery.duration);
    case DeliveryFault::Kind::stream_cut:
      return count(word, 1, delivery.n_pieces);
    case DeliveryFault::Kind::huge:
      return count(word, 1, delivery.megabytes);
    default:
      return {};
    }
  }

  Problem argument(std::string_view word, ContentFault &content)
  {
    if (word == "status")
      return status(content);
    if (word == "html" || word == "empty")
      return http_status(word, content);
    if (word == "redirect") {
      content.text = take_word(rest_);
      return content.text.empty() ? "'redirect' wants a URL" : Problem{};
    }
    if (word == "refuse")
      return refused_names(content);
    if (word == "masks")
      return masks(content);
    if (word == "file-processing")
      return duration(word, content.duration);
    if (word == "stream-error")
      return stream_error(content);
    if (word == "text") {
      const auto text = unquoted(trimmed(std::exchange(rest_, {})));
      content.text = text.value_or("");
      return text ? Problem{}
                  : "'text' wants a string in quotes, with \\n, \\t, \\\" and \\\\ only";
    }
    return word == "text-file" ? text_file(content) : Problem{};
  }

  Problem duration(std::string_view action, milliseconds &duration)
  {
    const std::string_view word = take_word(rest_);
    const auto ms = to_number<std::uint32_t>(word);
    duration = milliseconds{ms.value_or(0)};
    return ms ? Problem{} : in_quotes(action) + " wants milliseconds, not " + in_quotes(word);
  }

  Problem count(std::string_view action, std::size_t lowest, std::size_t &count)
  {
    const std::string_view word = take_word(rest_);
    count = to_number<std::size_t>(word).value_or(0);
    return to_number<std::size_t>(word) && count >= lowest
               ? Problem{}
               : in_quotes(action) + " wants a number from " + std::to_string(lowest) +
                     " on, not " + in_quotes(word);
  }

  Problem stream_error(ContentFault &content)
  {
    if (Problem problem = count("stream-error", 0, content.n_pieces))
      return problem;
    return status(content, "503");
  }

  // Without a word of its own it is `fallback`.
  Problem status(ContentFault &content, const char *fallback = "")
  {
    std::string word{take_word(rest_)};
    if (word.empty())
      word = fallback;
    const bool may_wait = word == "429-date";
    const bool waits = word == "429-retry" || word == "429-header" || word == "503-retry";
    milliseconds delay{2000};
    if (waits || (may_wait && !trimmed(rest_).empty())) {
      const std::string_view seconds = take_word(rest_);
      const auto value = to_number<double>(seconds);
      if (!value || !(*value >= 0 && *value < 1e6))
        return in_quotes(word) + " wants seconds, not " + in_quotes(seconds);
      delay = milliseconds{std::llround(*value * 1000)};
    }
    const auto error = error_by_word(word, delay);
    if (!error)
      return "there is no status " + in_quotes(word);
    content.error = *error;
    return {};
  }

  Problem http_status(std::string_view action, ContentFault &content)
  {
    const std::string_view word = take_word(rest_);
    if (word.empty())
      return {};
    content.http_status = to_number<int>(word).value_or(0);
    const bool is_status = content.http_status >= 200 && content.http_status <= 599;
    return is_status ? Problem{}
                     : in_quotes(action) + " wants an HTTP status, not " + in_quotes(word);
  }

  Problem refused_names(ContentFault &content)
  {
    std::string_view list = take_word(rest_);
    while (!list.empty()) {
      const std::size_t length = std::min(list.find(','), list.size());
      if (length > 0)
        content.names.emplace_back(list.substr(0, length));
      list.remove_prefix(std::min(length + 1, list.size()));
    }
    content.model = take_word(rest_);
    return content.names.empty() ? "'refuse' wants the names of fields" : Problem{};
  }

  Problem masks(ContentFault &content)
  {
    const std::string_view word = take_word(rest_);
    const auto dialect = mask_dialect_by_word(word);
    content.masks = dialect.value_or(MaskDialect::none);
    return dialect ? Problem{} : "there are no masks " + in_quotes(word);
  }

  Problem text_file(ContentFault &content)
  {
    const std::string path{trimmed(std::exchange(rest_, {}))};
    g_autofree char *bytes = nullptr;
    gsize length = 0;
    g_autoptr(GError) error = nullptr;
    if (!g_file_get_contents(path.c_str(), &bytes, &length, &error))
      return std::string{error->message};
    content.text.assign(bytes, length);
    return {};
  }

  std::string_view rest_;
};

Result<FaultScript, std::string> FaultScript::parse(const std::string &text)
{
  FaultScript script;
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    const std::string_view content = trimmed(rest.substr(0, length));
    rest.remove_prefix(std::min(length + 1, rest.size()));
    if (content.empty() || content.front() == '#')
      continue;
    Line line;
    if (const auto problem = LineParser{content}.parse(line))
      return "line " + std::to_string(number) + " of the fault script: " + *problem;
    script.lines_.push_back(std::move(line));
  }
  return script;
}

std::uint64_t FaultScript::Line::number(const Turn &turn) const
{
  return call.empty() ? turn.of_generations : turn.of_call;
}

bool FaultScript::Line::selects(const Turn &turn) const
{
  const std::uint64_t n = number(turn);
  if ((!call.empty() && call != turn.call) || n < first || n > last || n % step != 0)
    return false;
  return fraction >= 1 || static_cast<double>(scrambled(seed, n)) < fraction * 0x1p64;
}

const Fault &FaultScript::Line::fault(const Turn &turn) const
{
  // Another number than the one that selects.
  return faults[scrambled(~seed, number(turn)) % faults.size()];
}

Fault FaultScript::at(const Turn &turn) const
{
  Fault fault;
  for (const auto &line : lines_) {
    if (!line.selects(turn))
      continue;
    const Fault &one = line.fault(turn);
    if (fault.delivery.kind == DeliveryFault::Kind::none)
      fault.delivery = one.delivery;
    if (fault.content.kind == ContentFault::Kind::none)
      fault.content = one.content;
  }
  return fault;
}

} // namespace gemini::emulator
