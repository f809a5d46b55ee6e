#include "proxy/error_passage.h"

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
  out_.add({buffer.data(), static_cast<std::size_t>(got)});
  return true;
}

void ErrorPassage::pass_last(UniqueFd& from) {
  for (int i = 0; i < kLastReads && pass(from); ++i) {
  }
}

}  // namespace merlon
