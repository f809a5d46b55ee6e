#include "attest/sigstore_statement.h"

#include <algorithm>
#include <array>

#include "attest/proto_json.h"
#include "base/json/json_reader.h"

namespace merlon {
namespace {

constexpr std::size_t kMostSubjects = 10'000;
constexpr std::size_t kMostDigests = 32;
constexpr std::array<std::string_view, 2> kStatementTypes{"https://in-toto.io/Statement/v0.1",
                                                          "https://in-toto.io/Statement/v1"};

Result<StatementSubject> read_subject(const Document& document, const ProtoMessage& message) {
  StatementSubject subject;
  MERLON_TRY(subject.name, message.text("name"));
  MERLON_TRY(const ProtoMessage digest, message.required("digest"));
  const auto members = document.members(digest.node());
  if (members.size() > kMostDigests) {
    return fail(ErrorCode::kLimit, "a subject has more than ", std::to_string(kMostDigests),
                " digests");
  }
  for (const auto& [key, value] : members) {
    const std::string algorithm = document.text(key);
    // Asked for by name, so that a digest that stands twice is refused.
    MERLON_TRY(std::string hex, digest.text(algorithm));
    subject.digests.emplace_back(algorithm, std::move(hex));
  }
  return subject.digests.empty()
             ? Result<StatementSubject>(message.refuse("a subject has no digest"))
             : Result<StatementSubject>(std::move(subject));
}

}  // namespace

Result<SigstoreStatement> parse_sigstore_statement(std::string_view payload) {
  SigstoreStatement statement;
  const auto source = SourceText::copy_of("statement", std::string(payload));
  MERLON_TRY(statement.document, parse_json(source, JsonDialect::kStrict, {}));
  MERLON_TRY(const ProtoMessage root,
             ProtoMessage::root_of(statement.document, "in-toto statement"));
  MERLON_TRY(statement.type, root.text("_type"));
  if (std::ranges::find(kStatementTypes, statement.type) == kStatementTypes.end()) {
    return fail(ErrorCode::kUnsupported, "the statement's type `", statement.type,
                "` is not known");
  }
  MERLON_TRY(statement.predicate_type, root.text("predicateType"));
  MERLON_TRY(const auto subjects, root.messages("subject", kMostSubjects));
  for (const ProtoMessage& message : subjects) {
    MERLON_TRY(StatementSubject subject, read_subject(statement.document, message));
    statement.subjects.push_back(std::move(subject));
  }
  if (statement.subjects.empty() || statement.predicate_type.empty()) {
    return root.refuse("it has no subject or no predicate type");
  }
  return statement;
}

}  // namespace merlon
