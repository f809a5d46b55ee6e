#pragma once
/// Where the features of a clause go: summed up with the model's weights, or listed by name for a
/// report.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
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

/// Sums the weights of the distinct features since begin(). Each feature counts once, however often
/// it is added.
class WeightSum {
 public:
  explicit WeightSum(const InstructionModel& model)
      : model_(model), stems_seen_(model.stems.size()), features_seen_(model.features.size()) {}

  void begin() {
    tool_ = text_ = 0;
    ++epoch_;
  }
  void stem(const ClauseToken& token) {
    if (token.stem_slot < stems_seen_.size() && stems_seen_[token.stem_slot] != epoch_) {
      stems_seen_[token.stem_slot] = epoch_;
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
    if (slot < features_seen_.size() && features_seen_[slot] != epoch_) {
      features_seen_[slot] = epoch_;
      add(model_.features[slot].tool, model_.features[slot].text);
    }
  }
  void add(int tool, int text) {
    tool_ += tool;
    text_ += text;
  }

  const InstructionModel& model_;
  std::vector<std::uint32_t> stems_seen_;
  std::vector<std::uint32_t> features_seen_;
  std::uint32_t epoch_{0};
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
  void add(std::string name, std::uint64_t hash);

  const InstructionModel& model_;
  WeightUse use_;
  std::u32string_view clause_;
  std::vector<NamedWeight> found_;
};

}  // namespace merlon
