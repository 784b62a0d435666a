// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes of a grid that never change, shared by all copies: an object moves from frame to frame, and
// its mask with it, without its cells being copied.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace gemini {

class Cells {
public:
  using Share = std::shared_ptr<const std::vector<std::uint8_t>>;

  Cells() = default;
  Cells(std::vector<std::uint8_t> bytes)
      : share_(std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes)))
  {
  }
  Cells(std::initializer_list<std::uint8_t> bytes) : Cells(std::vector<std::uint8_t>{bytes}) {}

  std::size_t size() const { return share_ ? share_->size() : 0; }
  bool empty() const { return size() == 0; }
  const std::uint8_t *data() const { return share_ ? share_->data() : nullptr; }
  const std::uint8_t *begin() const { return data(); }
  const std::uint8_t *end() const { return data() + size(); }
  std::uint8_t operator[](std::size_t i) const { return (*share_)[i]; }

  // The same for all copies, and for no others as long as it is held. Null: never given any.
  const Share &share() const { return share_; }

  bool operator==(const Cells &other) const
  {
    return share_ == other.share_ || std::equal(begin(), end(), other.begin(), other.end());
  }

private:
  Share share_;
};

} // namespace gemini
