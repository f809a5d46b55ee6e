#include "rules_pack.h"

#include <array>
#include <ostream>
#include <utility>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "rules/matcher.h"
#include "rules/package_list_file.h"
#include "rules/rule_pack_file.h"
#include "signed_inputs.h"
#include "verification_output.h"

namespace merlon::cli {
namespace {

int fail_pack(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

int fail_pack(Env& env, const std::vector<Error>& errors, int code) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  return code;
}

/// Writes to the file, or to standard output for none.
int write_pack(Env& env, const std::string& file, std::string_view text) {
  if (file.empty()) {
    env.out << text;
    return kYes;
  }
  if (const Status status = write_file_atomically(file, text); !status) {
    return fail_pack(env, status.error(), kEnvironment);
  }
  return kYes;
}

/// Rules or packages of a payload; all problems.
Checked<std::string> describe_contents(const SignedPayload& payload, const Limits& limits) {
  if (payload.kind == SignedFileKind::kPackageList) {
    const auto list = read_package_list(payload);
    if (!list) {
      return std::unexpected(std::vector{list.error()});
    }
    return counted(list->packages.size(), "package");
  }
  const auto pack = read_rule_pack(payload);
  if (!pack) {
    return std::unexpected(std::vector{pack.error()});
  }
  auto rules = load_pack_rules(*pack, limits);
  if (!rules) {
    return std::unexpected(std::move(rules).error());
  }
  const std::size_t count = rules->size();
  if (auto compiled = CompiledRules::compile(*std::move(rules), {.name = pack->head.name});
      !compiled) {
    return std::unexpected(std::move(compiled).error());
  }
  return counted(count, "rule") + ", " +
         (pack->built_in == BuiltInRules::kKeep ? "beside those built in"
                                                : "instead of those built in");
}

// --- build --------------------------------------------------------------------------------------

struct BuildWords {
  std::string folder;
  std::string name;
  std::uint64_t version{0};
  std::string minimum_engine{MERLON_VERSION};
  std::string expires;
  std::string today;
  std::string output;
  bool replace{false};
};

Result<SignedHead> build_head(const Env& env, const BuildWords& words) {
  if (words.name.empty() || words.version == 0 || words.expires.empty()) {
    return fail(ErrorCode::kUsage, "`--name`, `--pack-version` and `--expires` are required");
  }
  SignedHead head{
      .name = words.name, .version = words.version, .minimum_engine = words.minimum_engine};
  MERLON_TRY(head.expires, parse_date(words.expires));
  head.created = today(env.clock);
  if (!words.today.empty()) {
    MERLON_TRY(head.created, parse_date(words.today));
  }
  return head;
}

int pack_build(Env& env, std::span<const std::string> args) {
  BuildWords words;
  Options options("rules pack build", "put a folder of rules into one file");
  options.describe(
      "Checks the rules and writes the pack as JSON, to be read, compared and then signed with "
      "`merlon rules pack sign`. Exit code 3 when the rules cannot be loaded.");
  options.positional("DIR", words.folder, "folder of rules, one folder a category", true);
  options.value("--name", words.name, "NAME", "name of the pack, the same for all its versions");
  options.value("--pack-version", words.version, "N", "a number that rises with each release");
  options.value("--expires", words.expires, "DATE", "the last day on which it may be used");
  options.value("--minimum-engine", words.minimum_engine, "VERSION",
                "the oldest merlon that may use it (this one)");
  options.flag("--replace-built-in", words.replace, "use these rules instead of the built-in ones");
  options.value("--today", words.today, "DATE", "the date of creation (the clock's)");
  options.value("--output,-o", words.output, "FILE", "where to write it (standard output)");
  options.example(
      "merlon rules pack build rules --name acme --pack-version 7 --expires 2027-06-30 "
      "-o acme.json",
      "then sign acme.json");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const Limits limits;
  auto head = build_head(env, words);
  if (!head) {
    return fail_pack(env, head.error(), kUsageError);
  }
  auto files = collect_pack_files(env.files, words.folder, limits);
  if (!files) {
    return fail_pack(env, files.error(), kIncomplete);
  }
  const std::string text =
      rule_pack_text({.head = *std::move(head),
                      .built_in = words.replace ? BuiltInRules::kReplace : BuiltInRules::kKeep,
                      .files = *std::move(files)});
  const auto payload = parse_signed_payload(text, words.folder, limits);
  if (!payload) {
    return fail_pack(env, payload.error(), kIncomplete);
  }
  if (const auto contents = describe_contents(*payload, limits); !contents) {
    return fail_pack(env, contents.error(), kIncomplete);
  }
  return write_pack(env, words.output, text);
}

// --- sign ---------------------------------------------------------------------------------------

/// An envelope that is there gets another signature; a payload gets an envelope.
Result<DsseEnvelope> open_for_signing(const std::shared_ptr<const SourceText>& source,
                                      const Limits& limits) {
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, limits));
  if (document.find(document.root(), "payloadType")) {
    return parse_dsse(source, limits);
  }
  MERLON_TRY(const SignedPayload payload,
             parse_signed_payload(source->bytes(), source->name(), limits));
  return DsseEnvelope{.payload_type = std::string(signed_file_type(payload.kind).payload_type),
                      .payload = std::string(source->bytes()),
                      .signatures = {}};
}

