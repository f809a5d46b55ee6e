#include "capture/surface_reader.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/source_text.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kShownMessageBytes = 200;
constexpr std::string_view kServerInfoKey = "io.modelcontextprotocol/serverInfo";
constexpr std::string_view kMethodNotFoundCode = "-32601";

std::string seconds(std::chrono::milliseconds time) {
  const std::int64_t whole = time.count() / 1000;
  const std::int64_t tenths = (time.count() % 1000) / 100;
  return std::to_string(whole) + (tenths == 0 ? "" : "." + std::to_string(tenths)) + " s";
}

std::string error_code(const Answer& answer) {
  const auto code = answer.document.find(answer.node, "code", NodeKind::kNumber);
  return code ? std::string(answer.document.raw(*code)) : "without a code";
}

}  // namespace

std::string client_capabilities() {
  return R"({"roots":{},"sampling":{},"elicitation":{}})";
}

std::string client_info(std::string_view client_version) {
  JsonWriter w;
  w.begin_object().field("name", "merlon").field("version", client_version).end_object();
  return std::move(w).take();
}

std::string modern_meta(std::string_view protocol_version, std::string_view client_version) {
  JsonWriter w;
  w.begin_object();
  w.field("io.modelcontextprotocol/protocolVersion", protocol_version);
  w.key("io.modelcontextprotocol/clientInfo").raw(client_info(client_version));
  w.key("io.modelcontextprotocol/clientCapabilities").raw(client_capabilities());
  w.end_object();
  return "\"_meta\":" + std::move(w).take();
}

std::string describe(const Answer& answer) {
  switch (answer.kind) {
    case AnswerKind::kResult: return "was answered";
    case AnswerKind::kError: {
      const std::string message =
          answer.document.string_or(answer.document.find(answer.node, "message"), "no message");
      return "was answered with error " + shorten(error_code(answer), kShownMessageBytes) + ": " +
             escape_for_display(shorten(message, kShownMessageBytes));
    }
    case AnswerKind::kSilent: return "was not answered in time";
    case AnswerKind::kEnded: return "was not answered: the server ended";
    case AnswerKind::kBroken: return "was not answered: " + answer.problem;
  }
  return "was not answered";
}

void SurfaceReader::note(const EraSurface& surface, std::string message, bool incomplete) {
  notes_.push_back({.era = surface.era, .message = std::move(message), .incomplete = incomplete});
}

void SurfaceReader::read_opening(const Document& document, NodeId result, EraSurface& surface) {
  const auto info = surface.era == Era::kLegacy
                        ? document.find(result, "serverInfo", NodeKind::kObject)
                        : document.find(document.find(result, "_meta"), kServerInfoKey);
  if (info && document.is(*info, NodeKind::kObject)) {
    surface.server_info = document.raw(*info);
  }
  if (const auto found = document.find(result, "capabilities", NodeKind::kObject)) {
    surface.capabilities = document.raw(*found);
  } else {
    surface.capabilities = "{}";
    note(surface, "the server announces no capabilities", false);
  }
  const auto instructions = document.find(result, "instructions");
  if (!instructions || document.is(*instructions, NodeKind::kNull)) {
    return;
  }
  if (document.is(*instructions, NodeKind::kString)) {
    surface.instructions = document.raw(*instructions);
  } else {
    note(surface, "`instructions` is not a string and was left out", true);
  }
}

bool SurfaceReader::announced(const EraSurface& surface, const ListInfo& list) {
  const auto document = parse_json(SourceText::copy_of("", surface.capabilities),
                                   JsonDialect::kStrict, options_.limits);
  if (!document) {
    return true;
  }  // cannot happen: it was cut out of a document
  const auto found = document->find(document->root(), list.capability);
  return found && !document->is(*found, NodeKind::kNull);
}

