#include "base/process/processor_wait.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "base/process/unique_fd.h"

namespace merlon {

int current_thread_id() {
  thread_local const int id = ::gettid();
  return id;
}

std::chrono::nanoseconds processor_wait(int thread) {
  const std::string path = "/proc/self/task/" + std::to_string(thread) + "/schedstat";
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 128> bytes{};
  const ssize_t count = file.open() ? ::read(file.get(), bytes.data(), bytes.size()) : 0;
  if (count <= 0) {
    return {};
  }
  // Nanoseconds on a processor, nanoseconds ready without one, number of turns.
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) {
    return {};
  }
  std::int64_t waited = 0;
  const char* const from = text.data() + blank + 1;
  const auto end = std::from_chars(from, text.data() + text.size(), waited);
  return std::chrono::nanoseconds(end.ec == std::errc() && waited > 0 ? waited : 0);
}

}  // namespace merlon