int sign_envelope(Env& env, DsseEnvelope& envelope, const std::string& key_file,
                  const std::string& key_name) {
  const auto key = load_signing_key(key_file, key_name);
  if (!key) {
    return fail_pack(env, key.error(),
                     key.error().code == ErrorCode::kUsage ? kUsageError : kIncomplete);
  }
  for (const DsseSignature& signature : envelope.signatures) {
    if (signature.key_id == short_key(key->verifier)) {
      return fail_pack(
          env, make_error(ErrorCode::kUsage, "`", signature.key_id, "` has signed it already"),
          kUsageError);
    }
  }
  if (const Status status = sign_dsse(envelope, *key); !status) {
    return fail_pack(env, status.error(), kIncomplete);
  }
  return kYes;
}

int pack_sign(Env& env, std::span<const std::string> args) {
  std::string file;
  std::string key_file;
  std::string key_name;
  std::string output;
  Options options("rules pack sign", "sign a pack or package list, or add a signature");
  options.describe(
      "Reads what `merlon rules pack build` wrote, or a package list, checks it, and writes it "
      "in a signed envelope. A file that is signed already gets a second signature.");
  options.positional("FILE", file, "the pack or package list", true);
  options.value("--key,-k", key_file, "FILE",
                "private key in PEM, as `merlon attest keygen` makes it; required");
  options.value("--key-name", key_name, "NAME", "name of the key (the one in its file)");
  options.value("--output,-o", output, "FILE", "where to write it (standard output)");
  options.example("merlon rules pack sign acme.json --key acme.pem -o acme.pack", "sign a pack");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (key_file.empty()) {
    return fail_pack(env, make_error(ErrorCode::kUsage, "`--key` is required"), kUsageError);
  }
  const Limits limits;
  const auto source = env.files.read(file, limits.file_bytes);
  if (!source) {
    return fail_pack(env, source.error(), kIncomplete);
  }
  auto envelope = open_for_signing(*source, limits);
  if (!envelope) {
    return fail_pack(env, envelope.error(), kIncomplete);
  }
  const auto payload = parse_signed_payload(envelope->payload, file, limits);
  if (!payload) {
    return fail_pack(env, payload.error(), kIncomplete);
  }
  if (const auto contents = describe_contents(*payload, limits); !contents) {
    return fail_pack(env, contents.error(), kIncomplete);
  }
  if (envelope->payload_type != signed_file_type(payload->kind).payload_type) {
    return fail_pack(
        env, make_error(ErrorCode::kFormat, "the envelope's type is not that of its payload"),
        kIncomplete);
  }
  if (const int code = sign_envelope(env, *envelope, key_file, key_name); code != kYes) {
    return code;
  }
  return write_pack(env, output, to_string(*envelope));
}

// --- verify, show -------------------------------------------------------------------------------

void write_pack_steps_json(Env& env, const std::vector<VerificationStep>& steps, bool verified) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  write_steps_json(json, steps, verified);
  json.end_object();
  env.out << std::move(json).take() << '\n';
}

Checked<std::string> check_contents(const OpenedFile& opened, const Limits& limits) {
  return opened.file ? describe_contents(opened.file->payload, limits) : std::string();
}

