// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the list of reference images, and the pictures themselves.
#include "plugin/reference_images.hpp"

#include "wire/image_type.hpp"
#include "wire/text.hpp"

#include <gio/gio.h>
#include <glib.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gemini {
namespace {

constexpr std::size_t kMostImages = 64;
constexpr const char *kAccepted = "image/jpeg, image/png, image/webp, image/heic, image/heif";
constexpr const char *kWhatIsRead = "JPEG, PNG, WebP, HEIC or HEIF";

using UriPtr = std::unique_ptr<GUri, decltype(&g_uri_unref)>;

std::string_view type_of(std::string_view content)
{
  return wire::image_type(std::span{reinterpret_cast<const std::uint8_t *>(content.data()), //
                                    content.size()});
}

std::string in_mib(std::size_t bytes)
{
  return std::to_string(bytes >> 20) + " MiB";
}

// "https" of https://host; empty for a path, which may have a colon.
std::string scheme_of(std::string_view entry)
{
  const std::string_view word = entry.substr(0, entry.find(':'));
  if (word.empty() || word.size() == entry.size())
    return {};
  std::string scheme;
  for (const char c : word) {
    if (!g_ascii_isalnum(c) && c != '+' && c != '-' && c != '.')
      return {};
    scheme += g_ascii_tolower(c);
  }
  const bool is_known =
      scheme == "file" || scheme == "http" || scheme == "https" || scheme == "data";
  return is_known || entry.substr(word.size()).starts_with("://") ? scheme : "";
}

bool is_loopback(const std::string &host)
{
  if (g_ascii_strcasecmp(host.c_str(), "localhost") == 0)
    return true;
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host.c_str());
  return address && g_inet_address_get_is_loopback(address);
}

// "files/abc", as the service names them.
bool is_uploaded(std::string_view entry)
{
  constexpr std::string_view kFolder = "files/";
  constexpr std::size_t kLongestId = 40;
  if (!entry.starts_with(kFolder))
    return false;
  const std::string_view id = entry.substr(kFolder.size());
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '-';
  });
}

// Reads one entry of the list. What is wrong is a sentence without the property's name.
class EntryReader {
public:
  EntryReader(std::string_view entry, std::size_t number) : entry_(entry), number_(number) {}

  Result<ReferenceImage, SettingProblem> read() const
  {
    if (is_uploaded(entry_))
      return ReferenceImage{.kind = ReferenceImage::Kind::uploaded, .uri = entry_, .name = entry_};
    const std::string scheme = scheme_of(entry_);
    if (scheme.empty())
      return read_file(entry_);
    if (scheme == "file")
      return read_file_uri();
    if (scheme == "https" || scheme == "http")
      return read_address(scheme);
    return problem("entry " + std::to_string(number_) +
                   " is none of file://, https://, files/ID or a path");
  }

private:
  static SettingProblem problem(const std::string &sentence)
  {
    return {"reference-images: " + sentence + '.'};
  }

  Result<ReferenceImage, SettingProblem> read_file_uri() const
  {
    g_autoptr(GError) error = nullptr;
    g_autofree char *host = nullptr;
    g_autofree char *path = g_filename_from_uri(entry_.c_str(), &host, &error);
    if (!path)
      return problem(wire::one_line(error->message, 200));
    if (host && *host && g_ascii_strcasecmp(host, "localhost") != 0)
      return problem(entry_ + " is a file of another computer");
    return read_file(path);
  }

  Result<ReferenceImage, SettingProblem> read_file(const std::string &path) const
  {
    // A pipe would be waited for, a device may have no end.
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
      return problem(entry_ + " cannot be read: " + g_strerror(errno));
    auto content = read_content(file);
    close(file);
    if (!content)
      return content.error();
    const std::string_view type = type_of(*content);
    if (type.empty())
      return problem(entry_ + " is no picture that the service reads: it reads " + kWhatIsRead);
    return ReferenceImage{.uri = entry_,
                          .content = std::make_shared<const std::string>(std::move(*content)),
                          .mime_type = std::string{type}};
  }

  Result<std::string, SettingProblem> read_content(int file) const
  {
    struct stat status {};
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
      return problem(entry_ + " is no file");
    // Also of a file that grows while it is read.
    const auto too_large = [this] {
      return problem(entry_ + " is larger than " + in_mib(kLargestReference));
    };
    const auto told_size = static_cast<std::uint64_t>(status.st_size);
    if (told_size > kLargestReference)
      return too_large();
    constexpr std::size_t kPiece = std::size_t{64} << 10;
    std::string content;
    content.reserve(told_size + kPiece);
    for (;;) {
      const std::size_t size = content.size();
      content.resize(size + kPiece);
      const ssize_t got = ::read(file, content.data() + size, kPiece);
      content.resize(size + (got > 0 ? static_cast<std::size_t>(got) : 0));
      if (content.size() > kLargestReference)
        return too_large();
      if (got == 0)
        return content;
      if (got < 0 && errno != EINTR)
        return problem(entry_ + " cannot be read: " + g_strerror(errno));
    }
  }

