#include <ostream>

#include "base/text.h"
#include "exit_code.h"
#include "policy/policy_store.h"
#include "policy_actions.h"

namespace merlon::cli {
namespace {

int no_folder(Env& env) {
  env.err << render(
      make_error(ErrorCode::kUnsupported,
                 "neither XDG_STATE_HOME nor HOME says where installed policies are kept"));
  return kEnvironment;
}

int answer_of_store(Env& env, const Result<std::string>& path) {
  if (path) {
    env.out << "in force: " << escape_for_display(*path) << '\n';
    return kYes;
  }
  env.err << render(path.error());
  const ErrorCode problem = path.error().code;
  return problem == ErrorCode::kUsage ? kNo
         : problem == ErrorCode::kIo  ? kEnvironment
                                      : kIncomplete;
}

}  // namespace

int policy_install(Env& env, std::span<const std::string> args) {
  PolicyChoice choice;
  Options options("policy install", "keep a version of a policy and put it in force");
  options.describe(
      "The policy must be right and stand in one file; its `version` must be above all versions "
      "of that name that were installed before. Exit code 1 when it is not, or the policy is "
      "wrong.");
  options.positional("FILE", choice.file, "the policy", true);
  options.example("merlon policy install team.toml", "the next sessions are judged by it");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const std::string folder = policies_folder(env);
  if (folder.empty()) {
    return no_folder(env);
  }
  choice.no_system = true;
  int code = kYes;
  const auto compiled = compiled_choice(env, choice, code);
  if (!compiled) {
    return code;
  }
  const Policy& policy = (*compiled)->policy();
  if (policy.files.size() > 1) {
    Error error = make_error(ErrorCode::kBadPolicy, "`", choice.file, "` extends another file");
    error.hints.emplace_back("an installed policy is one file: put what it extends into it");
    return fail_policy(env, {error});
  }
  const Limits limits;
  const auto source = env.files.read(choice.file, limits.toml_bytes);
  if (!source) {
    return fail_policy(env, {source.error()});
  }
  return answer_of_store(
      env, PolicyStore(env.files, folder).install(policy.name, policy.version, (*source)->bytes()));
}

int policy_rollback(Env& env, std::span<const std::string> args) {
  std::string name;
  Options options("policy rollback", "put the version before the current one in force");
  options.positional("NAME", name, "the policy's name", true);
  options.example("merlon policy rollback team", "back to the version that worked");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const std::string folder = policies_folder(env);
  if (folder.empty()) {
    return no_folder(env);
  }
  return answer_of_store(env, PolicyStore(env.files, folder).rollback(name));
}

}  // namespace merlon::cli
