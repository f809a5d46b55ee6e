#pragma once
/// A folder for an audit log, and one for its keys.
#include <string>

#include "audit/audit_verifier.h"
#include "audit/audit_writer.h"
#include "support/temporary_folder.h"

namespace merlon::test {

/// Goes a millisecond on each time it is asked.
class TickingClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(
        std::chrono::milliseconds(1'800'000'000'000 + ++ticks_));
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return {}; }

 private:
  mutable std::int64_t ticks_{0};
};

struct AuditBench {
  TemporaryFolder place;
  TickingClock clock;

  [[nodiscard]] std::string folder() const { return place.path("audit"); }
  [[nodiscard]] std::string state() const { return place.path("state"); }
  [[nodiscard]] AuditWriterOptions options() const {
    return {.durability = AuditDurability::kNone,
            .merlon = "test",
            .clock = &clock,
            .background = false};
  }
  [[nodiscard]] Result<std::unique_ptr<AuditWriter>> open() const { return open(options()); }
  [[nodiscard]] Result<std::unique_ptr<AuditWriter>> open(AuditWriterOptions chosen) const {
    return AuditWriter::open({.folder = folder(), .state = state(), .origin = "example.com/log"},
                             std::move(chosen));
  }
  /// By the pin, as `audit-verify` does on the same machine.
  [[nodiscard]] AuditReport verify() const {
    AuditTrust trust;
    trust.pin = find_audit_pin(state(), folder()).value();
    return verify(trust);
  }
  [[nodiscard]] AuditReport verify(const AuditTrust& trust) const {
    const auto log = load_audit_log(folder());
    return verify_audit_log(log.value().view(), trust).value();
  }
};

/// A sealed log with a session of `calls` decisions and their outcomes.
inline void write_sample_log(const AuditBench& bench, int calls) {
  auto writer = bench.open().value();
  (void)writer->append("session-start", ",\"session\":\"s1\"", AuditSync::kNow);
  for (int i = 0; i < calls; ++i) {
    const std::string number = std::to_string(i);
    const auto of = writer->append(
        "decision", ",\"awaits\":true,\"session\":\"s1\",\"resource_id\":\"tool-" + number + "\"",
        AuditSync::kSoon);
    (void)writer->append("outcome", ",\"session\":\"s1\",\"of\":" + std::to_string(*of),
                         AuditSync::kSoon);
  }
  (void)writer->append("session-end", ",\"session\":\"s1\"", AuditSync::kNow);
  (void)writer->seal();
}

}  // namespace merlon::test