void SurfaceReader::read_lists(EraSurface& surface, Channel::TimePoint deadline) {
  for (const ListInfo& list : list_infos()) {
    if (announced(surface, list)) {
      read_list(surface, list, deadline);
    } else if (list.kind != ListKind::kResourceTemplates) {
      note(surface,
           "no `" + std::string(list.capability) + "` capability: `" + std::string(list.method) +
               "` was not asked",
           false);
    }
  }
}

std::string SurfaceReader::params(const EraSurface& surface, const std::string& cursor) const {
  std::string text = "{";
  if (!cursor.empty()) {
    text.append("\"cursor\":").append(cursor);
  }
  if (surface.era == Era::kModern) {
    if (!cursor.empty()) {
      text.append(",");
    }
    text.append(modern_meta(surface.protocol_version, options_.client_version));
  }
  return text + "}";
}

void SurfaceReader::read_list(EraSurface& surface, const ListInfo& list,
                              Channel::TimePoint deadline) {
  const std::string method = "`" + std::string(list.method) + "`";
  std::unordered_set<std::string> seen;
  std::string cursor;  // as JSON
  for (std::uint32_t page = 0; page < options_.pages; ++page) {
    const Channel::TimePoint now = clock_.steady();
    const std::array<std::uint64_t, 1> ids{session_.post(list.method, params(surface, cursor))};
    const Answer answer = session_.await(ids, std::min(deadline, now + options_.request_timeout));
    if (answer.kind != AnswerKind::kResult) {
      // Resources without templates are common, and this is how such a server says so.
      const bool none = list.kind == ListKind::kResourceTemplates &&
                        answer.kind == AnswerKind::kError &&
                        error_code(answer) == kMethodNotFoundCode;
      std::string text = method + " " + describe(answer);
      if (answer.kind == AnswerKind::kSilent) {
        text += " (" + seconds(options_.request_timeout) + ", all lists " +
                seconds(options_.lists_timeout) + ")";
      }
      return note(surface, text, !none);
    }
    switch (read_page(surface, list, answer, cursor)) {
      case PageEnd::kLast:
      case PageEnd::kFailed: return;
      case PageEnd::kMore: break;
    }
    if (!seen.insert(cursor).second) {
      return note(surface, method + " does not end: it gave the same cursor twice", true);
    }
  }
  note(surface, method + " was not read after " + std::to_string(options_.pages) + " pages", true);
}

SurfaceReader::PageEnd SurfaceReader::read_page(EraSurface& surface, const ListInfo& list,
                                                const Answer& answer, std::string& cursor) {
  const Document& document = answer.document;
  const std::string method = "`" + std::string(list.method) + "`";
  const auto type = document.find(answer.node, "resultType");
  if (surface.era == Era::kModern && type && document.string_or(type, "") != "complete") {
    note(surface, method + " was answered with a result that is not complete", true);
    return PageEnd::kFailed;
  }
  const auto array = document.find(answer.node, list.member, NodeKind::kArray);
  if (!array) {
    note(surface, method + " was answered without an array `" + std::string(list.member) + "`",
         true);
    return PageEnd::kFailed;
  }
  take_definitions(surface, list, document, *array);
  const auto next = document.find(answer.node, "nextCursor");
  if (!next || document.is(*next, NodeKind::kNull)) {
    return PageEnd::kLast;
  }
  if (!document.is(*next, NodeKind::kString)) {
    note(surface, method + " has a next page with a cursor that is not a string", true);
    return PageEnd::kFailed;
  }
  cursor = document.raw(*next);
  return PageEnd::kMore;
}

void SurfaceReader::take_definitions(EraSurface& surface, const ListInfo& list,
                                     const Document& document, NodeId array) {
  bool odd = false;
  for (const NodeId element : document.elements(array)) {
    odd = odd || !document.is(element, NodeKind::kObject);
    const auto name = document.find(element, list.identity, NodeKind::kString);
    surface.list(list.kind).push_back(
        {.raw = std::string(document.raw(element)), .name = document.string_or(name, "")});
  }
  if (odd) {
    note(surface, "`" + std::string(list.method) + "` lists something that is not an object",
         false);
  }
}

}  // namespace merlon
