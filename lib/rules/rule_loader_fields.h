#pragma once
/// Reads fields of a rule file with their types and places, and keeps all problems.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

/// One document, one thread. Every getter that finds the wrong type complains and answers as if the
/// field were absent.
class FieldReader {
 public:
  explicit FieldReader(const Document& document) : document_(document) {}

  [[nodiscard]] const Document& document() const { return document_; }
  /// In the order of their places.
  [[nodiscard]] std::vector<Error> take_errors() &&;
  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }

  template <class... Parts>
  Error& complain(NodeId node, const Parts&... parts) {
    return complain_at(document_.locate(node), make_error(ErrorCode::kBadRule, parts...));
  }
  /// At the value of a field, or at the table when it has none.
  template <class... Parts>
  Error& complain_field(NodeId table, std::string_view name, const Parts&... parts) {
    return complain(field(table, name).value_or(table), parts...);
  }
  /// At byte `offset` of a string.
  template <class... Parts>
  Error& complain_within(NodeId node, std::size_t offset, const Parts&... parts) {
    return complain_at(document_.locate(node, offset, offset + 1),
                       make_error(ErrorCode::kBadRule, parts...));
  }
  /// What is missing has no place: the table's header, or the start of the file.
  template <class... Parts>
  Error& complain_missing(NodeId table, const Parts&... parts) {
    const Location where =
        table == document_.root() ? document_.source().locate(0, 0) : document_.locate(table);
    return complain_at(where, make_error(ErrorCode::kBadRule, parts...));
  }

  /// Complains about keys that are not listed, with the nearest as a hint.
  void check_keys(NodeId table, std::span<const std::string_view> known);
  [[nodiscard]] std::optional<NodeId> field(NodeId table, std::string_view name) const {
    return document_.find(table, name);
  }
  [[nodiscard]] std::optional<std::string> string(NodeId table, std::string_view name);
  [[nodiscard]] std::optional<std::uint64_t> number(NodeId table, std::string_view name);
  [[nodiscard]] std::optional<bool> boolean(NodeId table, std::string_view name);
  /// The element nodes of an array of strings; nothing when the field is absent or wrong.
  [[nodiscard]] std::vector<NodeId> strings(NodeId table, std::string_view name);
  /// The element nodes of an array of tables, `[[name]]` or `name = [{...}]`.
  [[nodiscard]] std::vector<NodeId> tables(NodeId table, std::string_view name);

  /// Adds "did you mean" to an error when one of the choices is near, else the list of them when it
  /// is short.
  static void suggest(Error& error, std::string_view word,
                      const std::vector<std::string_view>& choices);

 private:
  Error& complain_at(Location where, Error error);

  const Document& document_;
  std::vector<Error> errors_;
};

}  // namespace merlon
