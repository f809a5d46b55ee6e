#include "mcp/recording_reader.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/memory_sink.h"
#include "support/sample_recording.h"

namespace merlon {
namespace {

using test::line_of;
using test::replaced_once;
using test::sample_recording;
using test::with_line;

Result<RecordingReader> opened(const std::string& text, const RecordingLimits& limits = {}) {
  return RecordingReader::open(SourceText::copy_of("s.jsonl", text), limits);
}

struct WholeRecording {
  std::vector<RecordedLine> lines;
  std::vector<std::string> errors;  ///< line:column: error[code]: message
  std::optional<std::uint32_t> cut_off;
  bool complete{false};
};

std::string placed_error(const Error& error) {
  const std::string text = render(error);
  return text.substr(0, text.find('\n'));
}

WholeRecording read_all(const std::string& text, const RecordingLimits& limits = {}) {
  WholeRecording out;
  auto reader = opened(text, limits);
  if (!reader) {
    out.errors.push_back(placed_error(reader.error()));
    return out;
  }
  for (;;) {
    auto line = reader->next();
    if (!line) {
      out.errors.push_back(placed_error(line.error()));
    } else if (*line) {
      out.lines.push_back(std::move(**line));
    } else {
      break;
    }
  }
  if (reader->cut_off()) {
    out.cut_off = reader->cut_off()->line;
  }
  out.complete = reader->complete();
  return out;
}

using Errors = std::vector<std::string>;

bool same_facts(const Facts& a, const Facts& b) {
  return a.answers == b.answers && a.late_guards == b.late_guards && a.grants == b.grants &&
         a.group == b.group;
}

/// One change of a line, and the place and text of the error that it gives.
struct Fault {
  std::size_t line{0};
  std::string from;
  std::string to;
  std::string at;  ///< the error stands where this begins in the changed line
  std::string error;
};

void check_fault(const Fault& fault, std::size_t lines_left) {
  CAPTURE(fault.from);
  CAPTURE(fault.to);
  const std::string text = sample_recording();
  const std::string line = replaced_once(line_of(text, fault.line), fault.from, fault.to);
  const std::size_t column = line.find(fault.at);
  REQUIRE(column != std::string::npos);
  const WholeRecording all = read_all(with_line(text, fault.line, line));
  REQUIRE(all.errors.size() == 1);
  CHECK(all.errors.front() == "s.jsonl:" + std::to_string(fault.line) + ":" +
                                  std::to_string(column + 1) + ": error" + fault.error);
  CHECK(all.lines.size() == lines_left);
  CHECK_FALSE(all.complete);
}

}  // namespace

TEST_CASE("recording reader: every kind of line comes back as it was written") {
  const std::string text = sample_recording();
  const auto reader = opened(text);
  REQUIRE(reader.has_value());
  CHECK(reader->header() == test::sample_header());
  const WholeRecording all = read_all(text);
  CHECK(all.errors == Errors{});
  CHECK(all.complete);
  CHECK(all.cut_off == std::nullopt);
  REQUIRE(all.lines.size() == 6);
  const auto& event = std::get<RecordedEvent>(all.lines[0]);
  const Event written = test::sample_event(1);
  CHECK(event.event.sequence == 1);
  CHECK(event.event.time_ms == written.time_ms);
  CHECK(event.event.origin == EventOrigin::kPeer);
  CHECK(event.event.message.bytes() == written.message.bytes());
  CHECK(event.event.message.method == "tools/call");
  CHECK(same_facts(event.event.facts, written.facts));
  CHECK(event.decision == R"({"verdict":"allow"})");
  CHECK(event.sending == RecordedSending{RecordedAction::kForward, Direction::kToServer, ""});
  CHECK(event.reproducible());
  const auto& answered = std::get<RecordedEvent>(all.lines[1]);
  CHECK(answered.event.origin == EventOrigin::kProxy);
  CHECK(answered.sending ==
        RecordedSending{RecordedAction::kAnswer, Direction::kToClient, " {\"id\":1.0}"});
  const auto& unreadable = std::get<RecordedUnreadable>(all.lines[2]);
  CHECK(unreadable.bytes == test::sample_unreadable().bytes);
  CHECK(unreadable.size == 2);
  CHECK(unreadable.refusal.code == ErrorCode::kSyntax);
  CHECK(unreadable.refusal.message == "byte 255 is not valid UTF-8 here");
  CHECK(unreadable.sending == test::sample_unreadable().sending);
  CHECK_FALSE(unreadable.masked);
  CHECK(std::get<RecordedReload>(all.lines[3]) == test::sample_reload());
  const auto& dropped = std::get<RecordedEvent>(all.lines[4]);
  CHECK(dropped.event.time_ms == -1);
  CHECK(dropped.event.message.direction == Direction::kToClient);
  CHECK(dropped.sending == RecordedSending{});
  CHECK(std::get<RecordingEnd>(all.lines[5]) == test::sample_end());
}

TEST_CASE("recording reader: what was masked is said") {
  const auto mask_all = [](std::string_view, std::string_view text, const SecretMark& mark) {
    return text == "a" ? std::optional<std::string>(mark(text)) : std::nullopt;
  };
  const WholeRecording all = read_all(sample_recording({.masker = mask_all, .key = "key"}));
  CHECK(all.errors == Errors{});
  const auto& event = std::get<RecordedEvent>(all.lines[0]);
  CHECK_FALSE(event.reproducible());
  CHECK(event.masked == std::vector<std::string>{"/message/params/name"});
  CHECK(std::get<RecordedEvent>(all.lines[4]).reproducible());
}

TEST_CASE("recording reader: cut anywhere, what is whole is read and the rest is named") {
  const std::string text = sample_recording();
  const std::size_t header = text.find('\n') + 1;
  for (std::size_t size = header; size < text.size(); ++size) {
    CAPTURE(size);
    const std::string cut = text.substr(0, size);
    const auto whole = static_cast<std::size_t>(std::count(cut.begin(), cut.end(), '\n'));
    const WholeRecording all = read_all(cut);
    REQUIRE(all.errors == Errors{});
    if (cut.back() == '\n') {
      CHECK(all.cut_off == std::nullopt);
      CHECK(all.lines.size() == whole - 1);
    } else if (size + 1 == text.size() || text[size] == '\n') {
      CHECK(all.lines.size() == whole);  // only the line feed is missing
    } else {
      CHECK(all.lines.size() == whole - 1);
      CHECK(all.cut_off == whole + 1);
    }
    CHECK(all.complete == (all.lines.size() == 6));
  }
}

TEST_CASE("recording reader: without a header there is no recording") {
  CHECK(read_all("").errors == Errors{"s.jsonl:1:1: error[format]: an empty file is no recording"});
  CHECK(read_all("{\"type\":\"rec").errors.front().starts_with("s.jsonl:1:"));
  CHECK(read_all("[1]\n").errors ==
        Errors{"s.jsonl:1:1: error[format]: a line of a recording must be an object"});
  CHECK(read_all(line_of(sample_recording(), 2) + "\n").errors ==
        Errors{"s.jsonl:1:1: error[format]: a recording begins with a line of the type "
               "`recording`"});
  CHECK(read_all("{\"type\":\"recording\",\"format\":2,\"new\":1}\n").errors ==
        Errors{"s.jsonl:1:30: error[format]: recording format `2`: this merlon reads format 1"});
}

TEST_CASE("recording reader: each wrong header has its place") {
  for (const Fault& fault : std::vector<Fault>{
           {1, "\"format\":1,", "", "{", "[format]: member `format` is missing"},
           {1, "\"format\":1", "\"format\":1.0", "1.0",
            "[format]: recording format `1.0`: this merlon reads format 1"},
           {1, "\"merlon\":\"0.1.0\"", "\"merlon\":[]", "[]", "[format]: a text must be an object"},
           {1, "\"user\":\"1000\"", "\"user\":\"1\",\"user\":\"2\"", "user\":\"2",
            "[format]: member `user` of the header is there twice"},
           {1, "\"group\"", "\"groups\"", "groups\"",
            "[format]: unknown member `groups` of the header"},
           {1, R"("kind":"attack")", R"("kind":"bad")", R"(bad")",
            "[format]: `kind` must be one of benign, attack"},
           {1, R"("kind":"attack")", R"("kind":"benign")", "[2,5]",
            "[format]: a benign session has no `attacker_calls`"},
           {1, "[2,5]", "[2,0]", "[2,0]", "[format]: a sequence number is a whole number from 1"},
           {1, "YW3pbGll", "YW3pbGl", "YW3pbGl", "[format]: this is not base64"},
           {1, "\"full\":true", "\"full\":1", "1,\"limits",
            "[format]: `full` must be true or false"},
           {1, "\"version\":3", "\"version\":-3", "-3,",
            "[format]: `version` must be a whole number from 0 to 2^64-1"},
           {1, "\"rules\":{\"version\":\"1\",", "\"rules\":{", "{\"digest\":\"rules",
            "[format]: member `version` is missing"},
           {1, "\"limits\":{", "\"limits\":{\"x\":0,", "x\":0",
            "[format]: unknown member `x` of `limits`"},
           {1, "\"limits\":{", "\"limits\":{\"x\\ny\":0,", "x\\ny\":0",
            "[format]: unknown member `x\\ny` of `limits`"},
           {1, "\"limits\":{", "\"limits\":{\"x\\ny\":0,", "x\\ny\":0",
            "[format]: unknown member `x\\ny` of `limits`"},
           {1, "\"pins\":\"{", "\"pins\":1,\"x\":\"{", "x\":\"{",
            "[format]: unknown member `x` of the header"},
           {1, "\"time_ms\":1800000000000", "\"time_ms\":1e3", "1e3",
            "[format]: `time_ms` must be a whole number from -2^63 to 2^63-1"},
       }) {
    check_fault(fault, 0);
  }
}

