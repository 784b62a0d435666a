// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps what is dear to make for as long as it is used.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace gemini {

// A map into a list that is in order of use. One thread at a time.
template <typename Key, typename Value, typename Hash = std::hash<Key>> class RecentlyUsed {
public:
  // What is kept under `key`, which is the last used from now on; null: nothing. Good until it is
  // dropped.
  Value *find(const Key &key)
  {
    const auto found = index_.find(key);
    if (found == index_.end())
      return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front().value;
  }

  // `key` is not there yet.
  Value &add(Key key, Value value, std::size_t bytes)
  {
    entries_.push_front({std::move(key), std::move(value), bytes});
    index_.emplace(entries_.front().key, entries_.begin());
    bytes_ += bytes;
    return entries_.front().value;
  }

  // Drops what was not used for longest until there are at most `max_bytes`, but never the last
  // `n_kept`.
  void shrink_to(std::size_t max_bytes, std::size_t n_kept = 0)
  {
    while (bytes_ > max_bytes && entries_.size() > n_kept) {
      bytes_ -= entries_.back().bytes;
      index_.erase(entries_.back().key);
      entries_.pop_back();
    }
  }

  void clear()
  {
    index_.clear();
    entries_.clear();
    bytes_ = 0;
  }

  std::size_t bytes() const { return bytes_; }

private:
  struct Entry {
    Key key;
    Value value;
    std::size_t bytes;
  };
  using Entries = std::list<Entry>;

  Entries entries_; // the last used first
  std::unordered_map<Key, typename Entries::iterator, Hash> index_;
  std::size_t bytes_ = 0;
};

} // namespace gemini
