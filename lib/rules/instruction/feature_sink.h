#pragma once
/// Where the features of a clause go: summed up with the model's weights, or listed by name for a
/// report.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/instruction/clause_tokens.h"
#include "rules/instruction/instruction_model.h"

namespace merlon {

/// A feature's name, put together in place; its hash is made along the way.
class FeatureName {
 public:
  explicit FeatureName(std::string_view prefix) { add(prefix); }
  FeatureName& add(std::string_view part) {
    for (const char c : part) {
      state_ = hash_step(state_, static_cast<unsigned char>(c));
      if (size_ < text_.size()) {
        text_[size_++] = c;
      }
    }
    return *this;
  }
  FeatureName& add(unsigned digit) {
    const char c = static_cast<char>('0' + digit);
    return add(std::string_view(&c, 1));
  }
  [[nodiscard]] std::uint64_t hash() const { return finish_hash(state_); }
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 64> text_{};
  std::size_t size_{0};
  std::uint64_t state_{kHashSeed};
};

/// Which slots of the model's tables a clause has met. A clause meets some dozen of 24,000, so that
/// a mark for each slot would cost more to clear and to fetch than all the rest of the sum.
class SeenSlots {
 public:
  SeenSlots() : entries_(kFewest) {}

  void begin() {
    ++epoch_;
    used_ = 0;
  }
  /// Whether the slot was not seen since begin().
  bool insert(std::uint32_t slot) {
    if (used_ * 2 >= entries_.size()) {
      grow();
    }
    const std::size_t at = place_of(slot);
    if (entries_[at].epoch == epoch_) {
      return false;
    }
    entries_[at] = {.slot = slot, .epoch = epoch_};
    ++used_;
    return true;
  }

 private:
  static constexpr std::size_t kFewest = 256;  ///< a power of two
  struct Entry {
    std::uint32_t slot{0};
    std::uint32_t epoch{0};
  };

  /// Where the slot is, or would be entered.
  [[nodiscard]] std::size_t place_of(std::uint32_t slot) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = ((slot * 0x9E3779B1U) >> 8U) & mask;
    while (entries_[at].epoch == epoch_ && entries_[at].slot != slot) {
      at = (at + 1) & mask;
    }
    return at;
  }
  void grow() {
    const std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(entries_.size() * 2));
    for (const Entry& entry : old) {
      if (entry.epoch == epoch_) {
        entries_[place_of(entry.slot)] = entry;
      }
    }
  }

  std::vector<Entry> entries_;
  std::size_t used_{0};
  std::uint32_t epoch_{0};
};

/// Sums the weights of the distinct features since begin(). Each feature counts once, however often
/// it is added.
class WeightSum {
 public:
  explicit WeightSum(const InstructionModel& model) : model_(model) {}

  void begin() {
    tool_ = text_ = 0;
    stems_seen_.begin();
    features_seen_.begin();
  }
  void stem(const ClauseToken& token) {
    if (token.stem_slot < model_.stems.size() && stems_seen_.insert(token.stem_slot)) {
      add(model_.stems[token.stem_slot].tool, model_.stems[token.stem_slot].text);
    }
  }
  void words(WordFeature kind, const ClauseToken& first, const ClauseToken* second) {
    feature(hash_feature(kind, first.stem, second == nullptr ? 0 : second->stem));
  }
  void name(const FeatureName& name) { feature(name.hash()); }

  [[nodiscard]] int tool() const { return tool_; }
  [[nodiscard]] int text() const { return text_; }

 private:
  void feature(std::uint64_t hash) {
    const std::size_t slot = find_slot(model_.features, hash);
    if (slot < model_.features.size() && features_seen_.insert(static_cast<std::uint32_t>(slot))) {
      add(model_.features[slot].tool, model_.features[slot].text);
    }
  }
  void add(int tool, int text) {
    tool_ += tool;
    text_ += text;
  }

  const InstructionModel& model_;
  SeenSlots stems_seen_;
  SeenSlots features_seen_;
  int tool_{0};
  int text_{0};
};

/// A feature with its weight, as a report shows it.
struct NamedWeight {
  std::string name;  ///< as in the model file, e.g. "b:before call"
  int weight{0};
  friend bool operator==(const NamedWeight&, const NamedWeight&) = default;
};

enum class WeightUse : std::uint8_t { kTool, kText };

/// Lists the distinct features that the model knows, by name.
class FeatureList {
 public:
  FeatureList(const InstructionModel& model, WeightUse use, std::u32string_view clause)
      : model_(model), use_(use), clause_(clause) {}

  void stem(const ClauseToken& token);
  void words(WordFeature kind, const ClauseToken& first, const ClauseToken* second);
  void name(const FeatureName& name);
  /// The tokens that follow are of this clause.
  void set_clause(std::u32string_view clause) { clause_ = clause; }

  /// Sorted by name, each once, without those of weight 0.
  [[nodiscard]] std::vector<NamedWeight> take();

 private:
  [[nodiscard]] std::string stem_text(const ClauseToken& token) const;
  /// 0 for a feature that the model does not know.
  [[nodiscard]] int weight_of(std::uint64_t hash) const;

  const InstructionModel& model_;
  WeightUse use_;
  std::u32string_view clause_;
  std::vector<NamedWeight> found_;
};

}  // namespace merlon
