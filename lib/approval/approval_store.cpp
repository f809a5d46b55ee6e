#include "approval/approval_store.h"

#include <array>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "approval/person_answer.h"
#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/process/private_folder.h"
#include "mcp/recording_fields.h"

namespace merlon {
namespace {

constexpr std::string_view kTicketSuffix = ".ticket";
constexpr std::string_view kAnswerSuffix = ".grant";
constexpr std::string_view kOutcomeSuffix = ".outcome";
constexpr unsigned kOwnerOnly = 0600;
constexpr std::array<std::string_view, 7> kOutcomeNames{"ticket",    "answer",   "state",  "reason",
                                                        "assurance", "approver", "time_ms"};

std::string file_name(std::string_view id, std::string_view suffix) {
  return std::string(id) + std::string(suffix);
}

}  // namespace

std::string to_string(const TicketOutcome& outcome) {
  JsonWriter json;
  json.begin_object().field("ticket", outcome.ticket).field("answer", outcome.answer);
  json.field("state", outcome.state).field("reason", outcome.reason);
  json.field("assurance", outcome.assurance).field("approver", outcome.approver);
  json.key("time_ms").number(outcome.time_ms).end_object();
  return std::move(json).take();
}

Result<TicketOutcome> parse_ticket_outcome(std::string_view text) {
  MERLON_TRY(const Document document, parse_json(SourceText::copy_of("outcome", std::string(text)),
                                                 JsonDialect::kStrict, Limits{}));
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(document, document.root(), kOutcomeNames, "an outcome"));
  TicketOutcome out;
  MERLON_TRY(out.ticket, fields.text("ticket"));
  MERLON_TRY(out.answer, fields.text("answer"));
  MERLON_TRY(out.state, fields.text("state"));
  MERLON_TRY(out.reason, fields.text("reason"));
  MERLON_TRY(out.assurance, fields.text("assurance"));
  MERLON_TRY(out.approver, fields.text("approver"));
  MERLON_TRY(out.time_ms, fields.integer("time_ms"));
  return out;
}

Result<ApprovalStore> ApprovalStore::open(const std::string& state_folder) {
  std::string path = state_folder + "/approvals";
  MERLON_TRY(UniqueFd folder, open_private_folder(path));
  return ApprovalStore(std::move(path), std::move(folder));
}

std::vector<std::string> ApprovalStore::ids(std::string_view suffix) const {
  std::vector<std::string> out = names_in_folder(folder_.get(), suffix);
  for (std::string& name : out) {
    name.resize(name.size() - suffix.size());
  }
  std::erase_if(out, [](const std::string& id) { return !is_ticket_id(id); });
  return out;
}

Result<std::string> ApprovalStore::read(const std::string& name) const {
  MERLON_TRY(const UniqueFd file, open_own_file(folder_.get(), name, O_RDONLY));
  MERLON_TRY(std::string text, read_small(file.get(), kMostTicketBytes + 1));
  if (text.size() > kMostTicketBytes + 1) {
    return fail(ErrorCode::kLimit, "`", name, "` is longer than a ticket can be");
  }
  return text;
}

Result<UniqueFd> ApprovalStore::lock() const {
  MERLON_TRY(UniqueFd file, open_own_file(folder_.get(), "lock", O_RDWR | O_CREAT));
  // Held for a moment by whoever has it.
  if (::flock(file.get(), LOCK_EX) != 0) {
    return fail(ErrorCode::kIo, "cannot lock `", path_, "`");
  }
  return file;
}

void ApprovalStore::remove_file(std::string_view id, std::string_view suffix) const {
  ::unlinkat(folder_.get(), file_name(id, suffix).c_str(), 0);
}

void ApprovalStore::forget_old(std::int64_t now_ms) const {
  for (const std::string& id : ids(kTicketSuffix)) {
    const auto one = ticket(id);
    if (!one || now_ms >= one->expires_ms) {
      remove_ticket(id);
    }
  }
  for (const std::string& id : ids(kOutcomeSuffix)) {
    const auto one = outcome(id);
    if (!one || now_ms >= one->time_ms + kOutcomeMs) {
      remove_file(id, kOutcomeSuffix);
    }
  }
}

Status ApprovalStore::add_ticket(const Ticket& ticket, std::int64_t now_ms) const {
  MERLON_TRY(const UniqueFd held, lock());
  forget_old(now_ms);
  if (ticket_ids().size() >= kMostTickets) {
    return fail(ErrorCode::kLimit, "256 tickets wait in `", path_, "` already");
  }
  return write_file_atomically(path_ + "/" + file_name(ticket.id, kTicketSuffix),
                               to_string(ticket) + "\n", kOwnerOnly);
}

void ApprovalStore::remove_ticket(std::string_view id) const {
  remove_file(id, kTicketSuffix);
  remove_file(id, kAnswerSuffix);
}

std::vector<std::string> ApprovalStore::ticket_ids() const {
  return ids(kTicketSuffix);
}

Result<Ticket> ApprovalStore::ticket(std::string_view id) const {
  if (!is_ticket_id(id)) {
    return fail(ErrorCode::kNotFound, "this is no number of a ticket");
  }
  MERLON_TRY(const std::string text, read(file_name(id, kTicketSuffix)));
  MERLON_TRY(Ticket out, parse_ticket(text));
  if (out.id != id) {
    return fail(ErrorCode::kFormat, "the ticket's file has the name of another one");
  }
  return out;
}

Status ApprovalStore::write_answer(std::string_view id, std::string_view bytes) const {
  if (!is_ticket_id(id)) {
    return fail(ErrorCode::kNotFound, "this is no number of a ticket");
  }
  return write_file_atomically(path_ + "/" + file_name(id, kAnswerSuffix), bytes, kOwnerOnly);
}

std::vector<std::string> ApprovalStore::answered_ids() const {
  return ids(kAnswerSuffix);
}

Result<std::string> ApprovalStore::take_answer(std::string_view id) const {
  auto text = read(file_name(id, kAnswerSuffix));
  remove_file(id, kAnswerSuffix);
  return text;
}

Status ApprovalStore::write_outcome(const TicketOutcome& outcome) const {
  return write_file_atomically(path_ + "/" + file_name(outcome.ticket, kOutcomeSuffix),
                               to_string(outcome) + "\n", kOwnerOnly);
}

std::optional<TicketOutcome> ApprovalStore::outcome(std::string_view id) const {
  if (!is_ticket_id(id)) {
    return std::nullopt;
  }
  const auto text = read(file_name(id, kOutcomeSuffix));
  auto parsed =
      text ? parse_ticket_outcome(*text) : Result<TicketOutcome>(std::unexpected(text.error()));
  return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

}  // namespace merlon
