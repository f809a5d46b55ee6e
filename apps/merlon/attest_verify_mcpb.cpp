#include <chrono>
#include <ostream>
#include <utility>

#include "attest/mcpb_signature.h"
#include "attest_actions.h"
#include "attest_inputs.h"
#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "verification_output.h"

namespace merlon::cli {
namespace {

struct McpbWords {
  std::vector<std::string> trusted;
  std::string file;
  std::string format{"text"};
};

Options& declare_mcpb_words(Options& options, McpbWords& words) {
  options.describe(
      "Verifies the signature at the end of a `.mcpb` bundle. Never against a certificate that "
      "came "
      "along: --trusted-root names an authority, or the signer's own certificate. Exit code 0: "
      "signed by one of them; 1: not, or not signed at all; 3: it could not be found out, as "
      "without a certificate that is trusted.");
  options.positional("FILE", words.file, "the bundle", true);
  options.value("--trusted-root", words.trusted, "PEM",
                "certificates that are trusted; may be given more than once");
  options.choice("--format,-f", words.format, {"text", "json"}, "how the verdict is written");
  options.example("merlon attest verify-mcpb --trusted-root acme.pem server.mcpb",
                  "before a bundle is installed");
  return options;
}

std::string claimed_text(const std::vector<CmsSigner>& claimed) {
  std::string text;
  for (const CmsSigner& signer : claimed) {
    text += (text.empty() ? "" : ", ") + signer.subject + " (SHA-256 " + signer.fingerprint + ")";
  }
  return text.empty() ? "nobody by name" : text;
}

std::unexpected<Error> nobody_trusted(const McpbPartsView& parts) {
  const auto claimed = claimed_signers(parts.signature);
  Error error =
      make_error(ErrorCode::kUsage, "no certificate is trusted: `--trusted-root PEM` names one");
  error.hints.push_back(claimed ? "the signature claims to be by " +
                                      escape_for_display(claimed_text(*claimed))
                                : claimed.error().message);
  return std::unexpected(std::move(error));
}

Result<McpbVerdict> verify_mcpb_words(const Env& env, const McpbWords& words) {
  MERLON_TRY(const auto source, env.files.read(words.file, Limits{}.file_bytes));
  MERLON_TRY(const auto parts, split_mcpb(source->bytes()));
  if (!parts) {
    McpbVerdict verdict;
    verdict.verification.refuse("footer", "the bundle is not signed");
    return verdict;
  }
  MERLON_TRY(const std::vector<std::string> trusted, load_certificates(env, words.trusted));
  if (trusted.empty()) {
    return nobody_trusted(*parts);
  }
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(env.clock.now().time_since_epoch());
  return verify_mcpb(*parts, trusted, now.count());
}

void write_mcpb_json(Env& env, const McpbVerdict& verdict, bool verified) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  write_steps_json(json, verdict.verification.steps, verified);
  json.key("claimed_signers").begin_array();
  for (const CmsSigner& signer : verdict.claimed) {
    json.begin_object();
    json.field("subject", signer.subject).field("sha256", signer.fingerprint);
    json.end_object();
  }
  json.end_array().end_object();
  env.out << std::move(json).take() << '\n';
}

}  // namespace

int attest_verify_mcpb(Env& env, std::span<const std::string> args) {
  McpbWords words;
  Options options("attest verify-mcpb", "verify the signature of a `.mcpb` bundle, offline");
  if (const auto code = declare_mcpb_words(options, words).parse(env, args)) {
    return *code;
  }
  const auto verdict = verify_mcpb_words(env, words);
  if (!verdict) {
    return fail_attestation(env, verdict.error());
  }
  const bool verified = verdict->verification.ok();
  if (words.format == "json") {
    write_mcpb_json(env, *verdict, verified);
  } else {
    write_steps_text(env, verdict->verification.steps, verified);
  }
  return verified ? kYes : kNo;
}

}  // namespace merlon::cli
