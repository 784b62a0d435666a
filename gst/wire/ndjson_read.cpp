// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading our own result format back. Strict with what it knows, as nobody but us writes it, and
// blind to what it does not.
#include "wire/ndjson_read.hpp"

#include "wire/base64.hpp"
#include "wire/iso_time.hpp"
#include "wire/json.hpp"
#include "wire/json_write.hpp"
#include "wire/pixel_number.hpp"
#include "wire/png.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace gemini::wire {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxJsonBytes = std::size_t{4} << 20;
constexpr std::size_t kMaxPngBytes = 2 * kMaxPngPixels;

// How far a coordinate may be beyond the edge of the picture, as a part of it: records may have
// been rounded.
constexpr double kSlack = 1e-3;
// Likewise of what has been followed, which may have left.
constexpr double kFar = 1000;
// Up to there it is the arithmetic's, and left as it is.
constexpr double kRounding = 1e-9;

struct Span {
  std::size_t at = 0;
  std::size_t size = 0;
};

// Where the string that begins at `at` ends, behind its quotation mark.
std::size_t end_of_string(std::string_view line, std::size_t at)
{
  for (++at; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] == '\\')
      ++at;
  }
  return std::min(at + 1, line.size());
}

// Where the value of the line's member "json" stands. It is read by itself, as it may be as deep
// and as large as a document can be.
std::optional<Span> find_json(std::string_view line)
{
  constexpr std::string_view kName = "\"json\"";
  std::optional<std::size_t> value;
  int depth = 0;
  for (std::size_t at = 0; at < line.size();) {
    const char c = line[at];
    if (c == '"') {
      const std::size_t end = end_of_string(line, at);
      const std::size_t next = std::min(line.find_first_not_of(" \t", end), line.size());
      const bool is_it = !value && depth == 1 && line.substr(at, end - at) == kName &&
                         next < line.size() && line[next] == ':';
      if (is_it)
        value = next + 1;
      at = is_it ? next + 1 : end;
      continue;
    }
    if (c == '{' || c == '[')
      ++depth;
    else if (c == '}' || c == ']')
      --depth;
    if (value && (depth == 0 || (depth == 1 && c == ',')))
      return Span{*value, at - *value};
    ++at;
  }
  return std::nullopt;
}

template <typename Enum>
std::optional<Enum> read_word(std::string_view word, std::initializer_list<Enum> all)
{
  for (const Enum one : all) {
    if (word == to_string(one))
      return one;
  }
  return std::nullopt;
}

constexpr std::initializer_list<Task> kTasks = {Task::detect,   Task::segment, Task::point,
                                                Task::boxes_3d, Task::caption, Task::classify,
                                                Task::ask};
constexpr std::initializer_list<AnalysisStatus> kStatuses = {
    AnalysisStatus::ok, AnalysisStatus::partial, AnalysisStatus::blocked, AnalysisStatus::failed};

constexpr std::initializer_list<TrackState> kTrackStates = {TrackState::fresh, TrackState::kept,
                                                            TrackState::lost, TrackState::left};

std::optional<FailureKind> read_failure_kind(std::string_view word)
{
  for (std::size_t i = 0; i < kFailureKinds; ++i) {
    if (const auto kind = static_cast<FailureKind>(i); word == to_string(kind))
      return kind;
  }
  return std::nullopt;
}

