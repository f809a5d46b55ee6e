#include <ostream>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "exit_code.h"
#include "policy/policy_lint.h"
#include "policy_actions.h"

namespace merlon::cli {
namespace {

std::vector<KnownTool> known_tools(const std::vector<Manifest>& manifests) {
  std::vector<KnownTool> out;
  for (const Manifest& manifest : manifests) {
    for (const Item& item : manifest.items) {
      if (item.kind != ItemKind::kTool || item.name == kNoNode) {
        continue;
      }
      const Server* const server = manifest.server_at(item.node);
      out.push_back({.server = server == nullptr ? "" : server->name,
                     .tool = manifest.document.text(item.name)});
    }
  }
  return out;
}

void write_warnings_as_text(Env& env, const std::vector<PolicyWarning>& warnings) {
  for (const PolicyWarning& warning : warnings) {
    env.out << escape_for_display(warning.where.file) << ':' << warning.where.line << ':'
            << warning.where.column << ": warning[" << warning.id
            << "]: " << escape_for_display(warning.message) << '\n';
    if (!warning.hint.empty()) {
      env.out << "  hint: " << escape_for_display(warning.hint) << '\n';
    }
  }
}

void write_check_as_json(Env& env, const Policy& policy,
                         const std::vector<PolicyWarning>& warnings) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  json.field("name", policy.name).field("version", policy.version);
  json.field("tenant", policy.tenant).field("digest", policy.digest);
  json.key("files").begin_array();
  for (const std::string& file : policy.files) {
    json.string(file);
  }
  json.end_array();
  json.field("system", policy.minimum != nullptr);
  json.key("warnings").begin_array();
  for (const PolicyWarning& warning : warnings) {
    json.begin_object().field("id", warning.id).field("message", warning.message);
    json.field("hint", warning.hint).field("file", warning.where.file);
    json.field("line", warning.where.line).field("column", warning.where.column).end_object();
  }
  json.end_array().end_object();
  env.out << std::move(json).take() << '\n';
}

}  // namespace

int policy_check(Env& env, std::span<const std::string> args) {
  PolicyChoice choice;
  std::vector<std::string> manifest_files;
  std::string format = "text";
  bool strict = false;
  Options options("policy check", "say what is wrong with a policy, and what has no effect");
  options.describe(
      "All problems of the policy and of the files that it extends are reported at once, on "
      "standard error. What is well-formed but has no effect is a warning. Exit code 1 when the "
      "policy is wrong (with --strict also for warnings), 3 when a file cannot be read.");
  choice.declare(options, true);
  options.value("--manifest,-m", manifest_files, "FILE",
                "warn about entries that name no tool of it");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  options.flag("--strict", strict, "warnings are failures");
  options.example("merlon policy check policies/default.toml", "before it is used");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  int code = kYes;
  const auto compiled = compiled_choice(env, choice, code);
  if (!compiled) {
    return code;
  }
  const std::vector<KnownTool> tools = known_tools(manifests_of(env, manifest_files, code));
  const Policy& policy = (*compiled)->policy();
  const std::vector<PolicyWarning> warnings = lint_policy(policy, tools);
  if (format == "json") {
    write_check_as_json(env, policy, warnings);
  } else {
    write_warnings_as_text(env, warnings);
    env.out << escape_for_display(policy.name) << ' ' << policy.version << ": "
            << counted(policy.guards.size(), "guard") << ", "
            << counted(policy.tools.size(), "tool") << " listed, "
            << counted(warnings.size(), "warning") << '\n';
  }
  return strict && !warnings.empty() ? kNo : code;
}

}  // namespace merlon::cli
