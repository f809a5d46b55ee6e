#pragma once
/// rules/<category>/<id>.toml into Rule. Format: docs/spec/rules.md.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/rule.h"
#include "model/scan_report.h"

namespace merlon {

/// One rule file. All problems with places: unknown keys, bad severities, surfaces, taxonomies,
/// patterns that PCRE2 refuses, unknown detectors and checks, missing examples. `category` is the
/// name of the folder.
[[nodiscard]] Checked<Rule> parse_rule(const std::shared_ptr<const SourceText>& source,
                                       std::string_view category, const Limits& limits);

/// Every `*.toml` below `folder` but its `pack.toml`, sorted by id; the category is the first
/// folder below, `custom` for files of `folder` itself; all problems of all files, duplicate ids
/// among them.
[[nodiscard]] Checked<std::vector<Rule>> load_rules(const FileSource& files,
                                                    std::string_view folder, const Limits& limits);

/// `pack.toml` of a pack's folder: name and version.
[[nodiscard]] Checked<RulePackInfo> load_pack_info(const FileSource& files, std::string_view folder,
                                                   const Limits& limits);

}  // namespace merlon
