#include "audit/audit_line.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace merlon {
namespace {

constexpr std::string_view kSeqMark = "{\"seq\":";
constexpr std::string_view kTimeMark = ",\"time\":\"";
constexpr std::string_view kTypeMark = "\",\"type\":\"";
constexpr std::string_view kTimeShape = "0000-00-00T00:00:00.000Z";
constexpr std::size_t kMostTypeBytes = 32;
constexpr std::int64_t kLastTime = 253'402'300'799'999;  // the end of the year 9999

void put_digits(std::string& out, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = count; i > 0; --i) {
    out[at + i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

bool is_audit_time(std::string_view text) {
  for (std::size_t i = 0; i < kTimeShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kTimeShape[i] == '0' ? !digit : text[i] != kTimeShape[i]) {
      return false;
    }
  }
  return true;
}

bool take_mark(std::string_view& text, std::string_view mark) {
  if (!text.starts_with(mark)) {
    return false;
  }
  text.remove_prefix(mark.size());
  return true;
}

}  // namespace

std::string audit_time(std::int64_t time_ms) {
  using std::chrono::days;
  using std::chrono::milliseconds;
  time_ms = std::clamp<std::int64_t>(time_ms, 0, kLastTime);
  const milliseconds since(time_ms);
  const auto day = std::chrono::floor<days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const auto ms = static_cast<std::uint64_t>((since - day).count());
  std::string out(kTimeShape);
  put_digits(out, 0, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  put_digits(out, 5, static_cast<unsigned>(date.month()), 2);
  put_digits(out, 8, static_cast<unsigned>(date.day()), 2);
  put_digits(out, 11, ms / 3'600'000, 2);
  put_digits(out, 14, ms / 60'000 % 60, 2);
  put_digits(out, 17, ms / 1000 % 60, 2);
  put_digits(out, 20, ms % 1000, 3);
  return out;
}

void append_audit_head(std::string& out, const AuditStamp& stamp) {
  out.append(kSeqMark).append(std::to_string(stamp.seq));
  out.append(kTimeMark).append(audit_time(stamp.time_ms));
  out.append(kTypeMark).append(stamp.type).append("\"");
}

std::optional<AuditHeadView> parse_audit_head(std::string_view line) {
  AuditHeadView head;
  if (!take_mark(line, kSeqMark)) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), head.seq);
  const auto digits = static_cast<std::size_t>(end - line.data());
  if (error != std::errc() || (line[0] == '0' && digits != 1)) {
    return std::nullopt;
  }
  line.remove_prefix(digits);
  if (!take_mark(line, kTimeMark) || line.size() < kAuditTimeSize) {
    return std::nullopt;
  }
  head.time = line.substr(0, kAuditTimeSize);
  line.remove_prefix(kAuditTimeSize);
  if (!is_audit_time(head.time) || !take_mark(line, kTypeMark)) {
    return std::nullopt;
  }
  const std::size_t quote = line.substr(0, kMostTypeBytes + 1).find('"');
  if (quote == std::string_view::npos || quote == 0 || line.size() < quote + 2) {
    return std::nullopt;
  }
  head.type = line.substr(0, quote);
  return head;
}

}  // namespace merlon
