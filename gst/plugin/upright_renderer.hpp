// SPDX-License-Identifier: LGPL-2.1-or-later
// Draws so that text is upright for those who see the frame as its stream says that it is shown.
#pragma once

#include "core/view.hpp"
#include "plugin/overlay_source.hpp"
#include "render/scene_renderer.hpp"

#include <memory>

namespace gemini {

// One thread at a time.
class UprightRenderer {
public:
  // The drawing is for the frame as it is stored, of the size `frame`, and so are the places of the
  // notes. Never null; the same input as the last time gives the very same drawing.
  std::shared_ptr<const Drawing> render(PixelSize frame, Notes notes, const Style &style,
                                        Orientation orientation);
  // Forgets all sprites.
  void reset();

private:
  SceneRenderer renderer_;
  // The newest that was turned, and of what. The source is held so that no other one can get its
  // address.
  std::shared_ptr<const Drawing> shown_;
  Orientation orientation_ = Orientation::identity;
  std::shared_ptr<const Drawing> turned_;
};

} // namespace gemini