// Reads the members of one line. The first thing that is wrong ends it; what is read after that
// counts for nothing.
class LineReader {
public:
  Analysis read(Json line)
  {
    Analysis analysis;
    analysis.source = text(line, "source");
    analysis.request_id = whole(line, "request_id", std::uint64_t{0});
    analysis.pts = time(line, "pts");
    analysis.running_time = time(line, "running_time");
    if (const Json captured = known(line, "captured_at")) {
      analysis.captured_at = read_iso_time(captured.text());
      expect(captured.is_string() && analysis.captured_at, "captured_at");
    }
    analysis.width = width_ = whole(line, "width", 0);
    analysis.height = height_ = whole(line, "height", 0);
    const auto task = read_word(text(line, "task"), kTasks);
    expect(task.has_value(), "task");
    analysis.task = task.value_or(Task::detect);
    analysis.model = text(line, "model");
    analysis.model_version = text(line, "model_version");
    analysis.latency = std::chrono::milliseconds{whole(line, "latency_ms", std::int64_t{0})};
    analysis.attempts = whole(line, "attempts", 0);
    const auto status = read_word(text(line, "status"), kStatuses);
    expect(status.has_value(), "status");
    analysis.status = status.value_or(AnalysisStatus::failed);
    if (const Json growing = known(line, "growing")) {
      expect(growing.kind() == Json::Kind::boolean, "growing");
      analysis.is_growing = growing.is_true();
    }
    analysis.finish_reason = text(line, "finish_reason");
    analysis.usage = usage(known(line, "usage"));
    if (known(line, "text"))
      analysis.text = text(line, "text");
    analysis.objects = objects(line, "objects");
    analysis.gone = objects(line, "gone");
    analysis.problems = problems(known(line, "problems"));
    if (const Json error = known(line, "error"))
      analysis.failure = failure(error);
    return analysis;
  }

  // The end of a sentence; empty where all is well.
  const std::string &problem() const { return problem_; }

private:
  // Absent where it is null, too.
  static Json known(Json object, std::string_view name) { return unless_null(object.member(name)); }

  void expect(bool is_right, std::string_view name, std::string_view why = {})
  {
    if (is_right || !problem_.empty())
      return;
    problem_ = "has an unusable \"" + std::string{name} + '"';
    if (object_ > 0)
      problem_ += (is_gone_ ? " in gone object " : " in object ") + std::to_string(object_);
    if (!why.empty())
      problem_ += ": " + std::string{why};
  }

  std::string text(Json object, std::string_view name)
  {
    const Json value = known(object, name);
    expect(!value || value.is_string(), name);
    return std::string{value.text()};
  }

  std::chrono::nanoseconds time(Json object, std::string_view name)
  {
    return std::chrono::nanoseconds{known(object, name) ? whole(object, name, std::int64_t{0})
                                                        : -1};
  }

  // 0 where it is unknown.
  template <std::integral T> T whole(Json object, std::string_view name, T lowest)
  {
    const Json value = known(object, name);
    if (!value)
      return 0;
    T number = 0;
    const std::string_view digits = value.text();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    expect(value.kind() == Json::Kind::number && error == std::errc{} &&
               end == digits.data() + digits.size() && number >= lowest,
           name);
    return number;
  }

  Usage usage(Json value)
  {
    expect(!value || value.is_object(), "usage");
    constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
    return {.prompt = whole(value, "prompt", kLowest),
            .output = whole(value, "output", kLowest),
            .thoughts = whole(value, "thoughts", kLowest),
            .cached = whole(value, "cached", kLowest),
            .total = whole(value, "total", kLowest)};
  }

  std::vector<std::string> problems(Json value)
  {
    std::vector<std::string> lines;
    expect(!value || value.is_array(), "problems");
    for (const Json line : value) {
      expect(line.is_string(), "problems");
      lines.emplace_back(line.text());
    }
    return lines;
  }

  Failure failure(Json value)
  {
    expect(value.is_object(), "error");
    const auto kind = read_failure_kind(text(value, "kind"));
    expect(kind.has_value(), "kind");
    return {.kind = kind.value_or(FailureKind::bad_reply),
            .message = text(value, "message"),
            .http_status = whole(value, "http_status", 0)};
  }

