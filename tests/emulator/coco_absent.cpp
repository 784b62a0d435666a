// SPDX-License-Identifier: LGPL-2.1-or-later
// Stands in for coco.cpp where the build found no OpenCV.
#include "coco.hpp"

namespace gemini::emulator {

Result<std::unique_ptr<Eyes>, std::string> make_coco_eyes(const std::string &)
{
  return std::string{"this build has no `coco` vision: OpenCV was not found when it was configured "
                     "(Debian: apt install libopencv-dev)"};
}

} // namespace gemini::emulator
