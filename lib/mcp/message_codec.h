#pragma once
/// From the bytes of one line to a Message. The strict gate of the proxy: what two parsers could
/// read in two ways is refused here, before any policy.
///
///   MERLON_TRY(const Message message, parse_message(line, Direction::kToServer, limits));
///
/// JSON-RPC 2.0 as MCP uses it (all revisions, 2024-11-05 to 2026-07-28).
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"
#include "model/message.h"

namespace merlon {

struct MessageLimits {
  std::uint64_t bytes{16ULL << 20};  ///< one message; docs/spec/messages.md
  std::uint32_t depth{128};
  std::uint64_t nodes{1'000'000};
  friend bool operator==(const MessageLimits&, const MessageLimits&) = default;
};

/// `kSyntax` for what is not one JSON value in UTF-8; `kLimit` above a limit; `kProtocol` for: no
/// object (a batch), a key of the envelope or of `params` that is there twice or spelled with an
/// escape, no `jsonrpc` "2.0", neither a method nor an answer or both, `result` beside `error`, an
/// id that is no string or integer (null is allowed in an error only), `params` that are no object,
/// a NUL or lone surrogate in a name, a request of the protocol without an id, a key of `params` or
/// `result` that decides what is done (`name`, `arguments`, `tools`, ...) in another case. The
/// error's place is in the message. Does not recurse; safe from many threads.
[[nodiscard]] Result<Message> parse_message(std::string bytes, Direction direction,
                                            const MessageLimits& limits);
/// The same of bytes that the caller keeps as well.
[[nodiscard]] Result<Message> parse_message(std::shared_ptr<const SourceText> source,
                                            Direction direction, const MessageLimits& limits);

}  // namespace merlon