  std::vector<Object> objects(Json line, std::string_view name)
  {
    const Json value = known(line, name);
    std::vector<Object> list;
    expect(!value || value.is_array(), name);
    is_gone_ = name == "gone";
    for (const Json one : value) {
      ++object_;
      expect(one.is_object(), name);
      if (!problem_.empty())
        break;
      list.push_back(object(one));
    }
    object_ = 0;
    return list;
  }

  Object object(Json value)
  {
    Object object{.id = whole(value, "id", std::uint64_t{0}), .label = text(value, "label")};
    if (const Json confidence = known(value, "confidence")) {
      object.confidence = number(confidence, "confidence");
      expect(*object.confidence >= 0 && *object.confidence <= 1, "confidence");
    }
    object.track = track(value);
    was_followed_ =
        is_gone_ || object.track.age > std::chrono::nanoseconds{0} || object.track.confidence < 1;
    if (const Json box = known(value, "box"))
      object.box = rect(box, "box");
    if (const Json mask_value = known(value, "mask"))
      object.mask = mask(mask_value);
    if (const Json polygon = known(value, "polygon"))
      object.polygon.push_back(ring(polygon, "polygon"));
    if (const Json polygons = known(value, "polygons")) {
      expect(polygons.is_array(), "polygons");
      for (const Json one : polygons)
        object.polygon.push_back(ring(one, "polygons"));
    }
    if (const Json at = known(value, "point"))
      object.point = point(at, "point");
    if (const Json box = known(value, "box_3d"))
      object.box_3d = box_3d(box);
    if (known(value, "text"))
      object.text = text(value, "text");
    if (const Json from = known(value, "parent"))
      object.parent = parent(from);
    return object;
  }

  // Lines of older versions have none.
  Track track(Json value)
  {
    Track track;
    if (known(value, "state")) {
      const auto state = read_word(text(value, "state"), kTrackStates);
      expect(state.has_value(), "state");
      track.state = state.value_or(TrackState::fresh);
    }
    const std::chrono::milliseconds age{whole(value, "age_ms", std::int64_t{0})};
    const bool fits =
        age <= std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds::max());
    expect(fits, "age_ms");
    if (fits)
      track.age = age;
    if (const Json confidence = known(value, "track_confidence")) {
      track.confidence = number(confidence, "track_confidence");
      expect(track.confidence >= 0 && track.confidence <= 1, "track_confidence");
    }
    return track;
  }

  Parent parent(Json value)
  {
    expect(value.is_object(), "parent");
    Parent parent{.label = text(value, "label")};
    if (known(value, "id"))
      parent.id = whole(value, "id", std::uint64_t{0});
    return parent;
  }

  double number(Json value, std::string_view name)
  {
    const std::optional<double> read = value.number();
    expect(value.kind() == Json::Kind::number && read, name);
    return read.value_or(0);
  }

  // As many numbers as the array has; each read by `read`.
  template <std::size_t N, typename Read>
  std::array<double, N> numbers(Json value, std::string_view name, Read read)
  {
    std::array<double, N> list{};
    expect(value.is_array() && value.size() == N, name);
    std::size_t i = 0;
    for (const Json one : value) {
      if (i == N)
        break;
      list[i] = read(one, i);
      ++i;
    }
    return list;
  }

  double pixels(Json value, int side, std::string_view name)
  {
    const std::optional<double> part =
        value.kind() == Json::Kind::number ? read_pixels(value.text(), side) : std::nullopt;
    expect(part.has_value(), name);
    const double read = part.value_or(0);
    if (was_followed_) {
      expect(std::fabs(read) <= kFar, name, "it is too far from the picture");
      return read;
    }
    expect(read >= -kSlack && read <= 1 + kSlack, name, "it is not within the picture");
    return std::clamp(read, 0.0, 1.0);
  }

  // Alternately across and down.
  template <std::size_t N> std::array<double, N> coordinates(Json value, std::string_view name)
  {
    return numbers<N>(value, name, [&](Json one, std::size_t i) {
      return pixels(one, i % 2 == 0 ? width_ : height_, name);
    });
  }

  Rect rect(Json value, std::string_view name)
  {
    const auto [x, y, w, h] = coordinates<4>(value, name);
    if (was_followed_) {
      expect(w >= 0 && h >= 0, name);
      return {x, y, w, h};
    }
    expect(x + w <= 1 + kSlack && y + h <= 1 + kSlack, name, "it is not within the picture");
    return {x, y, x + w > 1 + kRounding ? 1 - x : w, y + h > 1 + kRounding ? 1 - y : h};
  }

  Point point(Json value, std::string_view name)
  {
    const auto [x, y] = coordinates<2>(value, name);
    return {x, y};
  }

  Ring ring(Json value, std::string_view name)
  {
    Ring points;
    expect(value.is_array() && value.size() >= 3, name);
    for (const Json one : value)
      points.push_back(point(one, name));
    return points;
  }

  Box3d box_3d(Json value)
  {
    expect(value.is_object(), "box_3d");
    const auto three = [&](std::string_view name) {
      return numbers<3>(value.member(name), name,
                        [&](Json one, std::size_t) { return number(one, name); });
    };
    return {three("center"), three("size"), three("rotation")};
  }

  std::shared_ptr<const Mask> mask(Json value)
  {
    expect(value.is_object(), "mask");
    const Rect where = rect(value.member("box"), "mask");
    if (!problem_.empty())
      return nullptr;
    const auto png = decode_base64(value.member("png").text(), kMaxPngBytes);
    expect(png.has_value(), "mask", "its picture is no base64");
    if (!png)
      return nullptr;
    auto image = read_png(*png, std::min(kMaxPngPixels, mask_cells_left_));
    expect(image.has_value(), "mask", image ? "" : image.error());
    if (!image)
      return nullptr;
    mask_cells_left_ -= image->pixels.size();
    return std::make_shared<const Mask>(
        Mask{where, image->width, image->height, std::move(image->pixels)});
  }

  std::string problem_;
  std::size_t object_ = 0;    // that is being read, from 1
  bool is_gone_ = false;      // it
  bool was_followed_ = false; // likewise: its place may not be the model's own word
  int width_ = 0;
  int height_ = 0;
  std::size_t mask_cells_left_ = kMaxMaskBytes;
};

