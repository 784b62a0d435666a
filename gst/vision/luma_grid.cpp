// SPDX-License-Identifier: LGPL-2.1-or-later
// The brightness of a frame as a small grid of means. A few lines of pixels for each row of cells
// are added up column by column, which the compiler turns into vector instructions; only then are
// the columns of a cell added up.
#include "vision/luma_grid.hpp"

#include "vision/jpeg_decoder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace gemini::vision {

namespace {

// Samples across a cell that are enough where each costs more than a byte.
constexpr int kSamplesAcross = 7;

Failure frame_failure(std::string message)
{
  return {.kind = FailureKind::frame, .message = std::move(message)};
}

struct GridShape {
  int columns = 0;
  int rows = 0;
};

GridShape shape_of(int width, int height, int longer_side)
{
  const int longer = std::max(width, height);
  if (longer <= longer_side)
    return {width, height};
  const auto cells = [&](int pixels) { return std::max(1, pixels * longer_side / longer); };
  return {cells(width), cells(height)};
}

// Where the brightness of a pixel stands in memory.
struct Layout {
  enum class Kind { bytes, words, rgb } kind = Kind::bytes;
  std::array<guint, 3> plane{}; // of Y, or of R, G and B
  std::array<int, 3> offset{};  // of the first pixel, in bytes
  int pixel_stride = 1;         // in bytes
  int shift = 0;                // words: what is below the upper eight bits
};

std::optional<Layout> layout_of(const GstVideoInfo &info)
{
  const GstVideoFormatInfo *format = info.finfo;
  constexpr auto kOdd =
      GST_VIDEO_FORMAT_FLAG_COMPLEX | GST_VIDEO_FORMAT_FLAG_TILED | GST_VIDEO_FORMAT_FLAG_PALETTE;
  if ((format->flags & kOdd) != 0 || format->n_components == 0 || format->w_sub[0] != 0 ||
      format->h_sub[0] != 0)
    return std::nullopt;
  Layout layout{.pixel_stride = format->pixel_stride[0]};
  const guint n = GST_VIDEO_FORMAT_INFO_IS_RGB(format) ? 3 : 1;
  for (guint i = 0; i < n; ++i) {
    if (format->pixel_stride[i] < 1 || format->pixel_stride[i] != layout.pixel_stride ||
        format->depth[i] != format->depth[0])
      return std::nullopt;
    layout.plane[i] = format->plane[i];
    layout.offset[i] = static_cast<int>(format->poffset[i]);
  }
  if (format->depth[0] == 8) {
    layout.kind = n == 3 ? Layout::Kind::rgb : Layout::Kind::bytes;
    return layout;
  }
  const bool is_native = GST_VIDEO_FORMAT_INFO_IS_LE(format) == (G_BYTE_ORDER == G_LITTLE_ENDIAN);
  if (n == 3 || format->depth[0] < 8 || format->depth[0] > 16 || layout.pixel_stride != 2 ||
      !is_native)
    return std::nullopt;
  layout.kind = Layout::Kind::words;
  layout.shift = static_cast<int>(format->shift[0] + format->depth[0] - 8);
  return layout;
}

// Sums of a few lines: of 256 at most.
using Sums = std::vector<std::uint16_t>;

void add_bytes(Sums &sums, const std::uint8_t *line)
{
  std::uint16_t *to = sums.data();
  const std::size_t n = sums.size();
  for (std::size_t x = 0; x < n; ++x)
    to[x] = static_cast<std::uint16_t>(to[x] + line[x]);
}

void add_bytes(Sums &sums, const std::uint8_t *line, std::size_t step)
{
  for (std::uint16_t &sum : sums) {
    sum = static_cast<std::uint16_t>(sum + *line);
    line += step;
  }
}

void add_words(Sums &sums, const std::uint16_t *line, int shift)
{
  std::uint16_t *to = sums.data();
  const std::size_t n = sums.size();
  for (std::size_t x = 0; x < n; ++x)
    to[x] = static_cast<std::uint16_t>(to[x] + ((line[x] >> shift) & 0xff));
}

void add_rgb(Sums &sums, const std::uint8_t *r, const std::uint8_t *g, const std::uint8_t *b,
             std::size_t step)
{
  std::size_t at = 0;
  for (std::uint16_t &sum : sums) {
    sum = static_cast<std::uint16_t>(sum + ((77 * r[at] + 150 * g[at] + 29 * b[at]) >> 8));
    at += step;
  }
}

} // namespace

