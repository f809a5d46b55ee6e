#include <ostream>

#include "base/files.h"
#include "base/text.h"
#include "exit_code.h"
#include "policy/policy_scaffold.h"
#include "policy_actions.h"

namespace merlon::cli {

int policy_init(Env& env, std::span<const std::string> args) {
  std::vector<std::string> from;
  std::string name = "first";
  std::string output;
  Options options("policy init", "start a policy from what servers offer");
  options.describe(
      "Lists every tool of the manifests (`merlon capture` makes one) with what it seems to do and "
      "why. What reads is allowed, all else asks, and what is not listed is denied. The result is "
      "a start: read it before it is used.");
  options.value("--from", from, "FILE", "a manifest; may be given more than once");
  options.value("--name", name, "NAME", "the policy's name (first)");
  options.value("--output,-o", output, "FILE", "write a new file (standard output)");
  options.example("merlon policy init --from snapshot.json -o team.toml",
                  "a policy for what was captured");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (from.empty()) {
    Error error = make_error(ErrorCode::kUsage, "`--from FILE` is missing");
    error.hints.emplace_back("`merlon capture` asks a server for what it offers");
    env.err << render(error);
    return kUsageError;
  }
  int code = kYes;
  const std::vector<Manifest> manifests = manifests_of(env, from, code);
  if (code != kYes) {
    return code;
  }
  std::vector<const Manifest*> pointers;
  pointers.reserve(manifests.size());
  for (const Manifest& manifest : manifests) {
    pointers.push_back(&manifest);
  }
  const std::string text = policy_scaffold(pointers, name);
  if (output.empty()) {
    env.out << text;
    return kYes;
  }
  const Status written = write_new_file(output, text);
  if (!written) {
    env.err << render(written.error());
    return written.error().code == ErrorCode::kUsage ? kUsageError : kEnvironment;
  }
  env.err << "merlon: wrote `" << escape_for_display(output) << "`\n";
  return kYes;
}

}  // namespace merlon::cli
