#pragma once
/// How a replay is written down: one writer per output format, fed session by session so that
/// nothing has to be kept.
///
///   std::unique_ptr<ReplayWriter> writer = find_replay_writer("json")->make(demands);
///   out << writer->begin();
///   for (...) { out << writer->session(replay); }
///   out << writer->end(summary);
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "replay/replay_summary.h"
#include "replay/replayed_session.h"

namespace merlon {

class ReplayWriter {
 public:
  ReplayWriter() = default;
  ReplayWriter(const ReplayWriter&) = delete;
  ReplayWriter& operator=(const ReplayWriter&) = delete;
  virtual ~ReplayWriter() = default;

  [[nodiscard]] virtual std::string begin() = 0;
  [[nodiscard]] virtual std::string session(const SessionReplay& session) = 0;
  [[nodiscard]] virtual std::string end(const ReplaySummary& summary) = 0;
};

/// One row per format.
struct ReplayWriterKind {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<ReplayWriter> (*make)(const ReplayDemands& demands);
};
[[nodiscard]] std::span<const ReplayWriterKind> replay_writer_kinds();
[[nodiscard]] const ReplayWriterKind* find_replay_writer(std::string_view name);

// One file <name>_replay_writer.cpp each.
[[nodiscard]] std::unique_ptr<ReplayWriter> make_text_replay_writer(const ReplayDemands& demands);
[[nodiscard]] std::unique_ptr<ReplayWriter> make_json_replay_writer(const ReplayDemands& demands);
[[nodiscard]] std::unique_ptr<ReplayWriter> make_ndjson_replay_writer(const ReplayDemands& demands);
[[nodiscard]] std::unique_ptr<ReplayWriter> make_junit_replay_writer(const ReplayDemands& demands);
[[nodiscard]] std::unique_ptr<ReplayWriter> make_markdown_replay_writer(
    const ReplayDemands& demands);

}  // namespace merlon
