#include "capability/schema_change.h"

#include <array>
#include <charconv>
#include <string_view>

#include "base/text.h"
#include "capability/capability_words.h"
#include "capability/word_tokens.h"

namespace merlon {
namespace {

/// Parameters that have no use but to carry something out of the conversation, or that ask for a
/// secret.
constexpr std::array kCarriers = std::to_array<std::string_view>(
    {"context", "conversation", "history", "transcript", "sidenote", "sidenotes", "notes", "memo",
     "summary", "thoughts", "reasoning", "chainofthought", "systemprompt", "feedback", "metadata",
     "extra", "debug", "analytics"});
constexpr std::array kSecrets = std::to_array<std::string_view>(
    {"password", "passphrase", "secret", "token", "apikey", "credential", "credentials",
     "privatekey", "accesstoken", "cookie", "cookies", "env", "sshkey", "mnemonic",
     "authorization"});

template <std::size_t N>
bool among_types(const std::array<std::string_view, N>& list, std::string_view word) {
  for (const std::string_view one : list) {
    if (one == word) {
      return true;
    }
  }
  return false;
}

bool is_required(const Document& document, NodeId parameter, std::string_view name) {
  // The value's parent is its key, whose parent is `properties`, whose parent is its key, whose
  // parent is the schema.
  NodeId schema = parameter;
  for (int up = 0; up < 4 && schema != kNoNode; ++up) {
    schema = document.node(schema).parent;
  }
  if (schema == kNoNode) {
    return false;
  }
  const auto required = document.find(schema, "required", NodeKind::kArray);
  if (!required) {
    return false;
  }
  for (const NodeId element : document.elements(*required)) {
    if (document.text(element) == name) {
      return true;
    }
  }
  return false;
}

SchemaVerdict judge_parameter(const Document& after, const ValueDifference& difference,
                              const std::string& name) {
  const std::string shown = "`" + shorten(name, 60) + "`";
  if (difference.new_node == kNoNode) {
    return {false, "the parameter " + shown + " is gone"};
  }
  if (difference.old_node != kNoNode) {
    return {false, "the parameter " + shown + " has another kind of schema"};
  }
  if (const auto sink = sink_of_parameter(name)) {
    return {true, "new parameter " + shown + " takes a " + std::string(to_string(*sink))};
  }
  std::string whole;
  for (const WordToken& word : split_identifier(name, 8)) {
    whole += word.text;
  }
  if (among_types(kSecrets, whole)) {
    return {true, "new parameter " + shown + " asks for a secret"};
  }
  if (among_types(kCarriers, whole)) {
    return {true, "new parameter " + shown + " can carry the conversation out"};
  }
  if (is_required(after, difference.new_node, name)) {
    return {true, "new parameter " + shown + " must be given"};
  }
  return {false, "new parameter " + shown};
}

/// Whether the schema that `holder` is, or that the list `holder` belongs to, has a property of
/// that name.
bool has_property(const Document& document, NodeId holder, std::string_view name) {
  if (document.is(holder, NodeKind::kArray)) {
    const NodeId key = document.node(holder).parent;
    holder = key == kNoNode ? kNoNode : document.node(key).parent;
  }
  return document.find(document.find(holder, "properties"), name).has_value();
}

SchemaVerdict judge_required(const Document& before, const Document& after,
                             const ValueDifference& difference) {
  if (difference.new_node == kNoNode) {
    return {false, "`" + shorten(before.text(difference.old_node), 60) + "` may be left out"};
  }
  const std::string name = after.text(difference.new_node);
  // Of a parameter that is new itself its own line says all.
  const bool known = has_property(before, difference.old_holder, name);
  return {known, "`" + shorten(name, 60) + "` must be given" + (known ? " now" : "")};
}

SchemaVerdict judge_type(const Document& before, const Document& after,
                         const ValueDifference& difference) {
  if (difference.new_node == kNoNode) {
    return {false, "no longer takes " + shorten(before.text(difference.old_node), 40)};
  }
  const std::string type = after.text(difference.new_node);
  const bool wide = type == "string" || type == "object" || type == "array";
  return {wide, "now takes " + shorten(type, 40)};
}

std::optional<double> number_of(const Document& document, NodeId node) {
  if (!document.is(node, NodeKind::kNumber)) {
    return std::nullopt;
  }
  const std::string text = document.text(node);
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  return status == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                   : std::nullopt;
}

/// A bound: `upper` for maximum and its like.
SchemaVerdict judge_bound(const Document& before, const Document& after,
                          const ValueDifference& difference, bool upper) {
  if (difference.old_node == kNoNode) {
    return {false, "a new bound"};
  }
  if (difference.new_node == kNoNode) {
    return {true, "a bound is gone"};
  }
  const auto old_value = number_of(before, difference.old_node);
  const auto new_value = number_of(after, difference.new_node);
  if (!old_value || !new_value) {
    return {true, "a bound is another"};
  }
  const bool wider = upper ? *new_value > *old_value : *new_value < *old_value;
  return {wider, wider ? "a wider bound" : "a narrower bound"};
}

/// A keyword that narrows by being there: taking it away or changing it may let more in.
SchemaVerdict judge_restriction(const ValueDifference& difference, std::string_view what) {
  if (difference.old_node == kNoNode) {
    return {false, "a new " + std::string(what)};
  }
  if (difference.new_node == kNoNode) {
    return {true, "the " + std::string(what) + " is gone"};
  }
  return {true, "another " + std::string(what)};
}

SchemaVerdict judge_enum(const Document& before, const Document& after,
                         const ValueDifference& difference) {
  // Elements are single values; the whole list being there or not is an array.
  if (difference.new_node == kNoNode) {
    const bool whole = before.is(difference.old_node, NodeKind::kArray);
    return {whole, whole ? "no longer bound to a list of values" : "one value less is allowed"};
  }
  const bool whole = after.is(difference.new_node, NodeKind::kArray);
  return {!whole, whole ? "now bound to a list of values"
                        : "one more value is allowed: " +
                              shorten(value_text(after, difference.new_node), 60)};
}

SchemaVerdict judge_open(const Document& before, const Document& after,
                         const ValueDifference& difference) {
  const auto closed = [](const Document& document, NodeId node) {
    return document.is(node, NodeKind::kBool) && !document.is_true(node);
  };
  const bool was_closed = closed(before, difference.old_node);
  const bool is_closed = closed(after, difference.new_node);
  if (was_closed && !is_closed) {
    return {true, "takes members now that are not listed"};
  }
  return {false,
          is_closed ? "takes only listed members now" : "other members are described differently"};
}

}  // namespace

std::optional<SchemaVerdict> judge_schema_change(const Document& before, const Document& after,
                                                 const ValueDifference& difference,
                                                 const SchemaPath& where) {
  if (where.role == PathRole::kParameter) {
    return judge_parameter(after, difference, where.keyword);
  }
  const std::string_view keyword = where.keyword;
  if (keyword == "required") {
    return judge_required(before, after, difference);
  }
  if (keyword == "type") {
    return judge_type(before, after, difference);
  }
  if (keyword == "enum") {
    return judge_enum(before, after, difference);
  }
  if (keyword == "pattern") {
    return judge_restriction(difference, "pattern");
  }
  if (keyword == "const") {
    return judge_restriction(difference, "constant");
  }
  if (keyword == "not") {
    return judge_restriction(difference, "exclusion");
  }
  if (keyword == "allOf") {
    return judge_restriction(difference, "condition");
  }
  for (const std::string_view bound :
       {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}) {
    if (keyword == bound) {
      return judge_bound(before, after, difference, true);
    }
  }
  for (const std::string_view bound : {"minimum", "exclusiveMinimum"}) {
    if (keyword == bound) {
      return judge_bound(before, after, difference, false);
    }
  }
  if (keyword == "additionalProperties" || keyword == "unevaluatedProperties") {
    return judge_open(before, after, difference);
  }
  if (keyword == "anyOf" || keyword == "oneOf") {
    const bool more = difference.old_node == kNoNode && difference.path.back() != keyword;
    return SchemaVerdict{more,
                         more ? "one more shape is allowed" : "the allowed shapes are others"};
  }
  return std::nullopt;
}

}  // namespace merlon
