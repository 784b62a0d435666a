// SPDX-License-Identifier: LGPL-2.1-or-later
// What is seen in the picture of a request, and which of it is asked for.
#pragma once

#include "eyes.hpp"
#include "generate_request.hpp"
#include "mask_text.hpp"
#include "models.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gemini::emulator {

// Heaviest first. They belong to a Seen.
using Sights = std::vector<Sight *>;

class Seen {
public:
  // Looks at the last image of the request.
  Seen(const GenerateRequest &request, Vision vision, Eyes &eyes);

  bool has_picture() const { return picture_ != nullptr; }
  const Picture &picture() const { return *picture_; }

  Sights everything();
  // What the prompt names, or everything where it names nothing, up to its cap.
  Sights asked_for();
  // Nothing where the text names no kinds.
  std::optional<Sights> named_in(std::string_view text);

  // The same sight, with its outline where there is one.
  const Sight &outlined(Sight &sight);
  // 0..1; larger shapes are surer.
  double confidence(const Sight &sight) const;

  Vision vision() const { return vision_; }

private:
  const GenerateRequest &request_;
  Vision vision_;
  Eyes &eyes_;
  std::shared_ptr<const Picture> picture_;
  std::vector<Sight> sights_;
};

// What an answer is made from.
struct Subject {
  const GenerateRequest &request;
  const Model &model;
  Seen &seen;
  std::optional<MaskDialect> masks = {}; // where a fault script says which
};

} // namespace gemini::emulator