struct LumaReader::Summer {
  Sums sums;
  std::vector<std::size_t> edges; // of the cells, in samples

  // `add(y)` adds line y to the sums; every `step`th pixel of it.
  template <typename Add>
  LumaGrid grid(int width, int height, const LumaGridSize &size, bool takes_all, Add add)
  {
    const auto [columns, rows] = shape_of(width, height, size.longer_side);
    const int step = takes_all ? 1 : std::max(1, width / columns / kSamplesAcross);
    const int samples = (width + step - 1) / step;
    edges.clear();
    for (int i = 0; i <= columns; ++i)
      edges.push_back(static_cast<std::size_t>(samples * std::int64_t{i} / columns));
    sums.resize(static_cast<std::size_t>(samples));
    LumaGrid grid{.columns = columns, .rows = rows, .means = {}};
    grid.means.reserve(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row) {
      const int top = static_cast<int>(std::int64_t{height} * row / rows);
      const int bottom = static_cast<int>(std::int64_t{height} * (row + 1) / rows);
      const int lines = std::clamp(bottom - top, 1, size.lines);
      std::fill(sums.begin(), sums.end(), std::uint16_t{0});
      for (int i = 0; i < lines; ++i)
        add(top + (2 * i + 1) * (bottom - top) / (2 * lines), static_cast<std::size_t>(step));
      for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        unsigned sum = 0;
        for (std::size_t x = edges[i]; x < edges[i + 1]; ++x)
          sum += sums[x];
        grid.means.push_back(
            static_cast<float>(sum) /
            static_cast<float>((edges[i + 1] - edges[i]) * static_cast<std::size_t>(lines)));
      }
    }
    return grid;
  }

  LumaGrid grid(const GstVideoFrame *frame, const Layout &layout, const LumaGridSize &size)
  {
    const int width = GST_VIDEO_FRAME_WIDTH(frame);
    const int height = GST_VIDEO_FRAME_COMP_HEIGHT(frame, 0); // fields that come alone have half
    const auto line = [&](std::size_t component, int y) {
      const guint plane = layout.plane[component];
      return static_cast<const std::uint8_t *>(GST_VIDEO_FRAME_PLANE_DATA(frame, plane)) +
             std::ptrdiff_t{GST_VIDEO_FRAME_PLANE_STRIDE(frame, plane)} * y +
             layout.offset[component];
    };
    const auto pixel = static_cast<std::size_t>(layout.pixel_stride);
    switch (layout.kind) {
    case Layout::Kind::words:
      return grid(width, height, size, true, [&](int y, std::size_t) {
        add_words(sums, reinterpret_cast<const std::uint16_t *>(line(0, y)), layout.shift);
      });
    case Layout::Kind::rgb:
      return grid(width, height, size, false, [&](int y, std::size_t step) {
        add_rgb(sums, line(0, y), line(1, y), line(2, y), step * pixel);
      });
    case Layout::Kind::bytes:
      break;
    }
    return grid(width, height, size, pixel == 1, [&](int y, std::size_t step) {
      if (pixel == 1)
        add_bytes(sums, line(0, y));
      else
        add_bytes(sums, line(0, y), step * pixel);
    });
  }
};

// To gray of the grid's size.
struct LumaReader::Converter {
  GstVideoInfo in{};
  GstVideoInfo out{};
  GstVideoConverter *converter = nullptr;
  GstBuffer *buffer = nullptr;

