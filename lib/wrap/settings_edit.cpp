#include "wrap/settings_edit.h"

#include <optional>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "wrap/config_syntax.h"
#include "wrap/text_edit.h"

namespace merlon {
namespace {

std::string new_lists(const std::vector<ListAddition>& additions, const std::string& indent) {
  std::string out;
  for (const ListAddition& one : additions) {
    out += out.empty() ? "" : ",\n";
    out += indent + quoted_in(ConfigSyntax::kJson, one.key) + ": [\n" + indent + "  " + one.entry +
           "\n" + indent + "]";
  }
  return out;
}

/// Puts a member behind the last one of an object, or into an empty one.
TextEdit add_member(const Document& document, NodeId object, const std::string& member) {
  const auto members = document.members(object);
  if (members.empty()) {
    const std::uint64_t at = document.node(object).begin + 1;
    return {.begin = at, .end = at, .text = "\n" + member + "\n"};
  }
  const std::uint64_t at = document.node(members.back().second).end;
  return {.begin = at, .end = at, .text = ",\n" + member};
}

std::unexpected<Error> wrong_kind(const std::string& name, std::string_view key) {
  return fail(ErrorCode::kFormat, "`", key, "` of `", name, "` is not what hooks are written in");
}

bool is_written_twice(const Document& document, NodeId object) {
  for (const auto& [key, value] : document.members(object)) {
    if ((document.node(key).flags & kNodeDuplicate) != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<std::string> add_hook_entries(const std::string& name, std::string_view text,
                                     const std::vector<ListAddition>& additions,
                                     std::string_view mark, std::string_view version) {
  if (trim(text).empty()) {
    const std::string head =
        version.empty() ? "" : "  \"version\": " + std::string(version) + ",\n";
    return "{\n" + head + "  \"hooks\": {\n" + new_lists(additions, "    ") + "\n  }\n}\n";
  }
  MERLON_TRY(const Document document, parse_json(SourceText::copy_of(name, std::string(text)),
                                                 JsonDialect::kRelaxed, Limits{}));
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject) || is_written_twice(document, root)) {
    return wrong_kind(name, "the root");
  }
  const auto hooks = document.find(root, "hooks");
  if (!hooks) {
    return apply_edits(
        text,
        {add_member(document, root, "  \"hooks\": {\n" + new_lists(additions, "    ") + "\n  }")});
  }
  if (!document.is(*hooks, NodeKind::kObject) || is_written_twice(document, *hooks)) {
    return wrong_kind(name, "hooks");
  }
  std::vector<TextEdit> edits;
  std::vector<ListAddition> missing;
  for (const ListAddition& one : additions) {
    const auto list = document.find(*hooks, one.key);
    if (!list) {
      missing.push_back(one);
      continue;
    }
    if (!document.is(*list, NodeKind::kArray)) {
      return wrong_kind(name, one.key);
    }
    if (document.raw(*list).find(mark) != std::string_view::npos) {
      continue;
    }
    const auto elements = document.elements(*list);
    const std::uint64_t at =
        elements.empty() ? document.node(*list).begin + 1 : document.node(elements.back()).end;
    edits.push_back({.begin = at, .end = at, .text = (elements.empty() ? "" : ", ") + one.entry});
  }
  if (!missing.empty()) {
    edits.push_back(add_member(document, *hooks, new_lists(missing, "    ")));
  }
  return apply_edits(text, std::move(edits));
}

}  // namespace merlon