TEST_CASE("recording reader: each wrong line has its place, and the others are read") {
  for (const Fault& fault : std::vector<Fault>{
           {2, "\"type\":\"event\"", "\"type\":\"evert\"", "evert",
            "[format]: unknown type of line `evert`"},
           {2, "\"type\":\"event\",", "", "{",
            "[format]: a line of a recording must have a `type`"},
           {2, "\"sequence\":1,", "", "{", "[format]: member `sequence` is missing"},
           {2, "\"direction\":\"to-server\"", "\"direction\":\"up\"", "up",
            "[format]: `direction` must be one of to-server, to-client"},
           {2, "\"origin\":\"peer\"", "\"origin\":\"me\"", "me\"",
            "[format]: `origin` must be one of peer, proxy"},
           {2, "\"action\":\"forward\"", "\"action\":\"rewrite\"", "{",
            "[format]: member `to` is missing"},
           {2, "\"action\":\"forward\"", "\"action\":\"drop\",\"to\":\"to-client\"", "to-client",
            "[format]: `to` beside the action `drop`"},
           {2, "\"message_blanks\":[\" \",", "\"message_blanks\":[\"x\",", "[\"x\"",
            "[format]: `message_blanks` must be two strings of blanks"},
           {2, "\"legs\":5", "\"legs\":8", "8,\"lost", "[format]: `legs` must be bits from 0 to 7"},
           {2, "\"state\":\"timeout\"", "\"state\":\"late\"", "late\",\"values",
            "[format]: `state` must be one of known, absent, failed, timeout"},
           {2, "\"kind\":\"host\"", "\"kind\":\"hose\"", "hose",
            "[format]: `kind` must be one of path, host, hook, tool-list"},
           {2, "\"decision\":{\"verdict\":\"allow\"}", "\"decision\":\"allow\"", "allow",
            "[format]: `decision` must be an object"},
           {2, "\"method\":\"tools/call\"", "\"method\":\"\"", "\",\"params",
            "[protocol]: no message: `method` must be printable ASCII without blanks"},
           {2, "\"id\":9007199254740993", "\"id\":true", "true",
            "[protocol]: no message: the id must be a string or an integer"},
           {3, "\"sent\":{\"id\":1.0}", "\"sent\":\"%%\"", "%%",
            "[format]: `sent` is a string and not base64"},
           {4, "\"code\":\"syntax\"", "\"code\":\"sin\"", "sin\"",
            "[format]: `sin` is no code of an error"},
           {4, "\"bytes\":\"e/8=\"", "\"bytes\":\"e/8\"", "e/8", "[format]: `bytes` is not base64"},
           {4, "\"size\":2", "\"size\":2.5", "2.5",
            "[format]: `size` must be a whole number from 0 to 2^64-1"},
           {5, "\"files\":[", "\"files\":[],\"system\":[", "[],",
            "[format]: `files` must name at least the policy itself"},
           {6, "{\"type\"", "{type", "type", "[syntax]: expected a key in double quotes"},
           {6, "\"method\":\"x\"", "\"method\":\"\xFF\"", "\xFF",
            "[syntax]: byte 255 is not valid UTF-8 here"},
           {7, "\"reason\":\"server-closed\"", "\"reason\":\"tired\"", "tired",
            "[format]: `reason` must be one of client-closed, server-closed, interrupted, failed"},
           {7, "\"exit_status\":-9", "\"exit_status\":3000000000", "3000000000",
            "[format]: `exit_status` is no exit status"},
       }) {
    check_fault(fault, 5);
  }
}

