#pragma once
/// The actions of `merlon rules`: one file cmd_rules_<name>.cpp and one row in cmd_rules.cpp each,
/// and what they share.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "env.h"
#include "model/rule.h"

namespace merlon::cli {

[[nodiscard]] int rules_list(Env& env, std::span<const std::string> args);
[[nodiscard]] int rules_explain(Env& env, std::span<const std::string> args);
[[nodiscard]] int rules_test(Env& env, std::span<const std::string> args);
[[nodiscard]] int rules_new(Env& env, std::span<const std::string> args);

/// Writes the problems to standard error and answers with `code`.
[[nodiscard]] int fail_rules(Env& env, const Error& error, int code);
[[nodiscard]] int fail_rules(Env& env, const std::vector<Error>& errors, int code);

/// Every rule that a finding can name: the pack's, and those of the scanner itself. Sorted by id.
[[nodiscard]] Result<std::vector<Rule>> known_rules();

/// A word of the command line that names nothing, with the nearest that does as a hint, else
/// `otherwise`.
[[nodiscard]] Error unknown_word(std::string_view what, std::string_view word,
                                 const std::vector<std::string_view>& known,
                                 std::string_view otherwise);

}  // namespace merlon::cli
