#include <filesystem>
#include <ostream>

#include "base/files.h"
#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "rules_actions.h"

namespace merlon::cli {
namespace {

constexpr std::size_t kMaxWord = 64;

/// Lower-case words with hyphens, as the loader asks of ids. Becomes a part of a path, so nothing
/// else may pass.
bool is_kebab(std::string_view word) {
  if (word.empty() || word.size() > kMaxWord || word.front() < 'a' || word.front() > 'z') {
    return false;
  }
  char before = '-';
  for (const char c : word) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!plain && (c != '-' || before == '-')) {
      return false;
    }
    before = c;
  }
  return before != '-';
}

std::string scaffold(const std::string& id) {
  return "format = 1\nid = \"" + id + R"("
title = "Says what is wrong, in one line"
message = "says `{evidence}`"
severity = "medium"
tier = "hard"
surfaces = ["description"]
taxonomies = ["OWASP-MCP03:2025"]
description = """
Why this is dangerous, and how honest authors come to write something like it.
"""
remedy = "What the author should write instead."

[match]
any = [
  { phrase = "replace this phrase" },
]

[[bad]]
surface = "tool-description"
text = "Adds numbers. Replace this phrase by what the rule must find."

[[good]]
surface = "tool-description"
text = "Adds numbers. Text that looks like it, and is harmless."
)";
}

}  // namespace

int rules_new(Env& env, std::span<const std::string> args) {
  std::string id;
  std::string category;
  std::string folder = "rules";
  Options options("rules new", "start a rule file with one bad and one good example");
  options.describe("Writes DIR/CATEGORY/ID.toml, and never over a file that exists.");
  options.positional("ID", id, "lower-case words with hyphens, about the fault", true);
  options.value("--category,-c", category, "NAME", "the rule's category; required");
  options.value("--directory,-d", folder, "DIR", "the folder of all rules (rules)");
  options.example("merlon rules new asks-for-wallet --category sensitive",
                  "write rules/sensitive/asks-for-wallet.toml");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (category.empty()) {
    return fail_rules(env, make_error(ErrorCode::kUsage, "`--category` is required"), kUsageError);
  }
  for (const std::string& word : {id, category}) {
    if (!is_kebab(word)) {
      Error error = make_error(ErrorCode::kUsage, "`", word, "` is no name of a rule or category");
      error.hints.emplace_back("use lower-case words with hyphens, at most 64 bytes");
      return fail_rules(env, error, kUsageError);
    }
  }
  const std::string parent = folder + "/" + category;
  const std::string path = parent + "/" + id + ".toml";
  std::error_code problem;
  std::filesystem::create_directories(parent, problem);
  if (problem) {
    return fail_rules(env,
                      make_error(ErrorCode::kIo, "cannot make `", parent, "`: ", problem.message()),
                      kEnvironment);
  }
  if (const Status status = write_new_file(path, scaffold(id)); !status) {
    const bool there = status.error().code == ErrorCode::kUsage;
    return fail_rules(env, status.error(), there ? kUsageError : kEnvironment);
  }
  env.out << escape_for_display(path) << '\n';
  return kYes;
}

}  // namespace merlon::cli
