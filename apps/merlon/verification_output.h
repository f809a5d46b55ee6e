#pragma once
/// How a verification is shown: one line a step in text, one object in JSON.
#include <span>

#include "base/json/json_writer.h"
#include "env.h"
#include "model/verification.h"

namespace merlon::cli {

/// `ok    name: text` or `FAIL  name: text` for each, then `verified` or `not verified`.
void write_steps_text(Env& env, std::span<const VerificationStep> steps, bool verified);
/// `"verified": ..., "steps": [...]` into an object that is open.
void write_steps_json(JsonWriter& json, std::span<const VerificationStep> steps, bool verified);

}  // namespace merlon::cli
