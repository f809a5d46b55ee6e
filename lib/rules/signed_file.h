#pragma once
/// Signed files of rules and facts: a rule pack, a list of packages or of keys, or a statement
/// about a file beside it (rules/file_signature.h), as JSON in a DSSE envelope, with a name, a
/// number that rises, the oldest engine that may use it, and an expiry. docs/spec/rule-pack.md,
/// docs/spec/package-list.md, docs/spec/signatures.md.
///
///   const SignedFileTerms terms{.trusted = keys, .today = today, .engine = "0.1.0", .floor =
///   seen}; MERLON_TRY(auto verdict, verify_signed_file(source, SignedFileKind::kRulePack, terms,
///   limits)); if (verdict.file) { use(verdict.file->payload); }
///
/// The payload is not looked at before a trusted key has signed it. Pure; safe from many threads.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/verification.h"
#include "proof/dsse.h"
#include "proof/key.h"

namespace merlon {

enum class SignedFileKind : std::uint8_t {
  kRulePack,
  kPackageList,
  kKeyList,
  kLock,
  kPins,
  kPolicy
};

/// What a kind is called: in messages, in the state of versions seen, in the envelope, and by the
/// member of the payload that holds the format's number.
struct SignedFileType {
  SignedFileKind kind;
  std::string_view words;         ///< `rule pack`
  std::string_view payload_type;  ///< `application/vnd.merlon.rule-pack+json`
  std::string_view member;        ///< `merlon_rule_pack`
  std::string_view use;           ///< what key lists call keys for it: `rule-pack`
  std::string_view option;        ///< of a command line, which gives keys for it: `--rules-key`
};
[[nodiscard]] const SignedFileType& signed_file_type(SignedFileKind kind);
/// In the order of the enum.
[[nodiscard]] std::span<const SignedFileType> signed_file_types();

/// What every payload begins with.
struct SignedHead {
  std::string name;            ///< lower-case words with hyphens, dots and slashes
  std::uint64_t version{0};    ///< rises with every release; 1 is the first
  std::string minimum_engine;  ///< the oldest merlon that may use it, `MAJOR.MINOR.PATCH`
  Date created{};
  Date expires{};  ///< the last day on which it holds
  [[nodiscard]] bool operator==(const SignedHead&) const = default;
};

/// The payload of any kind as a document with its head. `kFormat` with the place.
struct SignedPayload {
  SignedFileKind kind{SignedFileKind::kRulePack};
  SignedHead head;
  Document document;
};
[[nodiscard]] Result<SignedPayload> parse_signed_payload(std::string_view text,
                                                         std::string_view file,
                                                         const Limits& limits);

struct SignedFile {
  SignedPayload payload;
  std::vector<std::string> keys;  ///< `name+id` of the trusted keys that signed
  std::string digest;             ///< of the payload's bytes, hex
};

struct SignedFileTerms {
  std::span<const VerifierKey> trusted;
  Date today{};
  std::string_view engine;  ///< this program's version
  /// The highest version seen of the file of this name, 0 for none; asked after the signature.
  std::function<std::uint64_t(const SignedHead& head)> floor;
};

struct SignedFileVerdict {
  std::vector<VerificationStep> steps;  ///< signature, engine, expiry, version; the last may fail
  std::optional<SignedFile> file;       ///< only when every step is ok
};

/// An Error: the file is no envelope, or the signed payload is no pack. A verdict otherwise.
[[nodiscard]] Result<SignedFileVerdict> verify_signed_file(
    const std::shared_ptr<const SourceText>& source, SignedFileKind kind,
    const SignedFileTerms& terms, const Limits& limits);

/// Compares `MAJOR.MINOR.PATCH`: true when `version` is at least `minimum`. False for other shapes.
[[nodiscard]] bool engine_suffices(std::string_view version, std::string_view minimum);

}  // namespace merlon
