#include <ostream>

#include "base/files.h"
#include "base/text.h"
#include "exit_code.h"
#include "policy/policy_scaffold.h"
#include "policy_actions.h"
#include "replay/seen_use.h"

namespace merlon::cli {

namespace {

std::vector<const Manifest*> pointers_to(const std::vector<Manifest>& manifests) {
  std::vector<const Manifest*> out;
  out.reserve(manifests.size());
  for (const Manifest& manifest : manifests) {
    out.push_back(&manifest);
  }
  return out;
}

/// Whether the first file is a recording: then all of them must be.
bool is_from_recordings(const Env& env, const std::vector<std::string>& from) {
  constexpr std::size_t kLook = 64;
  const auto head = env.files.head(from.front(), kLook);
  return head && head->starts_with(R"({"type":"recording")");
}

std::string scaffold_of_recordings(Env& env, const std::vector<std::string>& from,
                                   const std::string& name, int& code) {
  constexpr std::uint64_t kMostBytes = 0xFFFFFFF0ULL;
  SeenUseCollector seen{Limits()};
  for (const std::string& file : from) {
    const auto source = env.files.read(file, kMostBytes);
    auto session = source ? open_recording(*source)
                          : Result<std::unique_ptr<SessionSource>>(std::unexpected(source.error()));
    if (!session) {
      env.err << render(session.error());
      code = kIncomplete;
      continue;
    }
    for (const Error& error : seen.read(**session)) {
      env.err << render(error);
      code = kIncomplete;
    }
  }
  return policy_scaffold(pointers_to(seen.manifests()), name, seen.use());
}

std::string scaffold_of(Env& env, const std::vector<std::string>& from, const std::string& name,
                        int& code) {
  if (is_from_recordings(env, from)) {
    return scaffold_of_recordings(env, from, name, code);
  }
  const std::vector<Manifest> manifests = manifests_of(env, from, code);
  return policy_scaffold(pointers_to(manifests), name);
}

}  // namespace

int policy_init(Env& env, std::span<const std::string> args) {
  std::vector<std::string> from;
  std::string name = "first";
  std::string output;
  Options options("policy init", "start a policy from what servers offer");
  options.describe(
      "Lists every tool of the manifests (`merlon capture` makes one) with what it seems to do and "
      "why. What reads is allowed, all else asks, and what is not listed is denied. Of recordings "
      "(`merlon proxy --record`), only what was called is listed, at most twice as often as it "
      "was. The result is a start: read it before it is used.");
  options.value("--from", from, "FILE",
                "manifests, or recordings (then only what was called, with limits from how often); "
                "may be given more than once");
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
  const std::string text = scaffold_of(env, from, name, code);
  if (code != kYes) {
    return code;
  }
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