TEST_CASE("recording reader: a gap is an error, and the event behind it is read") {
  const std::string text = sample_recording();
  const WholeRecording all = read_all(
      with_line(text, 3, replaced_once(line_of(text, 3), "\"sequence\":2", "\"sequence\":5")));
  CHECK(all.errors == Errors{"s.jsonl:3:1: error[format]: event 5 follows event 1",
                             "s.jsonl:6:1: error[format]: event 3 follows event 5"});
  CHECK(all.lines.size() == 6);
  CHECK_FALSE(all.complete);
}

TEST_CASE("recording reader: the end counts what came") {
  const std::string text = sample_recording();
  const WholeRecording all =
      read_all(with_line(text, 7, replaced_once(line_of(text, 7), "\"events\":3", "\"events\":4")));
  CHECK(all.errors == Errors{"s.jsonl:7:1: error[format]: the end counts 4 events, 1 unreadable "
                             "line and 1 reload; the file has 3, 1 and 1"});
  CHECK(all.lines.size() == 6);
  CHECK_FALSE(all.complete);
}

TEST_CASE(
    "recording reader: nothing comes after the end, no line is empty, no header comes twice") {
  const std::string text = sample_recording();
  const WholeRecording longer = read_all(text + line_of(text, 6) + "\n");
  CHECK(longer.errors == Errors{"s.jsonl:8:1: error[format]: a line after the end of the session"});
  CHECK(longer.lines.size() == 6);
  CHECK_FALSE(longer.complete);
  CHECK(read_all(with_line(text, 6, "")).errors ==
        Errors{"s.jsonl:6:1: error[syntax]: an empty line"});
  CHECK(read_all(with_line(text, 6, line_of(text, 1))).errors ==
        Errors{"s.jsonl:6:1: error[format]: a second header: one file holds one session"});
}

