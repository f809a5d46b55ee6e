#pragma once
/// What the proxy says to a client on its own account: that there is no server. Codes stand outside
/// of the ranges that JSON-RPC and MCP keep (-32768 to -32000); docs/errors.md.
#include <string>
#include <string_view>

namespace merlon {

inline constexpr int kServerGoneCode = -31020;
inline constexpr int kNotStartedCode = -31021;
inline constexpr int kNotRecordedCode = -31022;

/// The id as JSON, of Message::id_key().
[[nodiscard]] std::string id_of_key(std::string_view id_key);

/// `id` is JSON. The server ended, or closed its output, and cannot answer any more.
[[nodiscard]] std::string server_gone_answer(std::string_view id, std::string_view why);
/// The proxy could not start: its policy or its server could not be had.
[[nodiscard]] std::string not_started_answer(std::string_view id, std::string_view why);

/// What would have happened could not be written to the audit log, so it did not happen.
[[nodiscard]] std::string not_recorded_answer(std::string_view id);

}  // namespace merlon
