#include "capture/session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/source_text.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::uint64_t kMaxAnsweredRequests = 1000;
constexpr std::size_t kMaxRequestMethods = 32;
constexpr std::size_t kShownNoiseBytes = 120;
constexpr std::chrono::milliseconds kTickInterval{500};
constexpr int kMethodNotFound = -32601;

bool has_duplicate_members(const Document& document, NodeId object) {
  const auto members = document.members(object);
  return std::any_of(members.begin(), members.end(), [&](const auto& member) {
    return (document.node(member.first).flags & kNodeDuplicate) != 0;
  });
}

// A line that was meant as a message, though it cannot be read as one.
bool looks_like_message(std::string_view line) {
  return trim(line).starts_with('{') && line.find("\"jsonrpc\"") != std::string_view::npos;
}

// What a client without capabilities answers.
std::string answer_to(std::string_view method, std::string_view id) {
  std::string text = R"({"jsonrpc":"2.0","id":)";
  text.append(id);
  if (method == "ping") {
    return text + R"(,"result":{}})";
  }
  if (method == "roots/list") {
    return text + R"(,"result":{"roots":[]}})";
  }
  text.append(R"(,"error":{"code":)")
      .append(std::to_string(kMethodNotFound))
      .append(R"(,"message":)");
  append_json_string(text,
                     "this client does not offer `" + shorten(method, kShownNoiseBytes) + "`");
  return text + "}}";
}

}  // namespace

Session::Session(Channel& channel, Era era, const Clock& clock, const Limits& limits, Tick tick)
    : channel_(channel), era_(era), clock_(clock), limits_(limits), tick_(std::move(tick)) {}

std::uint64_t Session::post(std::string_view method, std::string_view params) {
  const std::uint64_t id = ++last_id_;
  std::string text = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":)";
  append_json_string(text, method);
  text.append(R"(,"params":)").append(params).append("}");
  // A server that does not read will not answer either; the wait says so.
  static_cast<void>(channel_.send(text));
  return id;
}

void Session::notify(std::string_view method) {
  std::string text = R"({"jsonrpc":"2.0","method":)";
  append_json_string(text, method);
  static_cast<void>(channel_.send(text + "}"));
}

Channel::Event Session::receive(Channel::TimePoint deadline, std::string& line) {
  for (;;) {
    const Channel::TimePoint now = clock_.steady();
    const Channel::Event event =
        channel_.receive(tick_ ? std::min(deadline, now + kTickInterval) : deadline, line);
    if (tick_) {
      tick_();
    }
    if (event != Channel::Event::kDeadline || clock_.steady() >= deadline) {
      return event;
    }
  }
}

Answer Session::await(std::span<const std::uint64_t> ids, Channel::TimePoint deadline) {
  std::string line;
  for (;;) {
    // A server that talks all the time must not keep us here.
    if (clock_.steady() >= deadline) {
      return {};
    }
    switch (receive(deadline, line)) {
      case Channel::Event::kLine: break;
      case Channel::Event::kDeadline: return {};
      case Channel::Event::kEnd:
        if (!trim(line).empty()) {
          count_noise(line);
        }
        return Answer{
            .kind = AnswerKind::kEnded, .id = 0, .document = {}, .node = kNoNode, .problem = {}};
      case Channel::Event::kLineTooLong:
        return broken("it sent a line that is longer than the limit").value;
      case Channel::Event::kTooMuch:
        return broken("it sent more than " + std::to_string(limits_.capture_bytes) + " bytes")
            .value;
    }
    Taken taken = take_line(line, ids);
    if (taken.answer) {
      return std::move(taken.value);
    }
  }
}

Session::Taken Session::broken(std::string problem) {
  Taken taken{.answer = true, .value = {}};
  taken.value.kind = AnswerKind::kBroken;
  taken.value.problem = std::move(problem);
  return taken;
}

void Session::count_noise(std::string_view line) {
  if (sightings_.noise_lines++ == 0) {
    sightings_.first_noise = shorten(line, kShownNoiseBytes);
  }
}

Session::Taken Session::take_line(const std::string& line, std::span<const std::uint64_t> ids) {
  if (trim(line).empty()) {
    return {};
  }
  if (line.starts_with("\xEF\xBB\xBF")) {
    sightings_.byte_order_mark = true;
  }
  auto document = parse_json(SourceText::copy_of("", line), JsonDialect::kStrict, limits_);
  if (!document) {
    if (!looks_like_message(line)) {
      count_noise(line);
      return {};
    }
    return broken("it sent a message that cannot be read: " + document.error().message + " (byte " +
                  std::to_string(document.error().where.offset) + " of the line)");
  }
  if (!document->is(document->root(), NodeKind::kArray)) {
    return take_message(*document, document->root(), ids);
  }
  // A batch: revision 2025-03-26 has them.
  const std::vector<NodeId> elements = document->elements(document->root());
  if (elements.empty()) {
    count_noise(line);
  }
  for (const NodeId element : elements) {
    sightings_.batch = sightings_.batch || document->is(element, NodeKind::kObject);
    Taken taken = take_message(*document, element, ids);
    if (taken.answer) {
      return taken;
    }
  }
  return {};
}

Session::Taken Session::take_message(Document& document, NodeId message,
                                     std::span<const std::uint64_t> ids) {
  const auto version = document.find(message, "jsonrpc", NodeKind::kString);
  if (!document.is(message, NodeKind::kObject) || !version || document.text(*version) != "2.0") {
    count_noise(document.raw(message));
    return {};
  }
  // Programs disagree about which of two equal members counts, so nobody can say what this message
  // says to a client.
  if (has_duplicate_members(document, message)) {
    return broken("it sent a message that has a member twice");
  }
  const auto id = document.find(message, "id");
  if (const auto method = document.find(message, "method", NodeKind::kString)) {
    if (id && !document.is(*id, NodeKind::kNull)) {
      take_request(document, document.text(*method), *id);
    }
    return {};
  }
  if (!id) {
    count_noise(document.raw(message));
    return {};
  }
  return take_answer(document, message, *id, ids);
}

Session::Taken Session::take_answer(Document& document, NodeId message, NodeId id,
                                    std::span<const std::uint64_t> ids) {
  const std::string_view text = document.raw(id);
  const auto asked = std::find_if(ids.begin(), ids.end(), [&](std::uint64_t candidate) {
    return std::to_string(candidate) == text;
  });
  if (asked == ids.end()) {
    ++sightings_.stray_answers;
    return {};
  }
  Taken taken{.answer = true, .value = {}};
  taken.value.id = *asked;
  if (const auto error = document.find(message, "error")) {
    taken.value.kind = AnswerKind::kError;
    taken.value.node = *error;
  } else if (const auto result = document.find(message, "result")) {
    taken.value.kind = AnswerKind::kResult;
    taken.value.node = *result;
    if (has_duplicate_members(document, *result)) {
      return broken("it sent a result that has a member twice");
    }
  } else {
    return broken("it sent an answer with neither a result nor an error");
  }
  taken.value.document = std::move(document);
  return taken;
}

void Session::take_request(const Document& document, std::string_view method, NodeId id) {
  if (sightings_.requests.size() < kMaxRequestMethods) {
    sightings_.requests.insert(shorten(method, kShownNoiseBytes));
  }
  if (era_ == Era::kModern) {
    return;
  }  // a modern client must not write answers
  if (answered_requests_ >= kMaxAnsweredRequests) {
    sightings_.unanswered = true;
    return;
  }
  ++answered_requests_;
  static_cast<void>(channel_.send(answer_to(method, document.raw(id))));
}

}  // namespace merlon
