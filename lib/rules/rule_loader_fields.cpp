#include "rules/rule_loader_fields.h"

#include <algorithm>
#include <utility>

#include "base/place_order.h"
#include "base/text.h"

namespace merlon {

std::vector<Error> FieldReader::take_errors() && {
  sort_by_place(errors_);
  return std::move(errors_);
}

Error& FieldReader::complain_at(Location where, Error error) {
  // Keys and values of the file may hold line breaks; a message is one line.
  error.message = escape_for_display(error.message);
  error.where = std::move(where);
  errors_.push_back(std::move(error));
  return errors_.back();
}

void FieldReader::suggest(Error& error, std::string_view word,
                          const std::vector<std::string_view>& choices) {
  if (const std::string_view near = nearest(word, choices); !near.empty()) {
    error.hints.push_back("did you mean `" + std::string(near) + "`?");
    return;
  }
  if (choices.size() > 12) {
    return;
  }
  std::string list;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    list.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
  }
  error.hints.push_back("one of " + list);
}

void FieldReader::check_keys(NodeId table, std::span<const std::string_view> known) {
  for (const auto& [key, value] : document_.members(table)) {
    const std::string name = document_.text(key);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      suggest(complain(key, "unknown key `", name, "`"), name, {known.begin(), known.end()});
    }
  }
}

std::optional<std::string> FieldReader::string(NodeId table, std::string_view name) {
  const auto node = field(table, name);
  if (!node) {
    return std::nullopt;
  }
  if (!document_.is(*node, NodeKind::kString)) {
    complain(*node, "`", name, "` must be a string");
    return std::nullopt;
  }
  return document_.text(*node);
}

std::optional<std::uint64_t> FieldReader::number(NodeId table, std::string_view name) {
  const auto node = field(table, name);
  if (!node) {
    return std::nullopt;
  }
  std::string digits = document_.is(*node, NodeKind::kNumber) ? document_.text(*node) : "";
  std::erase(digits, '_');
  const auto value = parse_unsigned(digits);
  if (!value) {
    complain(*node, "`", name, "` must be a whole number from 0");
  }
  return value;
}

std::optional<bool> FieldReader::boolean(NodeId table, std::string_view name) {
  const auto node = field(table, name);
  if (!node) {
    return std::nullopt;
  }
  if (!document_.is(*node, NodeKind::kBool)) {
    complain(*node, "`", name, "` must be true or false");
    return std::nullopt;
  }
  return document_.is_true(node);
}

std::vector<NodeId> FieldReader::strings(NodeId table, std::string_view name) {
  const auto node = field(table, name);
  if (!node) {
    return {};
  }
  if (!document_.is(*node, NodeKind::kArray)) {
    complain(*node, "`", name, "` must be a list of strings");
    return {};
  }
  std::vector<NodeId> out;
  for (const NodeId element : document_.elements(*node)) {
    if (document_.is(element, NodeKind::kString)) {
      out.push_back(element);
    } else {
      complain(element, "`", name, "` must be a list of strings");
    }
  }
  return out;
}

std::vector<NodeId> FieldReader::tables(NodeId table, std::string_view name) {
  const auto node = field(table, name);
  if (!node) {
    return {};
  }
  if (!document_.is(*node, NodeKind::kArray)) {
    complain(*node, "`", name, "` must be a list of tables");
    return {};
  }
  std::vector<NodeId> out;
  for (const NodeId element : document_.elements(*node)) {
    if (document_.is(element, NodeKind::kObject)) {
      out.push_back(element);
    } else {
      complain(element, "`", name, "` must be a list of tables");
    }
  }
  return out;
}

}  // namespace merlon
