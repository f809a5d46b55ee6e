#include <algorithm>
#include <array>

#include "replay/replay_writer.h"

namespace merlon {
namespace {

constexpr std::array kReplayWriters{
    ReplayWriterKind{"json", "docs/spec/replay.md#json", make_json_replay_writer},
    ReplayWriterKind{"junit", "a test case for each session", make_junit_replay_writer},
    ReplayWriterKind{"markdown", "tables, for a pull request", make_markdown_replay_writer},
    ReplayWriterKind{"ndjson", "the sessions alone, one a line", make_ndjson_replay_writer},
    ReplayWriterKind{"text", "for people", make_text_replay_writer},
};

}  // namespace

std::span<const ReplayWriterKind> replay_writer_kinds() {
  return kReplayWriters;
}

const ReplayWriterKind* find_replay_writer(std::string_view name) {
  const auto* const found =
      std::find_if(kReplayWriters.begin(), kReplayWriters.end(),
                   [&](const ReplayWriterKind& kind) { return kind.name == name; });
  return found == kReplayWriters.end() ? nullptr : found;
}

}  // namespace merlon
