#include "proxy/error_passage.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <unistd.h>

namespace merlon {
namespace {

constexpr std::size_t kErrorRead = 64U << 10U;
/// Of a server that has ended, so much of its standard error is still passed on: 4 MiB.
constexpr int kLastReads = 64;

}  // namespace

bool ErrorPassage::pass(UniqueFd& from) {
  if (!from.open()) {
    return false;
  }
  std::array<char, kErrorRead> buffer{};
  const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
    return false;
  }
  if (got <= 0) {
    from.reset();
    add_rest();
    return false;
  }
  if (out_.queued() > bound_) {
    dropped_ += static_cast<std::uint64_t>(got);
    return true;
  }
  if (dropped_ > 0) {
    say(std::to_string(dropped_) +
        " bytes of the server's standard error were thrown away, for nobody read them");
    dropped_ = 0;
  }
  add({buffer.data(), static_cast<std::size_t>(got)});
  return true;
}

void ErrorPassage::add(std::string_view bytes) {
  if (redactor_ == nullptr) {
    out_.add(bytes);
    return;
  }
  part_ += bytes;
  std::size_t whole = part_.rfind('\n') + 1;
  if (whole == 0 && part_.size() > kLongestPart + redactor_->longest()) {
    // The end of it may be the beginning of a secret.
    redactor_->redact(part_);
    whole = part_.size() - std::min(part_.size(), redactor_->longest());
  }
  std::string ready = part_.substr(0, whole);
  part_.erase(0, whole);
  redactor_->redact(ready);
  out_.add(ready);
}

void ErrorPassage::add_rest() {
  if (redactor_ != nullptr && !part_.empty()) {
    redactor_->redact(part_);
    out_.add(part_);
    part_.clear();
  }
}

void ErrorPassage::pass_last(UniqueFd& from) {
  for (int i = 0; i < kLastReads && pass(from); ++i) {
  }
  add_rest();
}

}  // namespace merlon
