#pragma once
/// In how many clauses of a tool a word stands, and whether the tool's name or its parameters'
/// names have it. A hash map that forgets everything in constant time, for one tool after another.
#include <cstdint>
#include <vector>

#include "rules/instruction/feature_hash.h"

namespace merlon {

class WordUses {
 public:
  struct Entry {
    std::uint64_t key{0};
    std::uint32_t epoch{0};
    std::uint32_t clauses{0};
    bool in_name{false};
    bool in_parameter{false};
    bool seen{false};  ///< for keys that stand for a whole clause
  };

  /// Forgets all and makes room for `keys` different ones. `seed` depends on all of them, so that
  /// nobody can choose words that fall into the same slots.
  void begin(std::size_t keys, std::uint64_t seed) {
    seed_ = seed;
    std::size_t slots = 64;
    while (slots < keys * 2) {
      slots *= 2;
    }
    if (slots > entries_.size()) {
      entries_.assign(slots, Entry());
    }
    ++epoch_;
  }

  Entry& at(std::uint64_t key) {
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t slot = finish_hash(key ^ seed_) & mask;; slot = (slot + 1) & mask) {
      Entry& entry = entries_[slot];
      if (entry.epoch != epoch_) {
        entry = Entry{.key = key, .epoch = epoch_};
        return entry;
      }
      if (entry.key == key) {
        return entry;
      }
    }
  }

 private:
  std::vector<Entry> entries_;
  std::uint32_t epoch_{0};
  std::uint64_t seed_{0};
};

}  // namespace merlon