TEST_CASE("recording reader: lines, their bytes, depth and nodes are bounded") {
  const std::string text = sample_recording();
  CHECK(read_all(text, {.lines = 3}).errors ==
        Errors{"s.jsonl:4:1: error[limit]: more than 3 lines"});
  const std::size_t longest = line_of(text, 2).size();
  CHECK(read_all(text, {.line_bytes = longest}).errors == Errors{});
  CHECK(read_all(text, {.line_bytes = longest - 1}).errors.front() ==
        "s.jsonl:2:1: error[limit]: a line of " + std::to_string(longest) +
            " bytes is above the limit of " + std::to_string(longest - 1));
  CHECK(read_all(text, {.depth = 3}).errors.front().find("error[limit]") != std::string::npos);
  CHECK(read_all(text, {.nodes = 60}).errors.front().find("error[limit]") != std::string::npos);
  const std::string deep = with_line(text, 6, std::string(300, '[') + std::string(300, ']'));
  CHECK(read_all(deep).errors.front().find("s.jsonl:6:") == 0);
}

TEST_CASE(
    "recording reader: messages are read under the recorded limits, or ours where those are "
    "lower") {
  const std::string text = sample_recording();
  const std::string header =
      replaced_once(line_of(text, 1), "\"depth\":128", "\"depth\":4294967296000");
  const auto reader = opened(with_line(text, 1, header));
  REQUIRE(reader.has_value());
  CHECK(reader->header().limits == MessageLimits{.bytes = 16ULL << 20, .depth = 256});
  const std::string narrow = replaced_once(line_of(text, 1), "\"bytes\":16777216", "\"bytes\":40");
  CHECK(read_all(with_line(text, 1, narrow))
            .errors.front()
            .find("error[limit]: no message: a message of") != std::string::npos);
}

