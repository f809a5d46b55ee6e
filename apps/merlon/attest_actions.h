#pragma once
/// The actions of `merlon attest`: one file attest_<name>.cpp and one row in cmd_attest.cpp each.
#include <span>
#include <string>

#include "env.h"

namespace merlon::cli {

[[nodiscard]] int attest_sign_file(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_verify_file(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_verify_bundle(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_verify_npm(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_verify_mcpb(Env& env, std::span<const std::string> args);

[[nodiscard]] int attest_sign(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_verify(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_challenge(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_respond(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_verify_git(Env& env, std::span<const std::string> args);
[[nodiscard]] int attest_check(Env& env, std::span<const std::string> args);

}  // namespace merlon::cli
