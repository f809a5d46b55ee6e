#pragma once
/// How much a text reads like an order to the model that has nothing to do with the tool it stands
/// in: a linear model over named features of each clause (docs/model-card.md). Integer arithmetic;
/// the same input gives the same score everywhere.
///
///   InstructionScorer scorer(built_in_instruction_model());
///   scorer.begin_tool("get_weather");
///   scorer.add_parameter("city");
///   scorer.add_string(StringKind::kDescription, description);
///   if (auto best = scorer.best_clause()) { best->score; for (auto& weight :
///   scorer.explain(best->clause)) ... }
///
/// One object belongs to one thread; its memory is used again from tool to tool. Linear in the
/// texts.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/instruction/clause_features.h"
#include "rules/instruction/clause_splitter.h"
#include "rules/instruction/feature_sink.h"
#include "rules/instruction/word_uses.h"

namespace merlon {

struct ScoredClause {
  std::size_t clause{0};   ///< its number in the tool
  std::size_t string{0};   ///< the number of the string it stands in
  std::uint32_t begin{0};  ///< bytes of that string
  std::uint32_t end{0};
  int score{0};   ///< the model's bias, the weights that explain() names, and `points`
  int points{0};  ///< fixed ones, of a part, a quotation or another language; no feature's
};

class InstructionScorer {
 public:
  explicit InstructionScorer(const InstructionModel& model);

  void begin_tool(std::string_view name);
  void add_parameter(std::string_view name);
  /// Valid UTF-8. Strings are numbered from 0 in the order in which they are added.
  void add_string(StringKind kind, std::string_view text);

  /// The clause with the highest score, the first of equals; nothing for a tool without text.
  [[nodiscard]] std::optional<ScoredClause> best_clause();
  /// All clauses in order, scored.
  [[nodiscard]] std::vector<ScoredClause> score_clauses();
  /// The features of a clause that the model knows, sorted by name. After best_clause or
  /// score_clauses.
  [[nodiscard]] std::vector<NamedWeight> explain(std::size_t clause);
  /// The normalised text of a clause.
  [[nodiscard]] std::string clause_text(std::size_t clause) const;

  /// A text without a tool around it.
  [[nodiscard]] int score_text(std::string_view text);
  [[nodiscard]] std::vector<NamedWeight> explain_text(std::string_view text);

 private:
  struct ToolClause {
    SplitClause split;
    std::size_t string{0};
    std::uint32_t first_token{0};
    std::uint32_t tokens{0};
    std::uint32_t first_content{0};
    ClauseContext context;
    bool part{false};  ///< of a clause before it
  };
  struct ContentWord {
    std::uint64_t stem{0};
    std::uint8_t bucket{0};  ///< of the vocabulary
    friend auto operator<=>(const ContentWord&, const ContentWord&) = default;
  };

  void add_name_words(std::string_view name, bool tool_name);
  void add_clause(const SplitClause& split, StringKind kind, std::size_t at, std::size_t count);
  void add_content(ToolClause& clause);
  /// Parts of the last clause that are scored by themselves, too: from a verb behind `and`, `or`,
  /// `but` or a comma on, and the beginning of a long command. What an order is joined to or padded
  /// with cannot hide it.
  void add_parts();
  void add_joined(const ToolClause& whole, std::size_t from, std::size_t to);
  void add_head(const ToolClause& whole);
  void read_contexts();
  void count_content();
  [[nodiscard]] ScoredClause score_clause(std::size_t number);
  [[nodiscard]] int fixed_points(const ToolClause& clause, ClauseClasses classes) const;
  [[nodiscard]] ClauseClasses classes_of(const ToolClause& clause);
  [[nodiscard]] bool is_mixed(const ToolClause& clause, ClauseClasses classes) const;
  [[nodiscard]] std::span<const ClauseToken> tokens_of(const ToolClause& clause) const {
    return std::span(tokens_).subspan(clause.first_token, clause.tokens);
  }
  template <class Sink, class OnClause>
  void add_text_features(std::string_view text, Sink& sink, OnClause on_clause);

  const InstructionModel& model_;
  ClauseSplitter splitter_;
  WeightSum sum_;
  WordUses uses_;
  PlainText plain_;
  ClauseReading reading_;
  std::vector<SplitClause> split_;
  std::vector<ToolClause> clauses_;
  std::vector<ClauseToken> tokens_;
  std::vector<ContentWord> content_;
  std::vector<std::uint64_t> name_stems_;
  std::vector<std::uint64_t> parameter_stems_;
  std::size_t strings_{0};
  bool mostly_english_{false};
};

}  // namespace merlon
