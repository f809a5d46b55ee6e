#pragma once
/// What an approval is for: one digest over the server, the tool as it was defined, and the message
/// as it will be sent. docs/spec/approvals.md, "What is bound".
///
///   MERLON_TRY(const CallBinding call, CallBinding::of(subject, message_as_it_will_be_sent));
///   call.digest();                                  // of exactly this call
///   MERLON_TRY(auto loose, call.digest_without(vary));  // of all calls that differ there only
///
/// Not bound: the id, which is another one when a client repeats a call, and the progress token,
/// which clients derive from it. Pure.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/message.h"

namespace merlon {

/// Who is asked to do it, by what the session knows and not by what the message says.
struct CallSubject {
  std::string server;      ///< configured name
  std::string launch;      ///< digest of the launch command
  std::string item;        ///< the tool, prompt or resource
  std::string definition;  ///< digest of the newest definition of the tool; empty: none known
  std::string shown;       ///< the same of the one that the client was last sent
  friend bool operator==(const CallSubject&, const CallSubject&) = default;
};

class CallBinding {
 public:
  /// `kFormat` for a message that has no canonical form.
  [[nodiscard]] static Result<CallBinding> of(CallSubject subject, const Message& message);

  /// Hex sha256.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  /// The same with `null` in place of these members of `arguments`. `vary` are RFC 6901 pointers
  /// from `arguments` on; `kFormat` for one that leads nowhere, or to all of the arguments.
  /// `kLimit` above kMostVaried bytes.
  [[nodiscard]] Result<std::string> digest_without(std::span<const std::string> vary) const;

  static constexpr std::size_t kMostVaried = std::size_t{256} << 10U;

 private:
  CallBinding() = default;

  CallSubject subject_;
  std::string method_;
  Direction direction_{Direction::kToServer};
  std::string body_;  ///< params, result or error, RFC 8785; empty above kMostVaried
  std::string digest_;
};

}  // namespace merlon
