#include <utility>

#include "replay/replay_writer.h"
#include "replay/session_json.h"

namespace merlon {
namespace {

/// One line for each session and nothing else, so that parts put one behind the other are the
/// whole.
class NdjsonReplayWriter final : public ReplayWriter {
 public:
  std::string begin() override { return {}; }
  std::string session(const SessionReplay& session) override {
    JsonWriter json;
    write_session(json, session);
    return std::move(json).take() + '\n';
  }
  std::string end(const ReplaySummary& /*summary*/) override { return {}; }
};

}  // namespace

std::unique_ptr<ReplayWriter> make_ndjson_replay_writer(const ReplayDemands& /*demands*/) {
  return std::make_unique<NdjsonReplayWriter>();
}

}  // namespace merlon
