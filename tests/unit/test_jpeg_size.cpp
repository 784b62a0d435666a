// SPDX-License-Identifier: LGPL-2.1-or-later
// The size of a JPEG from its header, and what has none.
#include "vision/jpeg_size.hpp"

#include <cstddef>
#include <vector>

#include <gst/check/gstcheck.h>

#include <turbojpeg.h>

using gemini::vision::jpeg_size;
using gemini::vision::JpegSize;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes encode(int width, int height, int flags)
{
  const Bytes pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 90);
  unsigned char *data = nullptr;
  unsigned long size = 0;
  tjhandle handle = tjInitCompress();
  fail_unless(tjCompress2(handle, pixels.data(), width, 0, height, TJPF_RGB, &data, &size,
                          TJSAMP_420, 80, flags) == 0);
  Bytes jpeg(data, data + size);
  tjFree(data);
  tjDestroy(handle);
  return jpeg;
}

Bytes joined(std::initializer_list<Bytes> parts)
{
  Bytes all;
  for (const Bytes &part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

const Bytes kStart{0xff, 0xd8};
// 0x0140 rows of 0x0203 columns.
const Bytes kFrame{0xff, 0xc0, 0, 11, 8, 0x01, 0x40, 0x02, 0x03, 1, 1, 0x11, 0};

} // namespace

GST_START_TEST(baseline_and_progressive_tell_their_size)
{
  const bool baseline = jpeg_size(encode(333, 17, 0)) == JpegSize{333, 17};
  const bool progressive = jpeg_size(encode(16, 500, TJFLAG_PROGRESSIVE)) == JpegSize{16, 500};
  fail_unless(baseline && progressive);
}
GST_END_TEST

GST_START_TEST(what_comes_before_the_frame_is_passed_over)
{
  const Bytes comment{0xff, 0xfe, 0, 6, 0xff, 0xc0, 1, 2}; // that looks like a frame inside
  const Bytes tables{0xff, 0xc4, 0, 3, 0};
  const auto size =
      jpeg_size(joined({kStart, {0xff, 0xff}, comment, {0xff, 0x01}, tables, {0xff}, kFrame}));
  fail_unless(size.has_value());
  fail_unless_equals_int(size->width, 0x203);
  fail_unless_equals_int(size->height, 0x140);
}
GST_END_TEST

GST_START_TEST(what_is_no_whole_header_tells_nothing)
{
  fail_if(jpeg_size({}).has_value());
  fail_if(jpeg_size(Bytes{0x89, 'P', 'N', 'G'}).has_value());
  fail_if(jpeg_size(joined({kStart, {0xff, 0xda, 0, 2}, kFrame})).has_value(), "behind the scan");
  fail_if(jpeg_size(joined({kStart, {0xff, 0xd9}, kFrame})).has_value(), "behind the end");
  fail_if(jpeg_size(joined({kStart, {0x00}, kFrame})).has_value(), "no marker");
  Bytes empty = kFrame;
  empty[5] = empty[6] = 0;
  fail_if(jpeg_size(joined({kStart, empty})).has_value(), "no rows are told");
}
GST_END_TEST

GST_START_TEST(a_header_cut_anywhere_tells_nothing_and_harms_nobody)
{
  const Bytes whole = joined({kStart, {0xff, 0xfe, 0, 6, 1, 2, 3, 4}, kFrame});
  const std::size_t enough = whole.size() - 4; // height and width are told by then
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    fail_unless(jpeg_size(cut).has_value() == (length >= enough), "%zu", length);
  }
}
GST_END_TEST

static Suite *jpeg_size_suite()
{
  Suite *suite = suite_create("jpeg_size");
  TCase *tcase = tcase_create("jpeg_size");
  tcase_add_test(tcase, baseline_and_progressive_tell_their_size);
  tcase_add_test(tcase, what_comes_before_the_frame_is_passed_over);
  tcase_add_test(tcase, what_is_no_whole_header_tells_nothing);
  tcase_add_test(tcase, a_header_cut_anywhere_tells_nothing_and_harms_nobody);
  suite_add_tcase(suite, tcase);
  return suite;
}
GST_CHECK_MAIN(jpeg_size)
