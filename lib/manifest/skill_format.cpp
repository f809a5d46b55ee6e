#include <string_view>

#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"

namespace merlon {

// SKILL.md, and agents and commands of Claude Code: a front matter that says when, a body that says
// what.
int recognise_skill(const Document& document) {
  const NodeId root = document.root();
  if (!document.find(root, "description", NodeKind::kString)) {
    return 0;
  }
  // A member that stands nowhere is the one that the reader of Markdown adds.
  const auto members = document.members(root);
  const Node& last = document.node(members.back().first);
  if (last.begin != last.end) {
    return 0;
  }
  for (const std::string_view key :
       {"name", "allowed-tools", "argument-hint", "disable-model-invocation"}) {
    if (document.find(root, key)) {
      return 95;
    }
  }
  return 0;
}

Status read_skill(Manifest& manifest) {
  Document& document = manifest.document;
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject)) {
    return format_error(document, root, "expected a front matter");
  }
  label_all(document, root, Surface::kSetting);
  Item item;
  item.kind = ItemKind::kSkill;
  item.node = root;
  item.name = document.find(root, "name", NodeKind::kString).value_or(kNoNode);
  item.description = document.find(root, "description", NodeKind::kString).value_or(kNoNode);
  label_strings(document, document.find(root, "name"), Surface::kSkillName);
  for (const std::string_view key :
       {"description", "when_to_use", "argument-hint", "compatibility"}) {
    label_strings(document, document.find(root, key), Surface::kSkillDescription);
  }
  for (const std::string_view key :
       {"allowed-tools", "tools", "disallowedTools", "disallowed-tools", "permissionMode"}) {
    label_strings(document, document.find(root, key), Surface::kPermission);
  }
  label_all(document, document.find(root, "metadata"), Surface::kMeta);
  label_hooks(document, document.find(root, "hooks"));
  // Agents bring servers along; a list names servers that are configured elsewhere.
  if (const auto servers = document.find(root, "mcpServers", NodeKind::kObject)) {
    read_server_map(manifest, servers);
  }
  // The text after the front matter is the last member, whatever the front matter calls its own.
  const auto members = document.members(root);
  if (!members.empty() && document.is(members.back().second, NodeKind::kString)) {
    label(document, members.back().second, Surface::kSkillBody);
    label(document, members.back().first, Surface::kOther);
  }
  manifest.items.push_back(item);
  return {};
}

}  // namespace merlon
