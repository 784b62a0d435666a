// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts a drawing into the pixels of a frame.
#pragma once

#include "glib/gst_ref.hpp"
#include "render/cover.hpp"
#include "render/plane_sprite.hpp"
#include "render/recently_used.hpp"
#include "render/sprite.hpp"

#include <gst/video/video.h>

#include <cstddef>
#include <memory>
#include <optional>

namespace gemini {

// All that can be drawn on, in the colours that are meant.
Ref<GstCaps> blend_caps();

// One thread at a time.
class OverlayBlend {
public:
  // Of all frames from here on.
  void set_format(const GstVideoInfo &info);
  // Forgets all that was converted.
  void reset() { sprites_.clear(); }
  // `frame` is of that format, and mapped for reading and writing. Touches the samples under the
  // sprites only (of a format whose samples are not known, their rectangles).
  void blend(const Drawing &drawing, const GstVideoFrame &frame);

  // Covers these parts of it. Of a format whose samples are not known they become black, however
  // they should be covered. False: it could not be done.
  bool cover(const CoverMap &map, Cover how, const GstVideoFrame &frame);

private:
  struct Key {
    const Sprite *sprite = nullptr; // held by what was converted, so no other can get its address
    Alignment alignment;
    bool is_interlaced = false;
    bool operator==(const Key &) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key &key) const;
  };
  struct Converted {
    std::shared_ptr<const Sprite> sprite;
    PlaneSprite planes;
  };

  const PlaneSprite &converted(const PlacedSprite &placed);

  std::optional<FrameLayout> layout_; // of the newest frame; none: the API blends
  RecentlyUsed<Key, Converted, KeyHash> sprites_;
};

} // namespace gemini
