#include "approval/ticket.h"

#include <algorithm>
#include <array>

#include "approval/approval_terms.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "mcp/recording_fields.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 21> kTicketNames{"merlon_approval_ticket",
                                                        "id",
                                                        "nonce",
                                                        "session",
                                                        "server",
                                                        "launch",
                                                        "policy",
                                                        "direction",
                                                        "method",
                                                        "item",
                                                        "definition",
                                                        "shown",
                                                        "call",
                                                        "message",
                                                        "summary",
                                                        "categories",
                                                        "reasons",
                                                        "least",
                                                        "user",
                                                        "created_ms",
                                                        "expires_ms"};
constexpr std::array<std::string_view, 3> kTicketReasonNames{"code", "rule", "message"};
constexpr std::size_t kTicketIdStart = 9;  ///< eight digits and the hyphen
constexpr std::size_t kLongestTicketId = 20;
constexpr std::size_t kNonceDigits = 32;
constexpr std::size_t kDigestDigits = 64;
constexpr std::int64_t kLastTimeMs = 253'402'300'799'999;  // the end of the year 9999

bool is_hex_text(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

void write_categories(JsonWriter& json, CategorySet categories) {
  json.key("categories").begin_array();
  for (const CategoryInfo& info : category_infos()) {
    if ((categories & info.category) != 0) {
      json.string(info.name);
    }
  }
  json.end_array();
}

void write_ticket_reasons(JsonWriter& json, const std::vector<TicketReason>& reasons) {
  json.key("reasons").begin_array();
  for (const TicketReason& reason : reasons) {
    json.begin_object().field("code", reason.code).field("rule", reason.rule);
    json.field("message", reason.message).end_object();
  }
  json.end_array();
}

Result<CategorySet> read_categories(const RecordingFields& fields) {
  CategorySet out = 0;
  MERLON_TRY(const auto names, fields.texts("categories"));
  for (const std::string& name : names) {
    const auto category = parse_category(name);
    if (!category) {
      return fields.complain("categories", "this is no category");
    }
    out = static_cast<CategorySet>(out | *category);
  }
  return out;
}

Result<std::vector<TicketReason>> read_ticket_reasons(const RecordingFields& fields) {
  std::vector<TicketReason> out;
  MERLON_TRY(const auto nodes, fields.elements("reasons"));
  if (nodes.size() > kMostTicketReasons) {
    return fail(ErrorCode::kLimit, "a ticket has too many reasons");
  }
  for (const NodeId node : nodes) {
    MERLON_TRY(const RecordingFields reason,
               RecordingFields::read(fields.document(), node, kTicketReasonNames, "a reason"));
    TicketReason& one = out.emplace_back();
    MERLON_TRY(one.code, reason.text("code"));
    MERLON_TRY(one.rule, reason.text("rule"));
    MERLON_TRY(one.message, reason.text("message"));
  }
  return out;
}

Status read_ticket_texts(const RecordingFields& fields, Ticket& out) {
  struct Place {
    std::string_view name;
    std::string* target;
  };
  const std::array places{Place{"id", &out.id},
                          Place{"nonce", &out.nonce},
                          Place{"session", &out.session},
                          Place{"server", &out.server},
                          Place{"launch", &out.launch},
                          Place{"policy", &out.policy},
                          Place{"direction", &out.direction},
                          Place{"method", &out.method},
                          Place{"item", &out.item},
                          Place{"definition", &out.definition},
                          Place{"shown", &out.shown},
                          Place{"call", &out.call},
                          Place{"message", &out.message},
                          Place{"summary", &out.summary}};
  for (const Place& place : places) {
    MERLON_TRY(*place.target, fields.text(place.name));
  }
  return {};
}

Result<Ticket> read_ticket(const Document& document) {
  MERLON_TRY(const RecordingFields fields,
             RecordingFields::read(document, document.root(), kTicketNames, "a ticket"));
  MERLON_TRY(const std::uint64_t format, fields.number("merlon_approval_ticket"));
  if (format != 1) {
    return fields.complain("merlon_approval_ticket", "this format of tickets is not known");
  }
  Ticket out;
  MERLON_CHECK(read_ticket_texts(fields, out));
  MERLON_TRY(out.categories, read_categories(fields));
  MERLON_TRY(out.reasons, read_ticket_reasons(fields));
  MERLON_TRY(const std::size_t least, fields.word("least", assurance_words()));
  out.least = static_cast<Assurance>(least);
  MERLON_TRY(out.user, fields.number("user"));
  MERLON_TRY(out.created_ms, fields.integer("created_ms"));
  MERLON_TRY(out.expires_ms, fields.integer("expires_ms"));
  if (!is_ticket_id(out.id) || out.nonce.size() != kNonceDigits || !is_hex_text(out.nonce) ||
      !is_hex_digest(out.call) || !is_hex_digest(out.message) || !is_ticket_time(out.created_ms) ||
      !is_ticket_time(out.expires_ms)) {
    return fail(ErrorCode::kFormat, "an id or a digest of the ticket is none");
  }
  return out;
}

}  // namespace

bool is_hex_digest(std::string_view text) {
  return text.size() == kDigestDigits && is_hex_text(text);
}

bool is_ticket_time(std::int64_t time_ms) {
  return time_ms >= 0 && time_ms <= kLastTimeMs;
}

bool is_ticket_id(std::string_view text) {
  if (text.size() <= kTicketIdStart || text.size() > kLongestTicketId || text[8] != '-' ||
      !is_hex_text(text.substr(0, 8)) || text[kTicketIdStart] == '0') {
    return false;
  }
  return std::ranges::all_of(text.substr(kTicketIdStart),
                             [](char c) { return c >= '0' && c <= '9'; });
}

std::string to_string(const Ticket& ticket) {
  JsonWriter json;
  json.begin_object().field("merlon_approval_ticket", 1);
  json.field("id", ticket.id).field("nonce", ticket.nonce).field("session", ticket.session);
  json.field("server", ticket.server).field("launch", ticket.launch);
  json.field("policy", ticket.policy).field("direction", ticket.direction);
  json.field("method", ticket.method).field("item", ticket.item);
  json.field("definition", ticket.definition).field("shown", ticket.shown);
  json.field("call", ticket.call).field("message", ticket.message);
  json.field("summary", ticket.summary);
  write_categories(json, ticket.categories);
  write_ticket_reasons(json, ticket.reasons);
  json.field("least", to_string(ticket.least)).field("user", ticket.user);
  json.key("created_ms").number(ticket.created_ms).key("expires_ms").number(ticket.expires_ms);
  json.end_object();
  return std::move(json).take();
}

Result<Ticket> parse_ticket(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  if (text.size() > kMostTicketBytes) {
    return fail(ErrorCode::kLimit, "a ticket of more than 65536 bytes is above the limit");
  }
  MERLON_TRY(const Document document, parse_json(SourceText::copy_of("ticket", std::string(text)),
                                                 JsonDialect::kStrict, Limits{}));
  MERLON_TRY(Ticket out, read_ticket(document));
  if (to_string(out) != text) {
    return fail(ErrorCode::kFormat, "the ticket is not spelled as tickets are");
  }
  return out;
}

}  // namespace merlon
