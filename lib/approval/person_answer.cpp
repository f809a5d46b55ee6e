#include "approval/person_answer.h"

#include <array>

#include "approval/ticket.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "mcp/recording_fields.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 9> kAnswerNames{"merlon_approval_grant",
                                                       "ticket",
                                                       "ticket_digest",
                                                       "answer",
                                                       "approver",
                                                       "created_ms",
                                                       "expires_ms",
                                                       "uses",
                                                       "vary"};
constexpr std::array<std::string_view, 3> kSshAnswerNames{"merlon_approval_ssh", "grant",
                                                          "signature"};
constexpr std::array<std::string_view, 2> kAnswerWords{"approve", "deny"};
constexpr std::size_t kLongestApprover = 256;
constexpr std::size_t kLongestPointer = 256;

Result<Document> answer_document(std::string_view text) {
  if (text.size() > kMostAnswerBytes) {
    return fail(ErrorCode::kLimit, "a grant of more than 65536 bytes is above the limit");
  }
  return parse_json(SourceText::copy_of("grant", std::string(text)), JsonDialect::kStrict,
                    Limits{});
}

std::string_view without_line_feed(std::string_view text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

Status read_vary(const RecordingFields& fields, PersonAnswer& out) {
  MERLON_TRY(out.vary, fields.texts("vary"));
  if (out.vary.size() > kMostVaryPointers) {
    return fields.complain("vary", "more than 16 arguments may vary");
  }
  for (const std::string& pointer : out.vary) {
    if (!pointer.starts_with('/') || pointer.size() > kLongestPointer) {
      return fields.complain("vary", "this is no pointer into the arguments");
    }
  }
  return {};
}

Result<PersonAnswer> read_person_answer(const Document& document) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(document, document.root(), kAnswerNames, "a grant"));
  MERLON_TRY(const std::uint64_t format, fields.number("merlon_approval_grant"));
  if (format != 1) {
    return fields.complain("merlon_approval_grant", "this format of grants is not known");
  }
  PersonAnswer out;
  MERLON_TRY(out.ticket, fields.text("ticket"));
  MERLON_TRY(out.ticket_digest, fields.text("ticket_digest"));
  MERLON_TRY(const std::size_t word, fields.word("answer", kAnswerWords));
  out.approves = word == 0;
  MERLON_TRY(out.approver, fields.text("approver"));
  MERLON_TRY(out.created_ms, fields.integer("created_ms"));
  MERLON_TRY(out.expires_ms, fields.integer("expires_ms"));
  MERLON_TRY(const std::uint64_t uses, fields.number("uses"));
  if (!is_ticket_id(out.ticket) || !is_hex_digest(out.ticket_digest) ||
      out.approver.size() > kLongestApprover || uses < 1 || uses > kMostGrantUses ||
      !is_ticket_time(out.created_ms) || !is_ticket_time(out.expires_ms)) {
    return fail(ErrorCode::kFormat, "a number, id or digest of the grant is none");
  }
  out.uses = static_cast<std::uint32_t>(uses);
  MERLON_CHECK(read_vary(fields, out));
  return out;
}

Result<AnswerFile> read_envelope(std::string_view bytes) {
  AnswerFile out;
  MERLON_TRY(out.dsse, parse_dsse(SourceText::copy_of("grant", std::string(bytes)), Limits{}));
  out.line = without_line_feed(out.dsse->payload);
  MERLON_TRY(out.answer, parse_person_answer(out.line));
  return out;
}

Result<AnswerFile> read_ssh_file(const Document& document) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(document, document.root(), kSshAnswerNames, "a signed grant"));
  MERLON_TRY(const std::uint64_t format, fields.number("merlon_approval_ssh"));
  if (format != 1) {
    return fields.complain("merlon_approval_ssh", "this format of signed grants is not known");
  }
  AnswerFile out;
  MERLON_TRY(out.line, fields.text("grant"));
  MERLON_TRY(out.ssh_signature, fields.text("signature"));
  MERLON_TRY(out.answer, parse_person_answer(out.line));
  return out;
}

}  // namespace

std::string to_string(const PersonAnswer& answer) {
  JsonWriter json;
  json.begin_object().field("merlon_approval_grant", 1).field("ticket", answer.ticket);
  json.field("ticket_digest", answer.ticket_digest);
  json.field("answer", kAnswerWords[answer.approves ? 0 : 1]).field("approver", answer.approver);
  json.key("created_ms").number(answer.created_ms).key("expires_ms").number(answer.expires_ms);
  json.field("uses", answer.uses).key("vary").begin_array();
  for (const std::string& pointer : answer.vary) {
    json.string(pointer);
  }
  json.end_array().end_object();
  return std::move(json).take();
}

Result<PersonAnswer> parse_person_answer(std::string_view text) {
  text = without_line_feed(text);
  MERLON_TRY(const Document document, answer_document(text));
  MERLON_TRY(PersonAnswer out, read_person_answer(document));
  if (to_string(out) != text) {
    return fail(ErrorCode::kFormat, "the grant is not spelled as grants are");
  }
  return out;
}

Result<AnswerFile> parse_answer_file(std::string_view bytes) {
  MERLON_TRY(const Document document, answer_document(bytes));
  if (document.find(document.root(), "payloadType")) {
    return read_envelope(bytes);
  }
  if (document.find(document.root(), "merlon_approval_ssh")) {
    return read_ssh_file(document);
  }
  AnswerFile out;
  out.line = without_line_feed(bytes);
  MERLON_TRY(out.answer, parse_person_answer(out.line));
  return out;
}

std::string ssh_answer_file(std::string_view line, std::string_view signature) {
  JsonWriter json;
  json.begin_object().field("merlon_approval_ssh", 1).field("grant", line);
  json.field("signature", signature).end_object();
  return std::move(json).take() + "\n";
}

}  // namespace merlon
