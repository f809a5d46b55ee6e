#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/surface_reader.h"

namespace merlon {

// The card of an agent that speaks A2A, of its first revision (`supportedInterfaces`) and of older
// ones (`url`).
int recognise_a2a_agent_card(const Document& document) {
  const NodeId root = document.root();
  if (!document.find(root, "name") || !document.find(root, "skills", NodeKind::kArray)) {
    return 0;
  }
  if (document.find(root, "supportedInterfaces") || document.find(root, "defaultInputModes")) {
    return 86;
  }
  return document.find(root, "url") && document.find(root, "capabilities") ? 80 : 0;
}

namespace {

void read_card_skill(Manifest& manifest, NodeId node) {
  Document& document = manifest.document;
  Item item;
  item.kind = ItemKind::kSkill;
  item.server = 0;
  item.node = node;
  item.name = document.find(node, "name").value_or(kNoNode);
  item.description = document.find(node, "description").value_or(kNoNode);
  label_strings(document, document.find(node, "id"), Surface::kSkillName);
  label_strings(document, document.find(node, "name"), Surface::kSkillName);
  for (const std::string_view key : {"description", "examples", "tags"}) {
    label_strings(document, document.find(node, key), Surface::kSkillDescription);
  }
  manifest.items.push_back(item);
}

void label_card(Document& document, NodeId root) {
  label_strings(document, document.find(root, "name"), Surface::kServerName);
  label_strings(document, document.find(root, "description"), Surface::kServerDescription);
  label_strings(document, document.find(root, "version"), Surface::kVersion);
  for (const std::string_view key : {"url", "documentationUrl"}) {
    label_strings(document, document.find(root, key), Surface::kUrl);
  }
  for (const std::string_view key : {"supportedInterfaces", "additionalInterfaces"}) {
    const auto list = document.find(root, key);
    for (const NodeId entry : list ? document.elements(*list) : std::vector<NodeId>{}) {
      label_strings(document, document.find(entry, "url"), Surface::kUrl);
    }
  }
  label_strings(document, document.find(document.find(root, "provider"), "url"), Surface::kUrl);
  label_strings(document, document.find(root, "iconUrl"), Surface::kIcon);
  label_all(document, document.find(root, "securitySchemes"), Surface::kSetting);
}

}  // namespace

Status read_a2a_agent_card(Manifest& manifest) {
  Document& document = manifest.document;
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject)) {
    return format_error(document, root, "expected an object");
  }
  label_card(document, root);
  Server server;
  server.node = root;
  server.transport = Transport::kHttp;
  if (const auto name = document.find(root, "name", NodeKind::kString)) {
    server.name_node = *name;
    server.name = document.text(*name);
  }
  const auto interfaces = document.find(root, "supportedInterfaces", NodeKind::kArray);
  const auto first = interfaces ? document.elements(*interfaces) : std::vector<NodeId>{};
  const auto url = first.empty() ? document.find(root, "url") : document.find(first.front(), "url");
  server.url = url.value_or(kNoNode);
  manifest.servers.push_back(std::move(server));
  const auto skills = document.find(root, "skills");
  if (skills && !document.is(*skills, NodeKind::kArray)) {
    add_note(manifest, *skills,
             "`skills` is " + std::string(describe(document.kind(*skills))) + ", not an array");
  }
  for (const NodeId skill : skills ? document.elements(*skills) : std::vector<NodeId>{}) {
    if (document.is(skill, NodeKind::kObject)) {
      read_card_skill(manifest, skill);
    } else {
      add_note(manifest, skill,
               "a skill is " + std::string(describe(document.kind(skill))) + ", not an object");
    }
  }
  return {};
}

}  // namespace merlon
