#include "confirm.h"

#include <cerrno>
#include <ostream>
#include <string>

#include <unistd.h>

#include "base/text.h"

namespace merlon::cli {

std::optional<bool> ask_person(Env& env, std::string_view question) {
  constexpr std::size_t kLongestAnswer = 1024;
  if (!env.err_is_terminal || ::isatty(STDIN_FILENO) != 1) {
    return std::nullopt;
  }
  env.out.flush();
  env.err << question << " [y/N] " << std::flush;
  std::string line;
  char c = 0;
  while (line.size() < kLongestAnswer) {
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0 || c == '\n') {
      break;
    }
    line.push_back(c);
  }
  const std::string answer = to_lower_ascii(trim(line));
  return answer == "y" || answer == "yes";
}

}  // namespace merlon::cli
