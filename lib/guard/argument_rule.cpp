#include "guard/argument_rule.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "mcp/message_edit.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 14> kArgumentKeys{
    "name",       "pointer",    "type",    "enum",     "const",     "minimum", "maximum",
    "min_length", "max_length", "pattern", "required", "forbidden", "paths",   "hosts"};
constexpr std::array<std::string_view, 7> kTypeNames{"string", "number", "integer", "boolean",
                                                     "array",  "object", "null"};
constexpr std::size_t kLongestPattern = 4096;
constexpr std::size_t kMostElements = 1000;

std::optional<long double> exact_number(std::string text) {
  std::erase(text, '_');
  if (text.starts_with('+')) {
    text.erase(0, 1);
  }
  long double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<long double> read_bound(TableReader& reader, NodeId table, std::string_view name) {
  const auto node = reader.field(table, name);
  if (!node) {
    return std::nullopt;
  }
  const auto value = reader.document().is(*node, NodeKind::kNumber)
                         ? exact_number(reader.document().text(*node))
                         : std::nullopt;
  if (!value) {
    reader.complain(*node, "`", name, "` must be a number");
  }
  return value;
}

std::string escape_pointer_token(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

bool is_of_type(const Document& document, NodeId node, std::size_t type) {
  switch (document.kind(node)) {
    case NodeKind::kString: return type == 0;
    case NodeKind::kNumber: {
      const auto value = type == 2 ? exact_number(document.text(node)) : std::nullopt;
      return type == 1 || (value && std::floor(*value) == *value);
    }
    case NodeKind::kBool: return type == 3;
    case NodeKind::kArray: return type == 4;
    case NodeKind::kObject: return type == 5;
    case NodeKind::kNull: return type == 6;
    case NodeKind::kKey: return false;
  }
  return false;
}

bool equals_value(const Document& document, NodeId node, const ArgumentValue& value) {
  if (document.kind(node) != value.kind) {
    return false;
  }
  const std::string text = document.text(node);
  if (value.kind != NodeKind::kNumber) {
    return text == value.text;
  }
  const auto ours = exact_number(value.text);
  return ours && exact_number(text) == ours;
}

}  // namespace

std::unique_ptr<ArgumentRule> ArgumentRule::read(TableReader& reader, NodeId table,
                                                 const Limits& limits) {
  std::unique_ptr<ArgumentRule> out(new ArgumentRule(limits));
  reader.check_keys(table, kArgumentKeys, "`[[tool.argument]]`");
  const auto name = reader.string(table, "name");
  const auto pointer = reader.string(table, "pointer");
  if (name.has_value() == pointer.has_value()) {
    reader.complain_missing(table, "an argument rule needs `name` or `pointer`, and not both");
  } else if (pointer && !pointer->starts_with('/')) {
    reader.complain(reader.field(table, "pointer").value_or(table), "`pointer` must begin with `/`")
        .hints.emplace_back("it is an RFC 6901 pointer below the call's arguments");
  }
  out->shown_ = shorten(name ? *name : pointer.value_or(""), 64);
  out->pointer_ = name ? escape_pointer_token(*name) : pointer.value_or("");
  out->read_shape(reader, table);
  out->read_values(reader, table);
  out->read_pattern(reader, table);
  out->paths_ = PathRule::read(reader, table, "paths");
  out->hosts_ = HostRule::read(reader, table, "hosts");
  return out;
}

void ArgumentRule::read_shape(TableReader& reader, NodeId table) {
  type_ = reader.choice(table, "type", kTypeNames);
  minimum_ = read_bound(reader, table, "minimum");
  maximum_ = read_bound(reader, table, "maximum");
  min_length_ = reader.number(table, "min_length");
  max_length_ = reader.number(table, "max_length");
  required_ = reader.boolean(table, "required").value_or(false);
  forbidden_ = reader.boolean(table, "forbidden").value_or(false);
  const bool empty_range = (minimum_ && maximum_ && *minimum_ > *maximum_) ||
                           (min_length_ && max_length_ && *min_length_ > *max_length_);
  if (empty_range) {
    reader.complain_missing(table, "the lower bound is above the upper one: nothing can match");
  }
  if (required_ && forbidden_) {
    reader.complain_missing(table, "an argument cannot be both `required` and `forbidden`");
  }
}

void ArgumentRule::read_values(TableReader& reader, NodeId table) {
  const Document& document = reader.document();
  const auto add_value = [&](NodeId node) {
    const NodeKind kind = document.kind(node);
    if (kind == NodeKind::kArray || kind == NodeKind::kObject) {
      reader.complain(node, "only texts, numbers, true and false can be compared");
      return;
    }
    among_.push_back({.kind = kind, .text = document.text(node)});
  };
  if (const auto one = reader.field(table, "const")) {
    add_value(*one);
  }
  const auto list = reader.field(table, "enum");
  if (!list) {
    return;
  }
  if (!document.is(*list, NodeKind::kArray) || document.elements(*list).empty() ||
      !among_.empty()) {
    reader.complain(*list, "`enum` must be a list with something in it, without `const` beside it");
    return;
  }
  for (const NodeId node : document.elements(*list)) {
    add_value(node);
  }
}

void ArgumentRule::read_pattern(TableReader& reader, NodeId table) {
  const auto pattern = reader.string(table, "pattern");
  if (!pattern) {
    return;
  }
  const NodeId node = reader.field(table, "pattern").value_or(table);
  if (pattern->size() > kLongestPattern) {
    reader.complain(node, "`pattern` is longer than ", std::to_string(kLongestPattern), " bytes");
    return;
  }
  // The whole value has to match, whatever alternatives the pattern has. Letter case counts.
  pattern_ = "(?-i)\\A(?:" + *pattern + ")\\z";
  auto problem = find_regex_problem(*pattern);
  problem = problem ? problem : find_regex_problem(pattern_);
  if (problem) {
    reader.complain(node, "`pattern` is no regular expression: ", problem->message);
    return;
  }
  regex_ = std::make_unique<Regex>(pattern_);
}

std::optional<NodeId> ArgumentRule::find(const Document& document, NodeId arguments) const {
  if (arguments == kNoNode) {
    return std::nullopt;
  }
  return resolve_pointer(document, document.pointer(arguments) + pointer_);
}

void ArgumentRule::add(ArgumentFinding& out, std::string_view rule, const std::string& what,
                       std::string pointer) const {
  Reason reason;
  reason.code = DenialCode::kSuspiciousInput;
  reason.rule_id = rule;
  reason.severity = Severity::kHigh;
  reason.message = "argument `" + shown_ + "`: " + what;
  reason.pointer = std::move(pointer);
  reason.remedy = "call the tool with an argument that the policy allows";
  out.reasons.push_back(std::move(reason));
}

std::optional<std::string> ArgumentRule::wrong_number(const Document& document, NodeId node) const {
  if (!minimum_ && !maximum_) {
    return std::nullopt;
  }
  const auto value =
      document.is(node, NodeKind::kNumber) ? exact_number(document.text(node)) : std::nullopt;
  if (!value) {
    return "must be a number within bounds";
  }
  return (minimum_ && *value < *minimum_) || (maximum_ && *value > *maximum_)
             ? std::optional<std::string>("is out of bounds")
             : std::nullopt;
}

std::optional<std::string> ArgumentRule::wrong_length(const Document& document, NodeId node) const {
  if (!min_length_ && !max_length_) {
    return std::nullopt;
  }
  std::size_t length = 0;
  if (document.is(node, NodeKind::kString)) {
    length = count_code_points(document.text(node));
  } else if (document.is(node, NodeKind::kArray)) {
    length = document.elements(node).size();
  } else {
    return "must be a text or list of a certain length";
  }
  return (min_length_ && length < *min_length_) || (max_length_ && length > *max_length_)
             ? std::optional<std::string>("is too short or too long")
             : std::nullopt;
}

std::optional<std::string> ArgumentRule::wrong_shape(const Document& document, NodeId node) const {
  if (type_ && !is_of_type(document, node, *type_)) {
    return "must be of type " + std::string(kTypeNames[*type_]);
  }
  if (!among_.empty()) {
    bool found = false;
    for (const ArgumentValue& value : among_) {
      found = found || equals_value(document, node, value);
    }
    if (!found) {
      return "is not among the values that are allowed";
    }
  }
  auto wrong = wrong_number(document, node);
  return wrong ? wrong : wrong_length(document, node);
}

void ArgumentRule::check_pattern(const Document& document, NodeId node,
                                 ArgumentFinding& out) const {
  if (!regex_) {
    return;
  }
  if (!document.is(node, NodeKind::kString)) {
    add(out, "argument-pattern", "must be a text of a certain form", document.pointer(node));
    return;
  }
  RegexScratch scratch(limits_);
  scratch.start();
  RegexPlace place;
  const std::string text = document.text(node);
  switch (regex_->find(text, 0, scratch, place)) {
    case RegexOutcome::kMatch: return;
    case RegexOutcome::kNoMatch:
      add(out, "argument-pattern", "does not have the form that the policy demands",
          document.pointer(node));
      return;
    case RegexOutcome::kBudget:
      add(out, "argument-pattern-bound", "the pattern reached its bound of steps",
          document.pointer(node));
      out.failed = true;
      return;
  }
}

void ArgumentRule::check_places(const Document& document, NodeId node, const Facts& facts,
                                ArgumentFinding& out) const {
  if (!paths_ && !hosts_) {
    return;
  }
  const bool list = document.is(node, NodeKind::kArray);
  const std::vector<NodeId> nodes = list ? document.elements(node) : std::vector<NodeId>{node};
  if (nodes.size() > kMostElements) {
    add(out, "argument-too-many", "has more than 1000 paths or hosts", document.pointer(node));
    return;
  }
  for (const NodeId one : nodes) {
    if (!document.is(one, NodeKind::kString)) {
      add(out, "argument-type", "must be a text, or a list of texts", document.pointer(one));
      return;
    }
    const std::string text = document.text(one);
    for (const auto& problem : {paths_ ? paths_->check(text, facts, out.needs) : std::nullopt,
                                hosts_ ? hosts_->check(text, facts, out.needs) : std::nullopt}) {
      if (problem) {
        add(out, problem->rule_id, problem->message, document.pointer(one));
        out.failed = out.failed || problem->failed;
      }
    }
  }
}

void ArgumentRule::check(const Message& message, NodeId arguments, const Facts& facts,
                         ArgumentFinding& out) const {
  const Document& document = message.document;
  const auto node = find(document, arguments);
  if (!node) {
    if (required_) {
      add(out, "argument-missing", "is required", "");
    }
    return;
  }
  if (forbidden_) {
    add(out, "argument-forbidden", "is forbidden", document.pointer(*node));
    return;
  }
  if (const auto wrong = wrong_shape(document, *node)) {
    add(out, "argument-value", *wrong, document.pointer(*node));
    return;
  }
  check_pattern(document, *node, out);
  check_places(document, *node, facts, out);
}

}  // namespace merlon