  // Nothing of a bad address is quoted: it may hold a password.
  Result<ReferenceImage, SettingProblem> read_address(const std::string &scheme) const
  {
    const std::string entry = "entry " + std::to_string(number_);
    constexpr auto kFlags =
        static_cast<GUriFlags>(G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH |
                               G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT);
    const UriPtr uri{g_uri_parse(entry_.c_str(), kFlags, nullptr), g_uri_unref};
    const char *host = uri ? g_uri_get_host(uri.get()) : nullptr;
    if (!host || !*host)
      return problem(entry + " is no address of a picture");
    if (g_uri_get_userinfo(uri.get()))
      return problem(entry + " has a name and password in its address, which would be shown in "
                             "messages");
    if (scheme == "http" && !is_loopback(host))
      return problem(entry + " begins with http://, which is for this computer's own addresses "
                             "only: use https://");
    return ReferenceImage{.kind = ReferenceImage::Kind::web,
                          .uri = entry_.substr(0, entry_.find_first_of("?#")),
                          .url = entry_};
  }

  const std::string entry_;
  const std::size_t number_; // in the list, from 1
};

// Why a picture of the web is not there. What does not heal by itself is an invalid request, as
// none of it is the service's word.
Failure refused(const ReferenceImage &image, int status)
{
  FailureKind kind = FailureKind::invalid_request;
  std::string why = "is refused by its server";
  if (status == 404 || status == 410) {
    why = "does not exist";
  } else if (status == 401 || status == 403) {
    why = "is not public";
  } else if (status == 408 || status == 429 || status == 503) {
    kind = FailureKind::overloaded;
    why = "cannot be had now, as its server is busy";
  } else if (status >= 500) {
    kind = FailureKind::server_error;
    why = "cannot be had now, as its server failed";
  } else if (status >= 300 && status < 400) {
    why = "is moved to where it must not be followed";
  }
  return {.kind = kind,
          .message = "The reference image " + image.uri + ' ' + why + " (HTTP " +
                     std::to_string(status) + ").",
          .http_status = status};
}

Result<ReferenceImage, Failure> fetched(const ReferenceImage &image, net::HttpResult result)
{
  const std::string name = "The reference image " + image.uri;
  if (!result) {
    Failure failure = static_cast<const Failure &>(result.error());
    if (failure.kind == FailureKind::bad_reply) { // of transport it is that for its size only
      failure.kind = FailureKind::invalid_request;
      failure.message = name + " is larger than " + in_mib(kLargestReference) + '.';
    } else {
      failure.message = name + " cannot be fetched: " + failure.message;
    }
    return failure;
  }
  if (result->status != 200)
    return refused(image, result->status);
  const std::string_view type = type_of(result->body);
  if (type.empty())
    return Failure{.kind = FailureKind::invalid_request,
                   .message = name + " is no picture that the service reads: it reads " +
                              kWhatIsRead + '.',
                   .http_status = result->status};
  ReferenceImage content = image;
  content.kind = ReferenceImage::Kind::content;
  content.content = std::make_shared<const std::string>(std::move(result->body));
  content.mime_type = type;
  return content;
}

} // namespace

Result<std::vector<ReferenceImage>, SettingProblem> read_reference_images(std::string_view list)
{
  std::vector<ReferenceImage> images;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find_first_of(",\n", at), list.size());
    const std::string_view entry = wire::trimmed(list.substr(at, end - at));
    at = end + 1;
    if (entry.empty())
      continue;
    if (images.size() == kMostImages)
      return SettingProblem{"reference-images: there are more than " + std::to_string(kMostImages) +
                            " pictures."};
    auto image = EntryReader{entry, images.size() + 1}.read();
    if (!image)
      return image.error();
    images.push_back(std::move(*image));
  }
  return images;
}

void fetch_reference(net::HttpClient &client, const ReferenceImage &image,
                     std::chrono::milliseconds timeout,
                     std::function<void(Result<ReferenceImage, Failure>)> done)
{
  net::HttpRequest request{.method = "GET",
                           .url = image.url,
                           .headers = {{"Accept", kAccepted}},
                           .timeout = timeout,
                           .follows_redirects = true,
                           .largest_reply = kLargestReference};
  client.send(std::move(request), [image, done = std::move(done)](net::HttpResult result) {
    done(fetched(image, std::move(result)));
  });
}

} // namespace gemini
