#include "base/random.h"

#include <cerrno>
#include <system_error>

#include <sys/random.h>

namespace merlon {

Result<std::string> random_bytes(std::size_t count) {
  std::string out(count, '\0');
  std::size_t used = 0;
  while (used < count) {
    const ssize_t got = ::getrandom(out.data() + used, count - used, 0);
    if (got > 0) {
      used += static_cast<std::size_t>(got);
    } else if (got < 0 && errno != EINTR) {
      return fail(ErrorCode::kUnsupported,
                  "the system gives no random bytes: ", std::generic_category().message(errno));
    }
  }
  return out;
}

}  // namespace merlon
