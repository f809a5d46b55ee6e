#include "base/table_reader.h"

#include <algorithm>
#include <utility>

#include "base/place_order.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kShortList = 12;

/// TOML allows underscores between digits and a plus sign.
std::optional<std::uint64_t> toml_unsigned(std::string text) {
  std::erase(text, '_');
  if (text.starts_with('+')) {
    text.erase(0, 1);
  }
  return parse_unsigned(text);
}

}  // namespace

std::vector<Error> TableReader::take_errors() && {
  sort_by_place(errors_);
  return std::move(errors_);
}

Error& TableReader::complain_at(Location where, Error error) {
  // Keys and values of the file may hold line breaks; a message is one line.
  error.message = escape_for_display(error.message);
  error.where = std::move(where);
  errors_.push_back(std::move(error));
  return errors_.back();
}

Location TableReader::place_of_table(NodeId table) const {
  return table == document_.root() ? document_.source().locate(0, 0) : document_.locate(table);
}

void TableReader::suggest(Error& error, std::string_view word,
                          const std::vector<std::string_view>& choices) {
  if (const std::string_view near = nearest(word, choices); !near.empty()) {
    error.hints.push_back("did you mean `" + std::string(near) + "`?");
  } else if (!choices.empty() && choices.size() <= kShortList) {
    std::string list;
    for (const std::string_view choice : choices) {
      list.append(list.empty() ? "known are `" : ", `").append(choice).append("`");
    }
    error.hints.push_back(std::move(list));
  }
}

void TableReader::check_keys(NodeId table, std::span<const std::string_view> known,
                             std::string_view what) {
  for (const auto& [key, value] : document_.members(table)) {
    const std::string name = document_.text(key);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      suggest(complain(key, "unknown key `", name, "` in ", what), name,
              {known.begin(), known.end()});
    }
  }
}

std::optional<NodeId> TableReader::field(NodeId table, std::string_view name) const {
  return document_.find(table, name);
}

std::optional<std::string> TableReader::string(NodeId table, std::string_view name) {
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

void TableReader::check_number(NodeId node, std::string_view name,
                               const std::optional<std::uint64_t>& value, NumberRange range) {
  if (value && *value >= range.least && *value <= range.most) {
    return;
  }
  if (range.most == std::numeric_limits<std::uint64_t>::max()) {
    complain(node, "`", name, "` must be a whole number of at least ", std::to_string(range.least));
  } else {
    complain(node, "`", name, "` must be a whole number from ", std::to_string(range.least), " to ",
             std::to_string(range.most));
  }
}

std::optional<std::uint64_t> TableReader::number(NodeId table, std::string_view name,
                                                 NumberRange range) {
  const auto node = field(table, name);
  if (!node) {
    return std::nullopt;
  }
  const auto value =
      document_.is(*node, NodeKind::kNumber) ? toml_unsigned(document_.text(*node)) : std::nullopt;
  const std::size_t before = errors_.size();
  check_number(*node, name, value, range);
  return errors_.size() == before ? value : std::nullopt;
}

std::optional<bool> TableReader::boolean(NodeId table, std::string_view name) {
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

std::optional<std::size_t> TableReader::choice(NodeId table, std::string_view name,
                                               std::span<const std::string_view> choices) {
  const auto node = field(table, name);
  const auto word = string(table, name);
  if (!node || !word) {
    return std::nullopt;
  }
  const auto found = std::find(choices.begin(), choices.end(), *word);
  if (found == choices.end()) {
    suggest(complain(*node, "unknown value `", *word, "` of `", name, "`"), *word,
            {choices.begin(), choices.end()});
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - choices.begin());
}

std::vector<NodeId> TableReader::strings(NodeId table, std::string_view name) {
  const auto node = field(table, name);
  if (!node) {
    return {};
  }
  std::vector<NodeId> out = document_.elements(*node);
  const bool all_strings = std::all_of(out.begin(), out.end(), [this](NodeId element) {
    return document_.is(element, NodeKind::kString);
  });
  if (!document_.is(*node, NodeKind::kArray) || !all_strings) {
    complain(*node, "`", name, "` must be a list of strings");
    return {};
  }
  return out;
}

std::vector<std::string> TableReader::texts(NodeId table, std::string_view name) {
  std::vector<std::string> out;
  for (const NodeId node : strings(table, name)) {
    out.push_back(document_.text(node));
  }
  return out;
}

std::vector<std::size_t> TableReader::words(NodeId table, std::string_view name,
                                            const std::vector<std::string_view>& known,
                                            std::string_view complaint) {
  std::vector<std::size_t> out;
  for (const NodeId node : strings(table, name)) {
    const std::string word = document_.text(node);
    const auto found = std::find(known.begin(), known.end(), word);
    if (found != known.end()) {
      out.push_back(static_cast<std::size_t>(found - known.begin()));
    } else {
      suggest(complain(node, complaint, " `", word, "`"), word, known);
    }
  }
  return out;
}

std::vector<NodeId> TableReader::tables(NodeId table, std::string_view name) {
  const auto node = field(table, name);
  if (!node) {
    return {};
  }
  std::vector<NodeId> out = document_.elements(*node);
  const bool all_tables = std::all_of(out.begin(), out.end(), [this](NodeId element) {
    return document_.is(element, NodeKind::kObject);
  });
  if (!document_.is(*node, NodeKind::kArray) || !all_tables) {
    complain(*node, "`", name, "` must be a list of tables, `[[", name, "]]`");
    return {};
  }
  return out;
}

std::optional<NodeId> TableReader::table(NodeId parent, std::string_view name) {
  const auto node = field(parent, name);
  if (node && !document_.is(*node, NodeKind::kObject)) {
    complain(*node, "`", name, "` must be a table, `[", name, "]`");
    return std::nullopt;
  }
  return node;
}

}  // namespace merlon