// One line of JSON; none where the value is not JSON.
std::optional<std::string> rewritten(std::string_view value)
{
  const bool is_container = value.starts_with('{') || value.starts_with('[');
  // Only containers are documents.
  const JsonDocument document = is_container ? JsonDocument::whole(value)
                                             : JsonDocument::whole("[" + std::string{value} + "]");
  const Json json = is_container ? document.root() : document.root().front();
  std::string out;
  if (!json || (!is_container && document.root().size() != 1) ||
      !append_json(out, json, kMaxJsonBytes))
    return std::nullopt;
  return out;
}

std::string_view without_space(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

Result<Analysis, std::string> from_ndjson(std::string_view line)
{
  if (line.size() > kMaxLineBytes)
    return std::string{"is longer than 64 MiB"};
  std::string rest{line};
  std::optional<std::string> json;
  if (const auto span = find_json(line)) {
    const std::string_view value = without_space(line.substr(span->at, span->size));
    if (value != "null") {
      json = rewritten(value);
      if (!json)
        return std::string{"has an unusable \"json\""};
    }
    rest.replace(span->at, span->size, "null");
  }
  const JsonDocument document = JsonDocument::whole(rest);
  const Json root = document.root();
  if (!root.is_object())
    return std::string{"is not one whole JSON object"};
  if (root.member("schema").text() != "gst-gemini/1")
    return std::string{"is not of the schema gst-gemini/1"};
  LineReader reader;
  Analysis analysis = reader.read(root);
  if (!reader.problem().empty())
    return reader.problem();
  analysis.json = std::move(json);
  return analysis;
}

} // namespace gemini::wire
