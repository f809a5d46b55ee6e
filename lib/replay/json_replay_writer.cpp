#include <utility>

#include "replay/replay_writer.h"
#include "replay/session_json.h"

namespace merlon {
namespace {

/// One document, one line for each session.
class JsonReplayWriter final : public ReplayWriter {
 public:
  std::string begin() override { return "{\"type\":\"replay\",\"format\":1,\"sessions\":["; }
  std::string session(const SessionReplay& session) override {
    JsonWriter json;
    write_session(json, session);
    return (std::exchange(first_, false) ? "\n" : ",\n") + std::move(json).take();
  }
  std::string end(const ReplaySummary& summary) override {
    JsonWriter json;
    write_summary(json, summary);
    return "\n],\"summary\":" + std::move(json).take() + "}\n";
  }

 private:
  bool first_{true};
};

}  // namespace

std::unique_ptr<ReplayWriter> make_json_replay_writer(const ReplayDemands& /*demands*/) {
  return std::make_unique<JsonReplayWriter>();
}

}  // namespace merlon
