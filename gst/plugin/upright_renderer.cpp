// SPDX-License-Identifier: LGPL-2.1-or-later
// Draws on the picture as it is shown, and turns what was drawn back to the frame.
#include "plugin/upright_renderer.hpp"

#include "render/turned_drawing.hpp"

#include <utility>

namespace gemini {

namespace {

// To the picture as it is shown, of which the frame is a view.
void move(Annotation &annotation, const View &view, double aspect, double fov)
{
  Object object;
  object.box = annotation.box;
  object.mask = std::move(annotation.mask);
  object.point = annotation.point;
  object.box_3d = annotation.box_3d;
  object = to_frame(view, std::move(object), aspect, fov);
  annotation.box = object.box;
  annotation.mask = std::move(object.mask);
  annotation.point = object.point;
  annotation.box_3d = object.box_3d;
}

} // namespace

std::shared_ptr<const Drawing> UprightRenderer::render(PixelSize frame, Notes notes,
                                                       const Style &style, Orientation orientation)
{
  if (orientation == Orientation::identity)
    return renderer_.render(frame, notes.annotations, style, notes.text, notes.status);

  PixelSize shown = frame;
  Style shown_style = style;
  if (swaps_sides(orientation)) {
    std::swap(shown.width, shown.height);
    shown_style.pixel_aspect = 1 / style.pixel_aspect;
  }
  const double aspect = shown.width * shown_style.pixel_aspect / shown.height;
  for (Annotation &annotation : notes.annotations)
    move(annotation, {.orientation = undo(orientation)}, aspect, style.camera_fov);
  auto drawing = renderer_.render(shown, notes.annotations, shown_style, notes.text, notes.status);
  if (drawing != shown_ || orientation != orientation_) {
    turned_ = std::make_shared<const Drawing>(turned(*drawing, shown, undo(orientation)));
    shown_ = std::move(drawing);
    orientation_ = orientation;
  }
  return turned_;
}

void UprightRenderer::reset()
{
  renderer_.reset();
  shown_.reset();
  turned_.reset();
}

} // namespace gemini
