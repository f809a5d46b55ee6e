#pragma once
/// What a log of signatures vouches for: the time of its promise (Rekor v1), and that an entry is
/// in the tree which its checkpoint signs.
///
///   MERLON_TRY(const LogAnswer answer, check_log_inclusion(entry, log));
///   if (!answer.ok) { refuse(answer.why); }
#include <string>

#include "attest/sigstore_bundle.h"
#include "attest/sigstore_trusted_root.h"
#include "base/result.h"

namespace merlon {

struct LogAnswer {
  bool ok{false};
  std::string why;  ///< of a no
};

/// The signed entry timestamp: the log's word for the time. An Error when the log's key cannot be
/// used.
[[nodiscard]] Result<LogAnswer> check_log_promise(const LogEntry& entry, const TrustedLog& log);

/// The path from the entry to the root, and the checkpoint with that root under the log's key.
[[nodiscard]] Result<LogAnswer> check_log_inclusion(const LogEntry& entry, const TrustedLog& log);

/// How a log is named in reports: its URL, else its id.
[[nodiscard]] std::string log_name(const TrustedLog& log);

}  // namespace merlon
