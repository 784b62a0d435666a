// SPDX-License-Identifier: LGPL-2.1-or-later
// How much of each primary colour is in luma.
#pragma once

#include <gst/video/video.h>

namespace gemini::vision {

struct LumaWeights { // of red and blue; green has the rest. By default those of BT.601
  double kr = 0.299;
  double kb = 0.114;
  double kg() const { return 1 - kr - kb; }
};

// BT.601 also where the matrix is not said, as GStreamer has it.
inline LumaWeights luma_weights(GstVideoColorMatrix matrix)
{
  LumaWeights weights;
  if (!gst_video_color_matrix_get_Kr_Kb(matrix, &weights.kr, &weights.kb))
    weights = {};
  return weights;
}

} // namespace gemini::vision
