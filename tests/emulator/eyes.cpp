// SPDX-License-Identifier: LGPL-2.1-or-later
// Choosing the eyes.
#include "eyes.hpp"

#include "coco.hpp"
#include "shapes.hpp"

#include <glib.h>

namespace gemini::emulator {
namespace {

class NoEyes final : public Eyes {
public:
  std::vector<Sight> look(const Picture &) override { return {}; }
};

class ShapeEyes final : public Eyes {
public:
  std::vector<Sight> look(const Picture &picture) override { return find_shapes(picture); }
  void outline(const Picture &, Sight &sight) override
  {
    sight.map = filled(sight.rings, sight.box);
  }
};

} // namespace

std::string default_models_dir()
{
  g_autofree char *own = nullptr;
  const char *cache = g_getenv("GST_GEMINI_CACHE");
  if (!cache || !*cache) {
    own = g_build_filename(g_get_user_cache_dir(), "gst-gemini", nullptr);
    cache = own;
  }
  return std::string{cache} + "/models";
}

Result<std::unique_ptr<Eyes>, std::string> make_eyes(Vision vision, const std::string &models_dir)
{
  switch (vision) {
  case Vision::coco:
    return make_coco_eyes(models_dir);
  case Vision::shapes:
    return std::unique_ptr<Eyes>{std::make_unique<ShapeEyes>()};
  case Vision::none:
    break;
  }
  return std::unique_ptr<Eyes>{std::make_unique<NoEyes>()};
}

} // namespace gemini::emulator
