// Recordings: every problem in words and at a place of the file; no line is lost or read twice;
// what was read is written again and comes back the same; events decide without an exception.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/document_invariants.h"
#include "guard/secret_masker.h"
#include "mcp/recording_reader.h"
#include "mcp/recording_writer.h"
#include "policy/policy_loader.h"
#include "policy/recorded_session.h"
#include "support/memory_sink.h"

namespace {

struct Lines {
  std::vector<merlon::RecordedLine> lines;
  std::size_t problems{0};
};

Lines read_lines(merlon::RecordingReader& reader, std::size_t most) {
  Lines out;
  for (std::size_t calls = 0;; ++calls) {
    // Each line is one answer, or a problem and an answer.
    if (calls > 2 * most + 1) {
      merlon::test::broken("a reader that does not end");
    }
    auto line = reader.next();
    if (!line) {
      merlon::test::check_error(line.error());
      if (line.error().where.line == 0) {
        merlon::test::broken("a problem without a place: " + line.error().message);
      }
      ++out.problems;
    } else if (*line) {
      out.lines.push_back(std::move(**line));
    } else {
      return out;
    }
  }
}

std::string write_again(const merlon::RecordingHeader& header, const Lines& lines,
                        merlon::RecordingOptions options) {
  std::string bytes;
  options.unreadable_bytes = 1ULL << 30;
  merlon::RecordingWriter writer(std::make_unique<merlon::test::MemorySink>(bytes),
                                 std::move(options));
  bool ok = writer.begin(header).has_value();
  for (const merlon::RecordedLine& line : lines.lines) {
    if (const auto* const event = std::get_if<merlon::RecordedEvent>(&line)) {
      const merlon::RecordedSending& sending = event->sending;
      ok = ok &&
           writer.event(event->event, event->decision, {sending.action, sending.to, sending.bytes})
               .has_value();
    } else if (const auto* const unreadable = std::get_if<merlon::RecordedUnreadable>(&line)) {
      ok = ok && writer.unreadable(*unreadable).has_value();
    } else if (const auto* const reload = std::get_if<merlon::RecordedReload>(&line)) {
      ok = ok && writer.reload(*reload).has_value();
    }
  }
  if (!ok || !writer.end({}).has_value()) {
    merlon::test::broken("a recording that was read cannot be written");
  }
  return bytes;
}

void check_same(const merlon::RecordedEvent& a, const merlon::RecordedEvent& b) {
  const merlon::Facts& x = a.event.facts;
  const merlon::Facts& y = b.event.facts;
  if (a.event.time_ms != b.event.time_ms || a.event.origin != b.event.origin ||
      a.event.message.bytes() != b.event.message.bytes() || x.answers != y.answers ||
      x.late_guards != y.late_guards || x.grants != y.grants || x.group != y.group ||
      a.decision != b.decision || a.sending != b.sending) {
    merlon::test::broken("an event that comes back as another one");
  }
}

/// A recording of what was read is read to the same values.
void check_round_trip(const merlon::RecordingHeader& header, const Lines& lines) {
  const std::string bytes = write_again(header, lines, {.full = true});
  auto reader = merlon::RecordingReader::open(merlon::SourceText::copy_of("again", bytes), {});
  if (!reader) {
    merlon::test::broken("a header that does not come back: " + reader.error().message);
  }
  const auto most = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  const Lines again = read_lines(*reader, most);
  std::size_t i = 0;
  for (const merlon::RecordedLine& line : lines.lines) {
    if (std::holds_alternative<merlon::RecordingEnd>(line)) {
      continue;
    }
    if (i >= again.lines.size() || again.lines[i].index() != line.index()) {
      merlon::test::broken("a line that does not come back");
    }
    if (const auto* const event = std::get_if<merlon::RecordedEvent>(&line)) {
      check_same(*event, std::get<merlon::RecordedEvent>(again.lines[i]));
    }
    ++i;
  }
}

/// Redacted ones are read as well, all lines of them.
void check_redacted(const merlon::RecordingHeader& header, const Lines& lines) {
  static const merlon::TextMasker kMasker = merlon::make_secret_masker();
  const std::string bytes =
      write_again(header, lines, {.masker = kMasker, .key = std::string(32, 'k')});
  auto reader = merlon::RecordingReader::open(merlon::SourceText::copy_of("redacted", bytes), {});
  const auto most = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  if (!reader || read_lines(*reader, most).lines.size() + 1 != most) {
    merlon::test::broken("a redacted recording that cannot be read");
  }
}

std::shared_ptr<const merlon::CompiledPolicy> fuzzed_policy() {
  auto policy = merlon::parse_policy(
      merlon::SourceText::copy_of("p.toml",
                                  "format = 1\nname = \"p\"\n[[guard]]\ntype = \"tool-list\"\n"
                                  "[[guard]]\ntype = \"anomalies\"\n[[guard]]\ntype = "
                                  "\"protocol\"\n[[guard]]\ntype = \"output-filter\"\n"),
      {});
  return *merlon::compile_policy(*std::move(policy), {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto reader = merlon::RecordingReader::open(merlon::SourceText::copy_of("s.jsonl", text), {});
  if (!reader) {
    merlon::test::check_error(reader.error());
    return 0;
  }
  const auto most = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const merlon::RecordingHeader header = reader->header();
  Lines lines = read_lines(*reader, most);
  if (lines.lines.size() > most || (reader->complete() && lines.problems != 0)) {
    merlon::test::broken("more lines than there are, or complete in spite of problems");
  }
  check_round_trip(header, lines);
  check_redacted(header, lines);
  static const auto kPolicy = fuzzed_policy();
  merlon::RecordedSession session(kPolicy, header);
  for (merlon::RecordedLine& line : lines.lines) {
    if (auto* const event = std::get_if<merlon::RecordedEvent>(&line)) {
      (void)session.play(std::move(*event));
    } else if (const auto* const unreadable = std::get_if<merlon::RecordedUnreadable>(&line)) {
      (void)session.play(*unreadable);
    }
  }
  return 0;
}
