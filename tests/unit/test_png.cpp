// SPDX-License-Identifier: LGPL-2.1-or-later
// Gray pictures as PNG, also those that were made to do harm. The files are put together here chunk
// by chunk, independent of our reader and writer.
#include "mask_support.hpp"
#include "wire/png.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gst/check/gstcheck.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

using gemini::test::in_ellipse;
using gemini::test::map_of;
using gemini::wire::GrayImage;
using gemini::wire::kMaxPngPixels;
using gemini::wire::read_png;
using gemini::wire::write_png;

namespace {

using Bytes = std::vector<std::uint8_t>;

enum class Colour : std::uint8_t { gray = 0, rgb = 2, palette = 3, gray_alpha = 4, rgb_alpha = 6 };

void put32(Bytes &out, std::size_t value)
{
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_chunk(Bytes &out, std::string_view name, const Bytes &data)
{
  put32(out, data.size());
  const std::size_t begin = out.size();
  out.insert(out.end(), name.begin(), name.end());
  out.insert(out.end(), data.begin(), data.end());
  put32(out, crc32(0, out.data() + begin, static_cast<uInt>(out.size() - begin)));
}

Bytes deflated(const Bytes &raw)
{
  uLongf size = compressBound(raw.size());
  Bytes out(size);
  compress2(out.data(), &size, raw.data(), raw.size(), 6);
  out.resize(size);
  return out;
}

Bytes header(std::size_t width, std::size_t height, std::uint8_t depth, Colour colour,
             std::uint8_t interlace = 0)
{
  Bytes data;
  put32(data, width);
  put32(data, height);
  data.insert(data.end(), {depth, static_cast<std::uint8_t>(colour), 0, 0, interlace});
  Bytes out = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  put_chunk(out, "IHDR", data);
  return out;
}

struct Chunk {
  const char *name;
  Bytes data;
};

// `rows` are scan lines, each after the byte of its filter.
Bytes png(Bytes head, const Bytes &rows, const std::vector<Chunk> &chunks = {})
{
  for (const Chunk &chunk : chunks)
    put_chunk(head, chunk.name, chunk.data);
  put_chunk(head, "IDAT", deflated(rows));
  put_chunk(head, "IEND", {});
  return head;
}

Bytes gray_png(std::size_t width, std::size_t height, const Bytes &pixels)
{
  Bytes rows;
  for (std::size_t y = 0; y < height; ++y) {
    rows.push_back(0);
    rows.insert(rows.end(), pixels.begin() + static_cast<std::ptrdiff_t>(y * width),
                pixels.begin() + static_cast<std::ptrdiff_t>((y + 1) * width));
  }
  return png(header(width, height, 8, Colour::gray), rows);
}

std::string to_text(const Bytes &file)
{
  const auto image = read_png(file);
  if (!image)
    return image.error();
  std::string text = std::to_string(image->width) + "x" + std::to_string(image->height);
  for (const std::uint8_t pixel : image->pixels)
    text += " " + std::to_string(pixel);
  return text;
}

bool reads_as(const Bytes &file, const std::string &should)
{
  const std::string is = to_text(file);
  if (is != should)
    std::fprintf(stderr, "is:     %s\nshould: %s\n", is.c_str(), should.c_str());
  return is == should;
}

Bytes noise(std::size_t size)
{
  std::mt19937 random{2};
  Bytes bytes(size);
  for (std::uint8_t &byte : bytes)
    byte = static_cast<std::uint8_t>(random());
  return bytes;
}

// Lets the process use so many more bytes and no others. Sanitizers use too many themselves.
class MemoryLimit {
public:
  explicit MemoryLimit(std::size_t more)
  {
    getrlimit(RLIMIT_AS, &before_);
    std::size_t pages = 0;
    if (std::FILE *file = std::fopen("/proc/self/statm", "r")) {
      if (std::fscanf(file, "%zu", &pages) != 1)
        pages = 0;
      std::fclose(file);
    }
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + more;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    is_set_ = pages > 0 && setrlimit(RLIMIT_AS, &limit) == 0;
#endif
  }
  ~MemoryLimit()
  {
    if (is_set_)
      setrlimit(RLIMIT_AS, &before_);
  }
  MemoryLimit(const MemoryLimit &) = delete;
  MemoryLimit &operator=(const MemoryLimit &) = delete;

private:
  rlimit before_{};
  bool is_set_ = false;
};

} // namespace

GST_START_TEST(png_is_read_in_every_colour_type)
{
  fail_unless(reads_as(gray_png(2, 2, {0, 1, 128, 255}), "2x2 0 1 128 255"));
  // 16 bits: the nearest of 256.
  fail_unless(
      reads_as(png(header(2, 1, 16, Colour::gray), {0, 0x80, 0x80, 0xff, 0xff}), "2x1 128 255"));
  // Fewer bits, several in a byte.
  fail_unless(reads_as(png(header(3, 1, 1, Colour::gray), {0, 0xa0}), "3x1 255 0 255"));
  fail_unless(reads_as(png(header(3, 1, 2, Colour::gray), {0, 0x1b}), "3x1 0 85 170"));
  fail_unless(reads_as(png(header(2, 1, 4, Colour::gray), {0, 0xf5}), "2x1 255 85"));
  fail_unless(reads_as(
      png(header(2, 1, 8, Colour::palette), {0, 1, 0}, {{"PLTE", {0, 0, 0, 200, 200, 200}}}),
      "2x1 200 0"));
  fail_unless(
      reads_as(png(header(2, 1, 8, Colour::rgb), {0, 255, 255, 255, 7, 7, 7}), "2x1 255 7"));
}
GST_END_TEST

GST_START_TEST(png_is_black_where_it_is_transparent)
{
  fail_unless(reads_as(png(header(3, 1, 8, Colour::gray_alpha), {0, 255, 0, 200, 255, 100, 128}),
                       "3x1 0 200 50"));
  fail_unless(reads_as(png(header(2, 1, 8, Colour::rgb_alpha), {0, 9, 9, 9, 255, 90, 90, 90, 0}),
                       "2x1 9 0"));
  fail_unless(
      reads_as(png(header(2, 1, 16, Colour::gray_alpha), {0, 255, 255, 255, 255, 255, 255, 0, 0}),
               "2x1 255 0"));
  fail_unless(reads_as(png(header(2, 1, 8, Colour::palette), {0, 1, 0},
                           {{"PLTE", {80, 80, 80, 200, 200, 200}}, {"tRNS", {255, 0}}}),
                       "2x1 0 80"));
  fail_unless(
      reads_as(png(header(2, 1, 8, Colour::gray), {0, 7, 8}, {{"tRNS", {0, 7}}}), "2x1 0 8"));
}
GST_END_TEST

GST_START_TEST(png_is_read_with_every_filter)
{
  const Bytes rows = {
      0, 10, 20, 30, // none
      1, 10, 10, 10, // the difference to the left
      2, 5,  5,  5,  // to above
      3, 10, 10, 10, // to the mean of both
      4, 1,  1,  1,  // to the one of three that is nearest to their sum
  };
  fail_unless(reads_as(png(header(3, 5, 8, Colour::gray), rows),
                       "3x5 10 20 30 10 20 30 15 25 35 17 31 43 18 32 44"));
  Bytes unknown = rows;
  unknown[4] = 9;
  fail_unless(reads_as(png(header(3, 5, 8, Colour::gray), unknown), "a damaged PNG"));
}
GST_END_TEST

GST_START_TEST(png_is_read_interlaced)
{
  // Of 3x3 the passes hold: 1 corner; right upper corner; lower left and lower right; middle of the
  // first and third row; the second row.
  const Bytes rows = {0, 1, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6};
  // Pass 1: 1 pixel. Pass 4: column 2 of row 0. Pass 5: row 2, columns 0 and 2. Pass 6: column 1 of
  // rows 0 and 2. Pass 7: row 1.
  const Bytes passes = {0, 1, 0, 3, 0, 7, 9, 0, 2, 0, 8, 0, 4, 5, 6};
  fail_unless(reads_as(png(header(3, 3, 8, Colour::gray, 1), passes), "3x3 1 2 3 4 5 6 7 8 9"));
  fail_unless(reads_as(png(header(3, 3, 8, Colour::gray, 1), rows), "a damaged PNG"));
}
GST_END_TEST

GST_START_TEST(png_may_come_in_pieces_with_other_chunks_between)
{
  Bytes file = header(4, 2, 8, Colour::gray);
  put_chunk(file, "tEXt", {'a', 0, 'b'});
  put_chunk(file, "prVt", Bytes(1000, 1));
  const Bytes data = deflated({0, 1, 2, 3, 4, 0, 5, 6, 7, 8});
  for (const std::uint8_t byte : data)
    put_chunk(file, "IDAT", {byte});
  put_chunk(file, "IEND", {});
  fail_unless(reads_as(file, "4x2 1 2 3 4 5 6 7 8"));
}
GST_END_TEST

GST_START_TEST(png_is_read_the_same_in_one_go_and_by_libpng)
{
  // Rows of the plainest kind are read by ourselves; one with another filter, and libpng reads all.
  constexpr std::size_t kSide = 64;
  Bytes rows = noise((kSide + 1) * kSide);
  for (const std::uint8_t odd : Bytes{0, 2}) {
    for (std::size_t y = 0; y < kSide; ++y)
      rows[y * (kSide + 1)] = y % 2 == 0 ? odd : 2;
    const auto plain = read_png(png(header(kSide, kSide, 8, Colour::gray), rows));
    Bytes more = rows;
    more.push_back(1); // the filter of one more row
    more.resize(more.size() + kSide);
    auto other = read_png(png(header(kSide, kSide + 1, 8, Colour::gray), more));
    fail_unless(plain.has_value() && other.has_value());
    other->pixels.resize(kSide * kSide);
    fail_unless(plain->pixels == other->pixels);
  }
}
GST_END_TEST

GST_START_TEST(png_with_more_pixels_than_allowed_is_too_large)
{
  const Bytes file = gray_png(16, 16, noise(256));
  fail_unless(read_png(file, 256).has_value());
  const auto refused = read_png(file, 255);
  fail_unless(!refused && std::string_view{refused.error()} == "a PNG that is too large");
}
GST_END_TEST

GST_START_TEST(png_that_is_none_is_named_so)
{
  fail_unless(reads_as({}, "no PNG"));
  fail_unless(reads_as({0x89, 'P', 'N'}, "no PNG"));
  fail_unless(reads_as({0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0}, "no PNG"));
  fail_unless(reads_as({0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, "a damaged PNG"));
}
GST_END_TEST

GST_START_TEST(png_that_is_cut_is_damaged_wherever_it_is_cut)
{
  const Bytes whole = gray_png(16, 16, noise(256));
  fail_unless(read_png(whole).has_value());
  // The end mark of 12 bytes may be missing, and so may the picture's own checksums.
  for (std::size_t size = 8; size + 12 + 4 + 4 < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    fail_unless(reads_as(cut, "a damaged PNG"), "%zu of %zu bytes", size, whole.size());
  }
}
GST_END_TEST

GST_START_TEST(png_with_a_wrong_checksum_is_damaged)
{
  const Bytes whole = gray_png(16, 16, noise(256));
  Bytes header_crc = whole;
  header_crc[29] ^= 1;
  fail_unless(reads_as(header_crc, "a damaged PNG"));
  Bytes data_crc = whole;
  data_crc[whole.size() - 13] ^= 1;
  fail_unless(reads_as(data_crc, "a damaged PNG"));
  Bytes data = whole;
  data[100] ^= 1;
  fail_unless(reads_as(data, "a damaged PNG"));
}
GST_END_TEST

GST_START_TEST(png_that_claims_to_be_huge_allocates_nothing)
{
  const struct {
    std::size_t width;
    std::size_t height;
    const char *should;
  } cases[] = {
      {0x7fffffff, 0x7fffffff, "a PNG that is too large"},
      {0xffffffff, 0xffffffff, "a PNG that is too large"},
      {1, 0x7fffffff, "a PNG that is too large"},
      {70'000, 1, "a PNG that is too large"},
      {1025, 1024, "a PNG that is too large"},
      {0, 100, "a damaged PNG"},
      {100, 0, "a damaged PNG"},
  };
  for (const auto &c : cases) {
    const Bytes file = png(header(c.width, c.height, 8, Colour::gray), {0, 0, 0});
    const MemoryLimit limit{std::size_t{1} << 20};
    fail_unless(reads_as(file, c.should), "%zux%zu", c.width, c.height);
  }
}
GST_END_TEST

GST_START_TEST(png_that_goes_on_behind_its_picture_is_not_followed)
{
  // 4x4 pixels, followed by 200 million bytes that deflate to next to nothing.
  Bytes file = header(4, 4, 8, Colour::gray);
  Bytes rows(200'000'000, 0);
  put_chunk(file, "zTXt", deflated(Bytes(50'000'000, 'a')));
  put_chunk(file, "IDAT", deflated(rows));
  put_chunk(file, "IEND", {});
  rows = {};
  const std::clock_t begin = std::clock();
  {
    const MemoryLimit limit{std::size_t{4} << 20};
    fail_unless(reads_as(file, "a damaged PNG"));
  }
  // The process alone, whatever else runs; all of it inflated would take half a second.
  const double taken = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  fail_unless(taken < 0.1, "%g s", taken);
}
GST_END_TEST

GST_START_TEST(png_of_the_most_pixels_is_read)
{
  const std::size_t side = 1024;
  fail_unless(side * side == kMaxPngPixels);
  const auto image = read_png(gray_png(side, side, Bytes(side * side, 77)));
  fail_unless(image.has_value());
  fail_unless(image->pixels == Bytes(side * side, 77));
}
GST_END_TEST

GST_START_TEST(png_is_read_and_refused_without_a_word)
{
  // libpng would write its warnings to the standard error stream.
  std::fflush(stderr);
  char name[] = "/tmp/gst-gemini-png-XXXXXX";
  const int file = mkstemp(name);
  const int before = dup(STDERR_FILENO);
  dup2(file, STDERR_FILENO);
  Bytes odd = header(4, 1, 8, Colour::gray);
  put_chunk(odd, "tRNS", Bytes(3, 1));
  put_chunk(odd, "gAMA", {0});
  put_chunk(odd, "IDAT", deflated({0, 1, 2, 3, 4}));
  fail_unless(read_png(odd).has_value());
  odd.resize(60);
  read_png(odd);
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  struct stat status {};
  fstat(file, &status);
  close(file);
  unlink(name);
  fail_unless_equals_int(static_cast<int>(status.st_size), 0);
}
GST_END_TEST

GST_START_TEST(png_written_is_read_back_the_same)
{
  for (const auto &[width, height] : {std::pair{1, 1}, {1, 7}, {300, 1}, {256, 256}, {801, 33}}) {
    const auto size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    for (const Bytes &pixels : {Bytes(size, 0), Bytes(size, 255), noise(size)}) {
      const Bytes file = write_png(pixels, width, height);
      const auto image = read_png(file);
      fail_unless(image.has_value(), "%s", image ? "" : image.error());
      fail_unless(image->width == width && image->height == height);
      fail_unless(image->pixels == pixels);
    }
  }
}
GST_END_TEST

GST_START_TEST(png_written_of_a_mask_is_small)
{
  const Bytes mask = map_of(in_ellipse, 480, 380);
  fail_unless(write_png(mask, 480, 380).size() < 6000, "%zu", write_png(mask, 480, 380).size());
}
GST_END_TEST

static Suite *png_suite()
{
  Suite *suite = suite_create("png");
  TCase *tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, png_is_read_in_every_colour_type);
  tcase_add_test(tcase, png_is_black_where_it_is_transparent);
  tcase_add_test(tcase, png_is_read_with_every_filter);
  tcase_add_test(tcase, png_is_read_interlaced);
  tcase_add_test(tcase, png_may_come_in_pieces_with_other_chunks_between);
  tcase_add_test(tcase, png_is_read_the_same_in_one_go_and_by_libpng);
  tcase_add_test(tcase, png_with_more_pixels_than_allowed_is_too_large);
  tcase_add_test(tcase, png_that_is_none_is_named_so);
  tcase_add_test(tcase, png_that_is_cut_is_damaged_wherever_it_is_cut);
  tcase_add_test(tcase, png_with_a_wrong_checksum_is_damaged);
  tcase_add_test(tcase, png_that_claims_to_be_huge_allocates_nothing);
  tcase_add_test(tcase, png_that_goes_on_behind_its_picture_is_not_followed);
  tcase_add_test(tcase, png_of_the_most_pixels_is_read);
  tcase_add_test(tcase, png_is_read_and_refused_without_a_word);
  tcase_add_test(tcase, png_written_is_read_back_the_same);
  tcase_add_test(tcase, png_written_of_a_mask_is_small);
  return suite;
}

GST_CHECK_MAIN(png)
