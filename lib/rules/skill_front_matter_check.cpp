#include <algorithm>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestSkill = 64;
constexpr std::size_t kLongestDescription = 1024;

// 1 to 64 of a-z, 0-9 and hyphens, none doubled or at an end.
bool is_skill_name(std::string_view name) {
  const bool letters = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return letters && !name.empty() && name.size() <= kLongestSkill && !name.starts_with('-') &&
         !name.ends_with('-') && name.find("--") == std::string_view::npos;
}

// `pdf-fill/SKILL.md` gives `pdf-fill`; empty when the file is called otherwise or has no folder.
std::string_view folder_of(std::string_view file) {
  if (const std::size_t inner = file.rfind('!'); inner != std::string_view::npos) {
    file.remove_prefix(inner + 1);
  }
  constexpr std::string_view kFile = "/SKILL.md";
  if (!file.ends_with(kFile)) {
    return {};
  }
  file.remove_suffix(kFile.size());
  const std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? file : file.substr(slash + 1);
}

void inspect_front_matter(const Manifest& manifest, const Item& item, std::size_t index,
                          CheckSink& sink) {
  const Document& document = manifest.document;
  const auto report = [&](std::string_view rule, NodeId node, std::string message) {
    sink.report({.rule_id = std::string(rule),
                 .manifest = index,
                 .node = node,
                 .message = std::move(message)});
  };
  const std::string name = text_or_empty(document, item.name);
  if (item.name != kNoNode && !is_skill_name(name)) {
    report(
        "skill-name", item.name,
        in_ticks(name) + " is no name of a skill: lower-case letters, digits and single hyphens");
  } else if (const std::string_view folder = folder_of(manifest.file());
             item.name != kNoNode && !folder.empty() && folder != "." && folder != name) {
    report("skill-name", item.name,
           "the skill " + in_ticks(name) + " stands in the folder " + in_ticks(folder));
  }
  if (const std::string description = text_or_empty(document, item.description);
      count_code_points(description) > kLongestDescription) {
    report("skill-description-long", item.description,
           "the description has more than 1,024 characters");
  }
}

}  // namespace

void check_skill_front_matter(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Item& item : manifest.items) {
      if (item.kind == ItemKind::kSkill && manifest.format == "skill" &&
          manifest.file().ends_with("SKILL.md")) {
        inspect_front_matter(manifest, item, index, sink);
      }
    }
  }
}

}  // namespace merlon
