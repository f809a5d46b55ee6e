#pragma once
/// Cuts a text into the clauses that the instruction features are made of: physical lines are
/// joined to logical ones, cut at sentence ends, inline bullets and tags, and inside a sentence
/// where a new command begins without a full stop.
///
/// scripts/model/clauses.py does the same, and testdata/vectors/instruction holds the two together.
/// Linear in the text.
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/instruction/instruction_model.h"
#include "rules/instruction/line_kind.h"
#include "rules/instruction/plain_text.h"

namespace merlon {

struct SplitClause {
  std::uint32_t begin{0};  ///< letters of ClauseSplitter
  std::uint32_t end{0};
  std::uint32_t source_begin{0};  ///< bytes of the text
  std::uint32_t source_end{0};
  TextSection section{TextSection::kNone};
  bool parameter{false};  ///< begins the line of a parameter
  bool item{false};       ///< stands in a list item
};

/// Keeps the letters of all texts since clear(). One object, one thread.
class ClauseSplitter {
 public:
  explicit ClauseSplitter(const InstructionModel& model) : model_(model) {}

  void clear() { letters_.clear(); }
  [[nodiscard]] std::size_t size() const { return letters_.size(); }
  /// Appends the clauses of `text`, each with at least one letter.
  void split(const PlainText& text, std::vector<SplitClause>& out);

  [[nodiscard]] std::u32string_view letters(std::uint32_t begin, std::uint32_t end) const {
    return std::u32string_view(letters_.data() + begin, end - begin);
  }
  [[nodiscard]] std::u32string_view letters(const SplitClause& clause) const {
    return letters(clause.begin, clause.end);
  }

 private:
  struct Range {
    std::uint32_t begin{0};
    std::uint32_t end{0};
  };
  struct Word;
  struct Line;

  void add_physical_line(const PlainText& text, std::size_t begin, std::size_t end);
  void flush_line(const PlainText& text, std::vector<SplitClause>& out);
  void cut_sentences(Line& line);
  void add_sentence(Line& line, std::uint32_t begin, std::uint32_t end);
  void add_chunk(const Line& line, Range chunk, bool parameter);
  void add_clause(const Line& line, Range range, bool parameter);
  [[nodiscard]] bool ends_sentence(const Line& line, std::uint32_t at) const;
  [[nodiscard]] bool is_inline_bullet(const Line& line, std::uint32_t start,
                                      std::uint32_t at) const;
  [[nodiscard]] bool begins_tag(const Line& line, std::uint32_t start, std::uint32_t at) const;
  [[nodiscard]] Range stripped(Range range) const;
  bool next_word(Range chunk, std::uint32_t from, Word& out) const;
  [[nodiscard]] bool begins_command(Range chunk, const Word& before, const Word& word,
                                    const Word& follower, bool second) const;

  const InstructionModel& model_;
  std::vector<char32_t> letters_;
  std::vector<std::uint32_t> origins_;  ///< of the current line: which letter of the text
  std::uint32_t line_begin_{0};
  TextSection section_{TextSection::kNone};
};

}  // namespace merlon
