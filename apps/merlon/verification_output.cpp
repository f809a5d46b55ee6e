#include "verification_output.h"

#include <ostream>

#include "base/text.h"

namespace merlon::cli {

void write_steps_text(Env& env, std::span<const VerificationStep> steps, bool verified) {
  for (const VerificationStep& step : steps) {
    env.out << (step.ok ? "ok    " : "FAIL  ") << step.name << ": " << escape_for_display(step.text)
            << '\n';
  }
  env.out << (verified ? "verified\n" : "not verified\n");
}

void write_steps_json(JsonWriter& json, std::span<const VerificationStep> steps, bool verified) {
  json.field("verified", verified);
  json.key("steps").begin_array();
  for (const VerificationStep& step : steps) {
    json.begin_object();
    json.field("name", step.name).field("ok", step.ok).field("text", step.text);
    json.end_object();
  }
  json.end_array();
}

}  // namespace merlon::cli
