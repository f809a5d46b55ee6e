#pragma once
/// What every record of an audit log begins with: its number, its time, its type.
/// docs/spec/audit.md.
///
///   std::string line;
///   append_audit_head(line, {.seq = 7, .time_ms = now, .type = "seal"});
///   line += ",\"records\":8}";
///
/// Pure; safe from many threads.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

inline constexpr std::size_t kAuditTimeSize = 24;  ///< `2026-11-21T19:46:42.123Z`

struct AuditStamp {
  std::uint64_t seq{0};
  std::int64_t time_ms{0};
  std::string_view type;
};
/// `{"seq":7,"time":"...","type":"seal"`, without what follows.
void append_audit_head(std::string& out, const AuditStamp& stamp);
/// Milliseconds since 1970 as RFC 3339; held to the years 1970 to 9999, so that times compare as
/// texts.
[[nodiscard]] std::string audit_time(std::int64_t time_ms);

struct AuditHeadView {
  std::uint64_t seq{0};
  std::string_view time;
  std::string_view type;
};
/// Nothing for a line that does not begin so. Looks at the first bytes only.
[[nodiscard]] std::optional<AuditHeadView> parse_audit_head(std::string_view line);

}  // namespace merlon
