#pragma once
/// What a server writes to its standard error, on its way to ours; and what we say there ourselves.
/// Nobody waits for whoever reads it: what is above the bound is thrown away and counted.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/process/unique_fd.h"
#include "proxy/output_stream.h"
#include "proxy/secret_redactor.h"

namespace merlon {

class ErrorPassage {
 public:
  /// `number` is our standard error; `bound`: bytes that may wait there. With a redactor, a line is
  /// passed on when it is whole, or longer than kLongestPart.
  ErrorPassage(int number, std::size_t bound,
               std::shared_ptr<const SecretRedactor> redactor = nullptr)
      : out_(OutputStream::standard(number, OutputStream::After::kSame)),
        bound_(bound),
        redactor_(std::move(redactor)) {}

  /// Reads once. False when there is nothing to read now; at its end `from` is closed.
  [[nodiscard]] bool pass(UniqueFd& from);
  /// All that is there: what a server says last, a stack trace maybe, is what people need most.
  void pass_last(UniqueFd& from);
  /// One line of our own.
  void say(const std::string& text) { out_.add_line("merlon: " + text); }

  /// Who does not read any more is nobody we could tell.
  void flush() { static_cast<void>(out_.flush()); }
  [[nodiscard]] std::size_t queued() const { return out_.queued(); }
  [[nodiscard]] int fd() const { return out_.fd(); }

  static constexpr std::size_t kLongestPart = 64U << 10U;

 private:
  void add(std::string_view bytes);
  /// What waits for the end of its line.
  void add_rest();

  OutputStream out_;
  std::size_t bound_;
  std::uint64_t dropped_{0};
  std::shared_ptr<const SecretRedactor> redactor_;
  std::string part_;  ///< of a line
};

}  // namespace merlon
