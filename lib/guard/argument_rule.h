#pragma once
/// `[[tool.argument]]`: what one argument of a tool must be like. docs/guards/arguments.md
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/regex/regex.h"
#include "base/table_reader.h"
#include "guard/place_rules.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/message.h"

namespace merlon {

/// A scalar of the policy that a value is compared with.
struct ArgumentValue {
  NodeKind kind{NodeKind::kNull};
  std::string text;  ///< decoded, or the number's source
};

/// What a rule found wrong; empty when the argument is as it must be.
struct ArgumentFinding {
  std::vector<Reason> reasons;
  std::vector<Need> needs;
  bool failed{false};  ///< one of the reasons says that the guard cannot tell
};

class ArgumentRule {
 public:
  /// Complains to the reader about what is wrong with the table.
  [[nodiscard]] static std::unique_ptr<ArgumentRule> read(TableReader& reader, NodeId table,
                                                          const Limits& limits);

  /// `arguments` is the node of the call's arguments, or kNoNode.
  void check(const Message& message, NodeId arguments, const Facts& facts,
             ArgumentFinding& out) const;

  ArgumentRule(const ArgumentRule&) = delete;
  ArgumentRule& operator=(const ArgumentRule&) = delete;
  ~ArgumentRule() = default;

 private:
  explicit ArgumentRule(const Limits& limits) : limits_(limits) {}
  void read_shape(TableReader& reader, NodeId table);
  void read_values(TableReader& reader, NodeId table);
  void read_pattern(TableReader& reader, NodeId table);
  [[nodiscard]] std::optional<NodeId> find(const Document& document, NodeId arguments) const;
  [[nodiscard]] std::optional<std::string> wrong_shape(const Document& document, NodeId node) const;
  [[nodiscard]] std::optional<std::string> wrong_number(const Document& document,
                                                        NodeId node) const;
  [[nodiscard]] std::optional<std::string> wrong_length(const Document& document,
                                                        NodeId node) const;
  void check_pattern(const Document& document, NodeId node, ArgumentFinding& out) const;
  void check_places(const Document& document, NodeId node, const Facts& facts,
                    ArgumentFinding& out) const;
  void add(ArgumentFinding& out, std::string_view rule, const std::string& what,
           std::string pointer) const;

  Limits limits_;
  std::string shown_;    ///< the name or pointer, for messages
  std::string pointer_;  ///< below the arguments, RFC 6901
  std::optional<std::size_t> type_;
  std::vector<ArgumentValue> among_;
  std::optional<long double> minimum_;
  std::optional<long double> maximum_;
  std::optional<std::uint64_t> min_length_;
  std::optional<std::uint64_t> max_length_;
  std::string pattern_;  ///< must not move: `regex_` reads it
  std::unique_ptr<Regex> regex_;
  bool required_{false};
  bool forbidden_{false};
  std::optional<PathRule> paths_;
  std::optional<HostRule> hosts_;
};

}  // namespace merlon
