#pragma once
/// Why something could not be found out. An Error is never a verdict: what a scan says about
/// someone else's file is a Finding, what a policy says about a message is a Decision.
#include <string>
#include <string_view>
#include <vector>

#include "base/location.h"

namespace merlon {

/// What kind of thing went wrong. Each code has a row in docs/errors.md; `to_string` gives the word
/// users see in `error[word]`.
enum class ErrorCode {
  kUsage,        ///< wrong command line
  kIo,           ///< a file or stream could not be read or written
  kNotFound,     ///< a file, server, revision or rule that was named does not exist
  kSyntax,       ///< the bytes are not valid JSON, TOML, YAML, UTF-8, zip ...
  kFormat,       ///< valid syntax, but not a document of the expected shape
  kLimit,        ///< a documented limit on size, depth, count or time was reached
  kBadRule,      ///< a rule or rule pack is wrong
  kBadPolicy,    ///< a policy is wrong
  kBadConfig,    ///< a merlon.toml, baseline or lock is wrong
  kProcess,      ///< a child process could not be started, or failed
  kProtocol,     ///< a peer broke the protocol
  kUnsupported,  ///< this build or kernel cannot do it
  kInternal,     ///< a bug in merlon
};

[[nodiscard]] std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code{ErrorCode::kInternal};
  /// Lower case, no period, user input in backticks, no line break. Never holds a secret.
  std::string message;
  /// Where in which file; `where.file` is empty when there is no place.
  Location where;
  /// Each is shown on its own line as `merlon: hint: ...`.
  std::vector<std::string> hints;
};

/// `file:line:col: error[code]: message`, the source line with a caret where known, then the hints.
/// Ends in a line feed. Control characters of user input are escaped.
[[nodiscard]] std::string render(const Error& error);

}  // namespace merlon
