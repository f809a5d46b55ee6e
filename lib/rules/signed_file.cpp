#include "rules/signed_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::array kSignedFileTypes{
    SignedFileType{SignedFileKind::kRulePack, "rule pack", "application/vnd.merlon.rule-pack+json",
                   "merlon_rule_pack", "rule-pack", "--rules-key"},
    SignedFileType{SignedFileKind::kPackageList, "package list",
                   "application/vnd.merlon.package-list+json", "merlon_package_list",
                   "package-list", "--package-list-key"},
    SignedFileType{SignedFileKind::kKeyList, "key list", "application/vnd.merlon.key-list+json",
                   "merlon_key_list", "key-list", "--key-list-key"},
    SignedFileType{SignedFileKind::kLock, "lock signature",
                   "application/vnd.merlon.lock-signature+json", "merlon_lock_signature", "lock",
                   "--lock-key"},
    SignedFileType{SignedFileKind::kPins, "pins signature",
                   "application/vnd.merlon.pins-signature+json", "merlon_pins_signature", "pins",
                   "--lock-key"},
    SignedFileType{SignedFileKind::kPolicy, "policy signature",
                   "application/vnd.merlon.policy-signature+json", "merlon_policy_signature",
                   "policy", "--policy-key"},
};
constexpr std::string_view kSignedFormat = "1";
constexpr std::size_t kMostPackName = 100;
constexpr std::uint64_t kMostVersion = std::uint64_t{1} << 53U;  // what JSON numbers keep

std::unexpected<Error> bad_payload(const Document& document, NodeId node, std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, why);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

bool is_pack_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
  };
  return !name.empty() && name.size() <= kMostPackName && std::ranges::all_of(name, plain) &&
         name.front() != '/' && name.front() != '.';
}

using EngineVersion = std::array<std::uint64_t, 3>;

std::optional<EngineVersion> parse_engine(std::string_view text) {
  const auto parts = split(text, '.');
  EngineVersion version{};
  if (parts.size() != version.size()) {
    return std::nullopt;
  }
  for (std::size_t at = 0; at < version.size(); ++at) {
    const auto number = parse_unsigned(parts[at]);
    if (!number) {
      return std::nullopt;
    }
    version[at] = *number;
  }
  return version;
}

Result<std::string> head_text(const Document& document, std::string_view name) {
  const auto node = document.find(document.root(), name, NodeKind::kString);
  if (!node) {
    return bad_payload(document, document.root(), "`" + std::string(name) + "` must be a string");
  }
  return document.text(*node);
}

Result<Date> head_date(const Document& document, std::string_view name) {
  MERLON_TRY(const std::string text, head_text(document, name));
  const auto date = parse_date(text);
  if (!date) {
    return bad_payload(document, document.find(document.root(), name).value_or(0),
                       "`" + std::string(name) + "` must be a date, YYYY-MM-DD");
  }
  return *date;
}

Result<SignedHead> read_head(const Document& document) {
  SignedHead head;
  MERLON_TRY(head.name, head_text(document, "name"));
  if (!is_pack_name(head.name)) {
    return bad_payload(document, document.find(document.root(), "name").value_or(0),
                       "`name` must be lower-case words with `-`, `.` and `/`");
  }
  const auto version = document.find(document.root(), "version", NodeKind::kNumber);
  head.version = version ? parse_unsigned(document.raw(*version)).value_or(0) : 0;
  if (head.version == 0 || head.version > kMostVersion) {
    return bad_payload(document, version.value_or(document.root()),
                       "`version` must be a whole number from 1");
  }
  MERLON_TRY(head.minimum_engine, head_text(document, "minimum_engine"));
  if (!parse_engine(head.minimum_engine)) {
    return bad_payload(document, document.find(document.root(), "minimum_engine").value_or(0),
                       "`minimum_engine` must be MAJOR.MINOR.PATCH");
  }
  MERLON_TRY(head.created, head_date(document, "created"));
  MERLON_TRY(head.expires, head_date(document, "expires"));
  if (head.expires < head.created) {
    return bad_payload(document, document.find(document.root(), "expires").value_or(0),
                       "`expires` lies before `created`");
  }
  return head;
}

Status check_unique_members(const Document& document) {
  for (NodeId node = 0; node < document.size(); ++node) {
    if (document.is(node, NodeKind::kKey) && (document.node(node).flags & kNodeDuplicate) != 0) {
      return bad_payload(document, node, "a member stands twice");
    }
  }
  return {};
}

/// True for a payload that somebody forgot to sign.
bool is_bare_payload(const std::shared_ptr<const SourceText>& source, const Limits& limits) {
  const auto document = parse_json(source, JsonDialect::kStrict, limits);
  return document && std::ranges::any_of(kSignedFileTypes, [&](const SignedFileType& type) {
           return document->find(document->root(), type.member).has_value();
         });
}

VerificationStep unsigned_step(const SignedFileType& type) {
  return {
      .name = "signature",
      .ok = false,
      .text = "the " + std::string(type.words) + " is not signed",
      .hint = type.kind == SignedFileKind::kRulePack || type.kind == SignedFileKind::kPackageList
                  ? "`merlon rules pack sign FILE --key KEY` signs it"
                  : "`merlon attest sign-file FILE --key KEY` signs it"};
}