int pack_verify(Env& env, std::span<const std::string> args) {
  std::string file;
  std::vector<std::string> keys;
  std::string type = "rules";
  std::string format = "text";
  std::string today_word;
  bool allow_rollback = false;
  KeyListWords key_lists;
  Options options("rules pack verify", "say whether a signed file may be used, step by step");
  options.describe(
      "Exit code 0 when it is signed by a trusted key, this program is new enough, it has not "
      "expired and no newer version was used before; 1 when one of these says no; 3 when there is "
      "no trusted key or the file cannot be read. Remembers the version.");
  options.positional("FILE", file, "the signed file", true);
  options.value("--key,-k", keys, "KEY", "trusted verifier key, or a file of them");
  key_lists.declare(options);
  options.choice("--type", type, {"rules", "packages"}, "a rule pack or a package list");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  options.value("--today", today_word, "DATE", "the date that expiry is judged by (the clock's)");
  options.flag("--allow-rollback", allow_rollback,
               "go back to an older version, and remember that");
  options.example("merlon rules pack verify acme.pack --key acme.pub", "before it is used");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  SignedInputTerms terms{.limits = {},
                         .today = today(env.clock),
                         .rollback = allow_rollback ? Rollback::kAllowed : Rollback::kRefused,
                         .key_lists = key_lists};
  if (!today_word.empty()) {
    const auto date = parse_date(today_word);
    if (!date) {
      return fail_pack(env, date.error(), kUsageError);
    }
    terms.today = *date;
  }
  SignedInputs inputs(env, terms);
  const OpenedFile opened = inputs.open(
      file, type == "rules" ? SignedFileKind::kRulePack : SignedFileKind::kPackageList, keys);
  if (opened.steps.empty()) {
    return opened.exit;
  }
  if (const auto contents = check_contents(opened, terms.limits); !contents) {
    return fail_pack(env, contents.error(), kIncomplete);
  }
  const bool verified = opened.file.has_value();
  format == "json" ? write_pack_steps_json(env, opened.steps, verified)
                   : write_steps_text(env, opened.steps, verified);
  if (!verified) {
    return opened.exit;
  }
  return inputs.remember().value_or(kYes);
}

int pack_show(Env& env, std::span<const std::string> args) {
  std::string file;
  Options options("rules pack show", "show what a pack or package list says about itself");
  options.describe(
      "Verifies nothing: what is shown is a claim. `merlon rules pack verify` verifies.");
  options.positional("FILE", file, "a pack or package list, signed or not", true);
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const Limits limits;
  const auto source = env.files.read(file, limits.file_bytes);
  if (!source) {
    return fail_pack(env, source.error(), kIncomplete);
  }
  const auto envelope = open_for_signing(*source, limits);
  if (!envelope) {
    return fail_pack(env, envelope.error(), kIncomplete);
  }
  const auto payload = parse_signed_payload(envelope->payload, file, limits);
  if (!payload) {
    return fail_pack(env, payload.error(), kIncomplete);
  }
  const auto contents = describe_contents(*payload, limits);
  if (!contents) {
    return fail_pack(env, contents.error(), kIncomplete);
  }
  const SignedHead& head = payload->head;
  env.out << signed_file_type(payload->kind).words << ' ' << escape_for_display(head.name)
          << ", version " << head.version << "\nneeds merlon "
          << escape_for_display(head.minimum_engine) << " or newer\ncreated "
          << to_string(head.created) << ", expires " << to_string(head.expires) << "\nholds "
          << *contents << '\n';
  for (const DsseSignature& signature : envelope->signatures) {
    env.out << "claims a signature of "
            << (signature.key_id.empty() ? "a key it does not name"
                                         : escape_for_display(signature.key_id))
            << '\n';
  }
  env.out << (envelope->signatures.empty() ? "not signed\n" : "not verified\n");
  return kYes;
}

// --- pack ---------------------------------------------------------------------------------------

constexpr std::array kPackCommands{
    Command{"build", "put a folder of rules into one file", pack_build},
    Command{"sign", "sign a pack or package list, or add a signature", pack_sign},
    Command{"verify", "say whether a signed file may be used, step by step", pack_verify},
    Command{"show", "show what a pack or package list says about itself", pack_show},
};

std::string pack_help() {
  std::string text =
      "usage: merlon rules pack COMMAND [options] [arguments]\n\n"
      "Build, sign, verify and show rule packs and package lists.\n\nCommands:\n";
  for (const Command& command : kPackCommands) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int rules_pack(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << pack_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << pack_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kPackCommands) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  Error error = make_error(ErrorCode::kUsage, "unknown command `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? "`merlon rules pack --help` lists the commands"
                                     : "did you mean `" + std::string(near) + "`?");
  return fail_pack(env, error, kUsageError);
}

}  // namespace merlon::cli
