#include "rules/file_signature.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "rules/signed_payload_text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostSubjectFiles = 256;
constexpr std::size_t kDigestDigits = 64;

std::unexpected<Error> bad_file_signature(const Document& document, NodeId node,
                                          std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, why);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

bool is_sha256_text(std::string_view text) {
  return text.size() == kDigestDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool has_detached_form(SignedFileKind kind) {
  return kind == SignedFileKind::kLock || kind == SignedFileKind::kPins ||
         kind == SignedFileKind::kPolicy;
}

Status only_known_members(const Document& document, NodeId object,
                          std::span<const std::string_view> known) {
  for (const auto& [key, value] : document.members(object)) {
    if (std::ranges::find(known, document.text(key)) == known.end()) {
      return bad_file_signature(document, key, "unknown member `" + document.text(key) + "`");
    }
  }
  return {};
}

Result<SubjectFile> read_subject_file(const Document& document, NodeId entry) {
  constexpr std::array<std::string_view, 2> kKnown{"name", "sha256"};
  MERLON_CHECK(only_known_members(document, entry, kKnown));
  SubjectFile file{.name = document.string_or(document.find(entry, "name"), ""),
                   .digest = document.string_or(document.find(entry, "sha256"), "")};
  if (file.name.empty() || !is_sha256_text(file.digest)) {
    return bad_file_signature(document, entry,
                              "a file needs `name` and `sha256`, 64 lower-case hex digits");
  }
  return file;
}

VerificationStep subject_step(const FileSignature& signature, const FileSubject& subject) {
  VerificationStep step{.name = "subject", .ok = signature.subject == subject.subject};
  step.text = subject.subject.empty() ? "names no one file" : "is about `" + subject.subject + "`";
  if (!step.ok) {
    step.text = "is about `" + signature.subject + "`, not about `" + subject.subject + "`";
    step.hint = "it was signed for another file";
  }
  return step;
}

VerificationStep file_step(const FileSignature& signature, const FileSubject& subject) {
  const auto same = [](const SubjectFile& a, const SubjectFile& b) { return a.digest == b.digest; };
  VerificationStep step{.name = "file"};
  if (!std::ranges::equal(signature.files, subject.files, same)) {
    const auto [signed_at, there_at] = std::ranges::mismatch(signature.files, subject.files, same);
    step.text = there_at == subject.files.end()
                    ? "`" + signed_at->name + "` was signed as well and is not there"
                    : "`" + there_at->name + "` is not what was signed";
    step.hint = "it was changed after it was signed, or is another version of it";
    return step;
  }
  if (signature.head.version != subject.version) {
    step.text = "the file says version " + std::to_string(subject.version) +
                ", its signature version " + std::to_string(signature.head.version);
    return step;
  }
  step.ok = true;
  step.text = counted(subject.files.size(), "file") + " as signed";
  return step;
}

}  // namespace

Result<std::string> file_signature_text(const SignedHead& head, const FileSubject& subject) {
  if (!has_detached_form(subject.kind)) {
    return fail(ErrorCode::kInternal, "a ", signed_file_type(subject.kind).words,
                " has no signature beside it");
  }
  if (head.version != subject.version) {
    return fail(ErrorCode::kFormat, "the signature's version is not the file's");
  }
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  write_signed_head(json, subject.kind, head);
  json.field("subject", subject.subject);
  json.key("files").begin_array();
  for (const SubjectFile& file : subject.files) {
    json.begin_object();
    json.field("name", file.name).field("sha256", file.digest);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<FileSignature> read_file_signature(const SignedPayload& payload) {
  if (!has_detached_form(payload.kind)) {
    return fail(ErrorCode::kFormat, "this is no signature of a file");
  }
  const std::array<std::string_view, 8> known{signed_file_type(payload.kind).member,
                                              "name",
                                              "version",
                                              "minimum_engine",
                                              "created",
                                              "expires",
                                              "subject",
                                              "files"};
  const Document& document = payload.document;
  MERLON_CHECK(only_known_members(document, document.root(), known));
  const auto subject = document.find(document.root(), "subject", NodeKind::kString);
  const auto files = document.find(document.root(), "files", NodeKind::kArray);
  if (!subject || !files) {
    return bad_file_signature(document, document.root(),
                              "`subject` must be a string and `files` an array");
  }
  FileSignature out{.head = payload.head, .subject = document.text(*subject), .files = {}};
  const std::vector<NodeId> entries = document.elements(*files);
  if (entries.empty() || entries.size() > kMostSubjectFiles) {
    return bad_file_signature(document, *files, "`files` must name 1 to 256 files");
  }
  for (const NodeId entry : entries) {
    MERLON_TRY(SubjectFile file, read_subject_file(document, entry));
    out.files.push_back(std::move(file));
  }
  return out;
}

Result<SignedFileVerdict> verify_file_signature(const std::shared_ptr<const SourceText>& signature,
                                                const FileSubject& subject,
                                                const SignedFileTerms& terms,
                                                const Limits& limits) {
  MERLON_TRY(SignedFileVerdict verdict, verify_signed_file(signature, subject.kind, terms, limits));
  if (!verdict.file) {
    return verdict;
  }
  MERLON_TRY(const FileSignature said, read_file_signature(verdict.file->payload));
  verdict.steps.push_back(subject_step(said, subject));
  verdict.steps.push_back(file_step(said, subject));
  if (!std::ranges::all_of(verdict.steps, &VerificationStep::ok)) {
    verdict.file.reset();
  }
  return verdict;
}

}  // namespace merlon
