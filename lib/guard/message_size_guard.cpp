// Bounds what either side may send, below the gate's own limit. docs/guards/message-size.md
#include <algorithm>
#include <array>

#include "guard/guard.h"
#include "guard/guard_functions.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 2> kSizeKeys{"max_bytes", "warn_bytes"};
/// Official clients stop reading at 10 MiB of one message (TypeScript SDK 1.30 and later).
constexpr std::uint64_t kClientBufferBytes = 10ULL << 20;
constexpr std::uint64_t kMostBytes = 1ULL << 30;

class MessageSizeGuard final : public ForgetfulGuard {
 public:
  MessageSizeGuard(std::uint64_t max_bytes, std::uint64_t warn_bytes)
      : max_bytes_(max_bytes), warn_bytes_(warn_bytes) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    const std::uint64_t size = input.message.bytes().size();
    if (size > max_bytes_) {
      return deny(reason("message-too-large", Severity::kMedium, size, max_bytes_,
                         "send less at once, or raise `max_bytes` of this guard"));
    }
    if (size > warn_bytes_) {
      return warn(reason("message-large", Severity::kLow, size, warn_bytes_,
                         "many clients close the connection at 10 MiB"));
    }
    return allow();
  }

 private:
  static Reason reason(std::string_view rule, Severity severity, std::uint64_t size,
                       std::uint64_t limit, std::string_view remedy) {
    Reason out;
    out.code = DenialCode::kProtocolViolation;
    out.rule_id = rule;
    out.severity = severity;
    out.message = "a message of " + std::to_string(size) + " bytes is above " +
                  std::to_string(limit) + " bytes";
    out.remedy = remedy;
    return out;
  }

  std::uint64_t max_bytes_;
  std::uint64_t warn_bytes_;
};

}  // namespace

std::unique_ptr<Guard> make_message_size_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kSizeKeys, "the configuration of `message-size`");
  const NumberRange range{.least = 1, .most = kMostBytes};
  const std::uint64_t most = reader.number(config.table, "max_bytes", range).value_or(16ULL << 20);
  const std::uint64_t warn =
      reader.number(config.table, "warn_bytes", range).value_or(std::min(most, kClientBufferBytes));
  if (warn > most) {
    reader.complain(*reader.field(config.table, "warn_bytes"), "`warn_bytes` is above `max_bytes`");
    return nullptr;
  }
  return std::make_unique<MessageSizeGuard>(most, warn);
}

}  // namespace merlon