namespace {

/// The same lines with a blank in each, which is why none of them can be read quickly.
std::string spelled_slowly(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string line = text.substr(at, end - at);
    if (line.starts_with('{')) {
      line.insert(1, " ");
    }
    out += line;
    at = end;
  }
  return out;
}

std::string summary_of(const WholeRecording& read) {
  std::string out = read.complete ? "complete" : "open";
  for (const std::string& error : read.errors) {
    // Behind the file, the line and the column.
    out += "\nerror: " + error.substr(error.find("error["));
  }
  for (const RecordedLine& line : read.lines) {
    const auto* const event = std::get_if<RecordedEvent>(&line);
    out += event == nullptr ? "\nother"
                            : "\nevent " + std::to_string(event->event.sequence) + " " +
                                  std::string(event->event.message.bytes()) + " " +
                                  event->decision + " " + event->sending.bytes;
  }
  return out;
}

}  // namespace

TEST_CASE("recording reader: an event that is read quickly is the same as one that is not") {
  const std::string text = sample_recording();
  const std::size_t header = text.find('\n') + 1;
  CHECK(summary_of(read_all(text)) == summary_of(read_all(spelled_slowly(text))));
  // Whatever one byte of it becomes.
  std::size_t tried = 0;
  for (std::size_t at = header; at < text.size(); ++at) {
    std::string broken = text;
    broken[at] = R"(}"0)"[at % 3];
    const std::string quick = summary_of(read_all(broken));
    const std::string slow = summary_of(read_all(spelled_slowly(broken)));
    ++tried;
    if (quick != slow) {
      CAPTURE(at);
      CHECK(quick == slow);
    }
  }
  CHECK(tried > 1000);
}

TEST_CASE("recording reader: a second decision in a line is an error") {
  const std::string text = sample_recording();
  const std::string line = line_of(text, 2);
  const std::string decision = R"(,"decision":{"verdict":"allow"})";
  const std::string twice = line.substr(0, line.size() - 1) + decision + "}";
  const WholeRecording read = read_all(with_line(text, 2, twice));
  REQUIRE(!read.errors.empty());
  CHECK(read.errors[0].find("`decision` of an event is there twice") != std::string::npos);
}

}  // namespace merlon
