#pragma once
/// Signatures of files that people read and edit, in a file of their own beside them: `merlon.lock`
/// and `merlon.lock.sig`. A signed file (rules/signed_file.h) whose payload names the digests of
/// the files that it is about. docs/spec/signatures.md.
///
///   const FileSubject subject{.kind = SignedFileKind::kLock, .version = 7, .files = {...}};
///   MERLON_TRY(auto verdict, verify_file_signature(signature, subject, terms, limits));
///   if (verdict.file) { ... }
///
/// Pure; safe from many threads.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "rules/signed_file.h"

namespace merlon {

/// What a file is called with its signature.
inline constexpr std::string_view kSignatureEnding = ".sig";

struct SubjectFile {
  std::string name;    ///< for people; what counts is the digest
  std::string digest;  ///< of its bytes, SHA-256 in hex
  [[nodiscard]] bool operator==(const SubjectFile&) const = default;
};

/// What is there to be verified.
struct FileSubject {
  SignedFileKind kind{SignedFileKind::kLock};
  /// What the file says that it is: a policy's name, the name of a file of pins. Empty for locks.
  std::string subject;
  std::uint64_t version{1};  ///< what the file itself says
  /// A policy has as many as it was put together of, in their order.
  std::vector<SubjectFile> files;
};

/// The payload to sign. `kFormat` for a head whose version is not the subject's.
[[nodiscard]] Result<std::string> file_signature_text(const SignedHead& head,
                                                      const FileSubject& subject);

struct FileSignature {
  SignedHead head;
  std::string subject;
  std::vector<SubjectFile> files;
};
/// All that such a payload says; `kFormat` with the place for unknown members and wrong kinds.
[[nodiscard]] Result<FileSignature> read_file_signature(const SignedPayload& payload);

/// The steps of verify_signed_file(), then `subject` (the name) and `file` (digests and version).
[[nodiscard]] Result<SignedFileVerdict> verify_file_signature(
    const std::shared_ptr<const SourceText>& signature, const FileSubject& subject,
    const SignedFileTerms& terms, const Limits& limits);

}  // namespace merlon
