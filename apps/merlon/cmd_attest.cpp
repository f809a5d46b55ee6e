#include <array>
#include <ostream>
#include <utility>

#include "attest_actions.h"
#include "base/json/json_writer.h"
#include "base/signature/private_key_file.h"
#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "proof/key.h"
#include "proof/public_key_pem.h"

namespace merlon::cli {

int cmd_attest(Env& env, std::span<const std::string> args);

namespace {

int fail_attest(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

void write_key(Env& env, const VerifierKey& key, std::string_view format) {
  if (format == "json") {
    JsonWriter json(JsonStyle::kPretty);
    json.begin_object();
    json.field("name", key.name).field("algorithm", to_string(key.algorithm));
    json.field("key", to_string(key)).field("did", did_key(key));
    json.end_object();
    env.out << std::move(json).take() << '\n';
    return;
  }
  env.out << to_string(key) << '\n' << did_key(key) << '\n';
}

int attest_keygen(Env& env, std::span<const std::string> args) {
  std::string name;
  std::string file;
  std::string format = "text";
  Options options("attest keygen", "make a key that signs");
  options.describe(
      "Writes a new Ed25519 private key (PEM, PKCS#8, mode 0600, never over a file that exists) "
      "and prints the verifier key that others need, and the same as did:key. The verifier key is "
      "what `--rules-key` takes.");
  options.value("--name,-n", name, "NAME",
                "the name it signs under, such as example.com/rules; required");
  options.value("--out,-o", file, "FILE", "where to write the private key; required");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  options.example("merlon attest keygen --name example.com/rules --out rules.pem > rules.pub",
                  "a key for rule packs");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (name.empty() || file.empty()) {
    return fail_attest(env, make_error(ErrorCode::kUsage, "`--name` and `--out` are required"),
                       kUsageError);
  }
  auto secret = generate_ed25519();
  if (!secret) {
    return fail_attest(env, secret.error(), kEnvironment);
  }
  const auto key = make_signing_key(name, *std::move(secret));
  if (!key) {
    return fail_attest(env, key.error(),
                       key.error().code == ErrorCode::kUsage ? kUsageError : kEnvironment);
  }
  if (const Status status = create_private_key(file, name, key->key); !status) {
    return fail_attest(env, status.error(), kEnvironment);
  }
  write_key(env, key->verifier, format);
  return kYes;
}

/// Of a private key, whose file must be its user's alone, or of a public one.
Result<VerifierKey> shown_key(const Env& env, const std::string& file, const std::string& name) {
  constexpr std::uint64_t kMostPublicKey = 8192;
  const auto source = env.files.read(file, kMostPublicKey);
  if (source && holds_public_key_pem((*source)->bytes())) {
    return parse_public_key_pem((*source)->bytes(), file);
  }
  MERLON_TRY(const SigningKey key, load_signing_key(file, name));
  return key.verifier;
}

int attest_key(Env& env, std::span<const std::string> args) {
  std::string file;
  std::string name;
  std::string format = "text";
  Options options("attest key", "print the verifier key of a private or public key");
  options.positional("FILE", file, "private key in PEM, or a public one", true);
  options.value("--key-name", name, "NAME", "name of the key (the one in its file)");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto key = shown_key(env, file, name);
  if (!key) {
    return fail_attest(env, key.error(),
                       key.error().code == ErrorCode::kUsage ? kUsageError : kIncomplete);
  }
  write_key(env, *key, format);
  return kYes;
}

constexpr std::array kAttestCommands{
    Command{"keygen", "make a key that signs", attest_keygen},
    Command{"key", "print the verifier key of a private or public key", attest_key},
    Command{"sign-file", "sign a lock, pins, a policy or a key list", attest_sign_file},
    Command{"verify-file", "say whether a signed lock, pins, policy or key list may be used",
            attest_verify_file},
    Command{"sign", "sign what a server offers, or that a scan found nothing", attest_sign},
    Command{"verify", "say whether a snapshot is what a trusted key vouched for", attest_verify},
    Command{"challenge", "ask someone for evidence about itself", attest_challenge},
    Command{"respond", "answer a challenge with evidence", attest_respond},
    Command{"check", "say whether evidence answers a challenge", attest_check},
    Command{"verify-bundle", "verify a file by its Sigstore bundle, offline", attest_verify_bundle},
    Command{"verify-git", "say who signed a commit or tag, by an SSH key", attest_verify_git},
    Command{"verify-npm", "verify an npm package by its two attestations, offline",
            attest_verify_npm},
    Command{"verify-mcpb", "verify the signature of a `.mcpb` bundle, offline", attest_verify_mcpb},
};

std::string attest_help() {
  std::string text =
      "usage: merlon attest COMMAND [options] [arguments]\n\n"
      "Make keys and show them; sign and verify.\n\nCommands:\n";
  for (const Command& command : kAttestCommands) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int cmd_attest(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << attest_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << attest_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kAttestCommands) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  Error error = make_error(ErrorCode::kUsage, "unknown command `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? "`merlon attest --help` lists the commands"
                                     : "did you mean `" + std::string(near) + "`?");
  return fail_attest(env, error, kUsageError);
}

}  // namespace merlon::cli
