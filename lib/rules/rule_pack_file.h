#pragma once
/// The payload of a signed rule pack: rules as the text of their files. Never compiled forms: a
/// compiled pattern is trusted by PCRE2, and only this program's own build makes those.
/// docs/spec/rule-pack.md.
///
///   MERLON_TRY(const RulePackFile pack, read_rule_pack(file.payload));
///   auto rules = load_pack_rules(pack, limits);
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/rule.h"
#include "rules/signed_file.h"

namespace merlon {

/// What becomes of the rules that are built in.
enum class BuiltInRules {
  kKeep,     ///< the pack adds rules, and replaces those of the same id
  kReplace,  ///< only the pack's rules count: a whole set, newer or older
};

struct PackFile {
  std::string path;  ///< `category/id.toml`
  std::string text;
  [[nodiscard]] bool operator==(const PackFile&) const = default;
};

struct RulePackFile {
  SignedHead head;
  BuiltInRules built_in{BuiltInRules::kKeep};
  std::vector<PackFile> files;  ///< sorted by path
  [[nodiscard]] bool operator==(const RulePackFile&) const = default;
};

/// `kFormat` with the place: unknown members, paths that are no `category/id.toml`, a path that
/// stands twice.
[[nodiscard]] Result<RulePackFile> read_rule_pack(const SignedPayload& payload);
/// Pretty JSON, the bytes that are signed. Equal packs give equal bytes.
[[nodiscard]] std::string rule_pack_text(const RulePackFile& pack);
/// All problems of all rules.
[[nodiscard]] Checked<std::vector<Rule>> load_pack_rules(const RulePackFile& pack,
                                                         const Limits& limits);
/// The rule files of a folder, as `load_rules` finds them, in the order of their paths.
[[nodiscard]] Result<std::vector<PackFile>> collect_pack_files(const FileSource& files,
                                                               std::string_view folder,
                                                               const Limits& limits);

}  // namespace merlon
