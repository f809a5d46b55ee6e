#pragma once
/// A session's replay as JSON: an element of the report's `sessions`, and a line of `--ndjson`.
#include "base/json/json_writer.h"
#include "replay/replay_summary.h"
#include "replay/replayed_session.h"

namespace merlon {

void write_session(JsonWriter& json, const SessionReplay& session);
void write_summary(JsonWriter& json, const ReplaySummary& summary);

}  // namespace merlon