VerificationStep signature_step(const DsseVerdict& verdict, const SignedFileType& type,
                                const std::vector<std::string>& keys) {
  VerificationStep step{.name = "signature"};
  switch (verdict.answer) {
    case DsseAnswer::kVerified:
      step.ok = true;
      step.text = "signed by " + join(keys, ", ");
      break;
    case DsseAnswer::kOtherType:
      step.text = "what is signed is no " + std::string(type.words);
      step.hint = "a signature for one purpose is none for another";
      break;
    case DsseAnswer::kUnknownKeys:
      step.text = "no trusted key signed it; it names " + join(verdict.named, ", ");
      step.hint = "get the publisher's key from the publisher, not from the file";
      break;
    case DsseAnswer::kBadSignature:
      step.text = "the signature of a trusted key does not fit: the file was changed";
      step.hint = "get the file again from its publisher";
      break;
  }
  return step;
}

VerificationStep engine_step(const SignedHead& head, std::string_view engine) {
  VerificationStep step{
      .name = "engine",
      .ok = engine_suffices(engine, head.minimum_engine),
      .text = "needs merlon " + head.minimum_engine + " or newer; this is " + std::string(engine)};
  step.hint = step.ok ? "" : "update merlon, or use an older version of the file";
  return step;
}

VerificationStep expiry_step(const SignedHead& head, Date today) {
  VerificationStep step{.name = "expiry", .ok = today <= head.expires};
  step.text = (step.ok ? "holds until " : "expired on ") + to_string(head.expires);
  step.hint = step.ok ? "" : "get a newer version from its publisher";
  return step;
}

VerificationStep version_step(const SignedHead& head, std::uint64_t floor) {
  VerificationStep step{.name = "version", .ok = head.version >= floor};
  step.text = "version " + std::to_string(head.version);
  if (!step.ok) {
    step.text += " is older than version " + std::to_string(floor) + ", which was used before";
    step.hint = "`--allow-rollback` goes back to it, and remembers that";
  }
  return step;
}

}  // namespace

const SignedFileType& signed_file_type(SignedFileKind kind) {
  return *std::ranges::find(kSignedFileTypes, kind, &SignedFileType::kind);
}

std::span<const SignedFileType> signed_file_types() {
  return kSignedFileTypes;
}

bool engine_suffices(std::string_view version, std::string_view minimum) {
  const auto have = parse_engine(version);
  const auto want = parse_engine(minimum);
  return have && want && *have >= *want;
}

Result<SignedPayload> parse_signed_payload(std::string_view text, std::string_view file,
                                           const Limits& limits) {
  MERLON_TRY(Document document,
             parse_json(SourceText::copy_of(std::string(file), std::string(text)),
                        JsonDialect::kStrict, limits));
  MERLON_CHECK(check_unique_members(document));
  for (const SignedFileType& type : kSignedFileTypes) {
    const auto format = document.find(document.root(), type.member);
    if (!format) {
      continue;
    }
    if (document.raw(*format) != kSignedFormat) {
      return fail(ErrorCode::kUnsupported, "format ", document.raw(*format), " of a ", type.words,
                  " is not known; this program reads format ", kSignedFormat);
    }
    MERLON_TRY(SignedHead head, read_head(document));
    return SignedPayload{
        .kind = type.kind, .head = std::move(head), .document = std::move(document)};
  }
  return bad_payload(document, document.root(), "this is no signed file of a known kind");
}

Result<SignedFileVerdict> verify_signed_file(const std::shared_ptr<const SourceText>& source,
                                             SignedFileKind kind, const SignedFileTerms& terms,
                                             const Limits& limits) {
  const SignedFileType& type = signed_file_type(kind);
  SignedFileVerdict verdict;
  const auto envelope = parse_dsse(source, limits);
  if (!envelope) {
    if (!is_bare_payload(source, limits)) {
      return std::unexpected(envelope.error());
    }
    verdict.steps.push_back(unsigned_step(type));
    return verdict;
  }
  MERLON_TRY(const DsseVerdict signatures,
             verify_dsse(*envelope, type.payload_type, terms.trusted));
  std::vector<std::string> keys;
  keys.reserve(signatures.keys.size());
  for (const std::size_t at : signatures.keys) {
    keys.push_back(short_key(terms.trusted[at]));
  }
  verdict.steps.push_back(signature_step(signatures, type, keys));
  if (!verdict.steps.back().ok) {
    return verdict;
  }
  MERLON_TRY(SignedPayload payload,
             parse_signed_payload(envelope->payload, source->name() + " (payload)", limits));
  if (payload.kind != kind) {
    return fail(ErrorCode::kFormat, "the signed payload is no ", type.words);
  }
  const SignedHead& head = payload.head;
  verdict.steps.push_back(engine_step(head, terms.engine));
  verdict.steps.push_back(expiry_step(head, terms.today));
  verdict.steps.push_back(version_step(head, terms.floor ? terms.floor(head) : 0));
  if (std::ranges::all_of(verdict.steps, &VerificationStep::ok)) {
    verdict.file = SignedFile{.payload = std::move(payload),
                              .keys = std::move(keys),
                              .digest = sha256_hex(envelope->payload)};
  }
  return verdict;
}

}  // namespace merlon
