// A server that says any lines: `merlon capture` ends, and what it writes is JSON. Each line of the
// input is one answer; `$` in it stands for the id of the request that it answers.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "capture/client.h"
#include "capture/snapshot.h"
#include "fuzz/document_invariants.h"
#include "mcp/line_framer.h"
#include "unit/capture/scripted_channel.h"

namespace {

using merlon::test::broken;

std::string with_id(const std::string& line, const std::string& id) {
  std::string out;
  for (const char c : line) {
    if (c == '$') {
      out += id;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// Cut in two ways, a stream gives the same lines.
std::vector<std::string> lines_of(const std::string& bytes, std::size_t step) {
  merlon::LineFramer framer(4096);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    framer.append(std::string_view(bytes).substr(at, step));
    std::string line;
    auto next = framer.next(line);
    for (; next == merlon::LineFramer::Next::kLine; next = framer.next(line)) {
      lines.push_back(line);
    }
    if (next != merlon::LineFramer::Next::kNeedMore) {
      lines.emplace_back("<bound>");
      break;
    }
  }
  return lines;
}

void check_capture(const std::vector<std::string>& lines) {
  merlon::test::WaitingClock clock;
  std::size_t next = 0;
  merlon::test::ScriptedConnector connector(clock, [&](const std::string& request) {
    // Two lines a request: what is not an answer is noise before the next one.
    std::vector<std::string> answers;
    for (int i = 0; i < 2 && next < lines.size(); ++i) {
      answers.push_back(with_id(lines[next++], merlon::test::id_of(request)));
    }
    return answers;
  });
  merlon::CaptureOptions options;
  options.pages = 20;
  options.limits.json_nodes = 10'000;
  const merlon::CaptureOutcome outcome = merlon::capture_server(connector, options, clock);
  for (const auto& record : connector.records) {
    if (!record->closed) {
      broken("a server was left running");
    }
  }
  if (outcome.failure) {
    merlon::test::check_error(*outcome.failure);
    return;
  }
  merlon::Snapshot snapshot;
  snapshot.eras = outcome.eras;
  snapshot.notes = outcome.notes;
  const std::string text = merlon::write_snapshot(snapshot, options.limits);
  const auto again =
      merlon::parse_json(merlon::SourceText::copy_of("s", text), merlon::JsonDialect::kStrict, {});
  if (!again) {
    broken("a snapshot that is no JSON: " + merlon::render(again.error()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> lines = lines_of(bytes, 4096);
  if (size < 4096 && lines != lines_of(bytes, 1)) {
    broken("the lines depend on how the stream comes");
  }
  check_capture(lines);
  return 0;
}