  Converter(const GstVideoInfo &info, GridShape shape) : in(info)
  {
    gst_video_info_set_format(&out, GST_VIDEO_FORMAT_GRAY8, static_cast<guint>(shape.columns),
                              static_cast<guint>(shape.rows));
    out.fps_n = in.fps_n;
    out.fps_d = in.fps_d;
    GstVideoInfo lines = in;
    if (in.interlace_mode == GST_VIDEO_INTERLACE_MODE_ALTERNATE) { // each a picture of its own
      lines.interlace_mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
      lines.height = GST_VIDEO_INFO_FIELD_HEIGHT(&in);
    }
    out.interlace_mode = lines.interlace_mode;
    converter = gst_video_converter_new(&lines, &out, nullptr);
    buffer = gst_buffer_new_allocate(nullptr, out.size, nullptr);
  }
  ~Converter()
  {
    if (converter)
      gst_video_converter_free(converter);
    gst_clear_buffer(&buffer);
  }
  Converter(const Converter &) = delete;
  Converter &operator=(const Converter &) = delete;

  bool fits(const GstVideoInfo &info, GridShape shape) const
  {
    return gst_video_info_is_equal(&in, &info) && out.width == shape.columns &&
           out.height == shape.rows;
  }

  std::optional<LumaGrid> grid(const GstVideoFrame *frame, Summer &summer)
  {
    GstVideoFrame gray;
    if (!converter || !gst_video_frame_map(&gray, &out, buffer, GST_MAP_READWRITE))
      return std::nullopt;
    GstVideoFrame lines = *frame;
    if (in.interlace_mode == GST_VIDEO_INTERLACE_MODE_ALTERNATE)
      lines.flags = GST_VIDEO_FRAME_FLAG_NONE;
    gst_video_converter_frame(converter, &lines, &gray);
    LumaGrid result = summer.grid(&gray, {}, {.longer_side = std::max(out.width, out.height)});
    gst_video_frame_unmap(&gray);
    return result;
  }
};

struct LumaReader::Jpeg {
  JpegDecoder decoder;

  // At the smallest size that has a pixel for every cell: most of the work is left out.
  std::optional<LumaGrid> grid(std::span<const std::uint8_t> jpeg, const LumaGridSize &size,
                               Summer &summer)
  {
    const auto head = decoder.read_head(jpeg);
    if (!head)
      return std::nullopt;
    int divisor = 1;
    while (divisor < 8 && std::max(head->width, head->height) >= 2 * divisor * size.longer_side)
      divisor *= 2;
    const auto picture = decoder.decode_gray(jpeg, *head, divisor);
    if (!picture)
      return std::nullopt;
    const Component &luma = picture->components[0];
    return summer.grid(
        static_cast<int>(luma.width), static_cast<int>(luma.height), size, true,
        [&](int y, std::size_t) { add_bytes(summer.sums, luma.data + luma.stride * y); });
  }
};

LumaReader::LumaReader() : summer_(std::make_unique<Summer>()) {}
LumaReader::~LumaReader() = default;

Result<LumaGrid, Failure> LumaReader::read(GstBuffer *buffer, const GstVideoInfo &info,
                                           const LumaGridSize &size)
{
  std::optional<LumaGrid> grid;
  if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_ENCODED) {
    if (!jpeg_)
      jpeg_ = std::make_unique<Jpeg>();
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
      return frame_failure("A frame could not be mapped into memory");
    grid = jpeg_->grid({map.data, map.size}, size, *summer_);
    gst_buffer_unmap(buffer, &map);
    if (!grid)
      return frame_failure("A frame is not a JPEG that can be read");
    return std::move(*grid);
  }

  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ))
    return frame_failure("A frame could not be mapped into memory");
  if (const auto layout = layout_of(frame.info)) {
    grid = summer_->grid(&frame, *layout, size);
  } else {
    const GridShape shape =
        shape_of(GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info), size.longer_side);
    if (!converter_ || !converter_->fits(info, shape))
      converter_ = std::make_unique<Converter>(info, shape);
    grid = converter_->grid(&frame, *summer_);
  }
  gst_video_frame_unmap(&frame);
  if (!grid)
    return frame_failure(std::string{"The brightness of frames of the format "} +
                         GST_VIDEO_INFO_NAME(&info) + " cannot be read");
  return std::move(*grid);
}

} // namespace gemini::vision
