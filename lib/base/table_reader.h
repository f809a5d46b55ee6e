#pragma once
/// Reads the tables of a user's TOML file with their types and places, and keeps all problems.
///
///   TableReader reader(document, ErrorCode::kBadPolicy);
///   reader.check_keys(table, kKeys, "[[guard]]");
///   const auto limit = reader.number(table, "max_bytes", {.least = 1, .most = 1 << 30});
///   if (reader.has_errors()) { return std::unexpected(std::move(reader).take_errors()); }
///
/// A getter that finds the wrong type or a value out of range complains and answers as if the field
/// were absent. One document, one thread.
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

struct NumberRange {
  std::uint64_t least{0};
  std::uint64_t most{std::numeric_limits<std::uint64_t>::max()};
};

class TableReader {
 public:
  TableReader(const Document& document, ErrorCode code) : document_(document), code_(code) {}

  [[nodiscard]] const Document& document() const { return document_; }
  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
  /// Sorted by place.
  [[nodiscard]] std::vector<Error> take_errors() &&;

  template <class... Parts>
  Error& complain(NodeId node, const Parts&... parts) {
    return complain_at(document_.locate(node), make_error(code_, parts...));
  }
  /// About something that is not there: at the table's header, or at the start of the file.
  template <class... Parts>
  Error& complain_missing(NodeId table, const Parts&... parts) {
    return complain_at(place_of_table(table), make_error(code_, parts...));
  }
  Error& complain_at(Location where, Error error);

  /// Complains about keys that are not listed, with the nearest as a hint. `what` names the table:
  /// "`[[guard]]`".
  void check_keys(NodeId table, std::span<const std::string_view> known, std::string_view what);

  [[nodiscard]] std::optional<NodeId> field(NodeId table, std::string_view name) const;
  [[nodiscard]] std::optional<std::string> string(NodeId table, std::string_view name);
  [[nodiscard]] std::optional<std::uint64_t> number(NodeId table, std::string_view name,
                                                    NumberRange range = {});
  [[nodiscard]] std::optional<bool> boolean(NodeId table, std::string_view name);
  /// The index of the word in `choices`; another word is a complaint that lists or suggests them.
  [[nodiscard]] std::optional<std::size_t> choice(NodeId table, std::string_view name,
                                                  std::span<const std::string_view> choices);
  /// The element nodes of an array of strings; nothing when the field is absent or wrong.
  [[nodiscard]] std::vector<NodeId> strings(NodeId table, std::string_view name);
  /// Their decoded texts.
  [[nodiscard]] std::vector<std::string> texts(NodeId table, std::string_view name);
  /// The indices in `known` of the words of an array of strings, in its order. Another word is a
  /// complaint: `complaint` and the word, "unknown phase `x`", with a suggestion.
  [[nodiscard]] std::vector<std::size_t> words(NodeId table, std::string_view name,
                                               const std::vector<std::string_view>& known,
                                               std::string_view complaint);
  /// The element nodes of an array of tables, `[[name]]` or `name = [{...}]`.
  [[nodiscard]] std::vector<NodeId> tables(NodeId table, std::string_view name);
  /// The node of a table `[name]` or `name = {...}`.
  [[nodiscard]] std::optional<NodeId> table(NodeId parent, std::string_view name);

  /// Adds "did you mean" when one of the choices is near, else the list of them when it is short.
  static void suggest(Error& error, std::string_view word,
                      const std::vector<std::string_view>& choices);

 private:
  [[nodiscard]] Location place_of_table(NodeId table) const;
  void check_number(NodeId node, std::string_view name, const std::optional<std::uint64_t>& value,
                    NumberRange range);

  const Document& document_;
  ErrorCode code_;
  std::vector<Error> errors_;
};

}  // namespace merlon
