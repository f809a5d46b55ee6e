#pragma once
/// From policy files to a Policy. docs/spec/policy.md is the format's specification.
///
///   Checked<Policy> policy = load_policy(files, "policies/team.toml", options);
///
/// All problems at once (`syntax`, `bad-policy`), each with its place: unknown keys, wrong types,
/// ids that are there twice. Whether guards exist and are well configured is found by
/// compile_policy().
#include <memory>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/policy.h"

namespace merlon {

/// One file without what it extends.
[[nodiscard]] Checked<Policy> parse_policy(std::shared_ptr<const SourceText> source,
                                           const Limits& limits);

}  // namespace merlon
