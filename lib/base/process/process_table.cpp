#include "base/process/process_table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace merlon {
namespace {

constexpr std::size_t kStatBytes = 1024;
constexpr int kPagesField = 20;  ///< `rss`, counted from the parent

/// The number at `at`, and `at` behind it and its blank.
std::uint64_t take_stat_number(const char*& at) {
  if (*at == '-') {
    ++at;
  }
  std::uint64_t value = 0;
  for (; *at >= '0' && *at <= '9'; ++at) {
    value = (value * 10) + static_cast<std::uint64_t>(*at - '0');
  }
  if (*at == ' ') {
    ++at;
  }
  return value;
}

void write_stat_path(pid_t pid, std::array<char, 32>& path) {
  constexpr std::string_view kProc = "/proc/";
  constexpr std::string_view kStat = "/stat";
  char* at = std::copy(kProc.begin(), kProc.end(), path.data());
  std::array<char, 12> digits{};
  std::size_t count = 0;
  for (pid_t rest = pid; rest > 0; rest /= 10) {
    digits[count++] = static_cast<char>('0' + (rest % 10));
  }
  while (count > 0) {
    *at++ = digits[--count];
  }
  *std::copy(kStat.begin(), kStat.end(), at) = '\0';
}

}  // namespace

ProcessEntry read_process(pid_t pid) {
  std::array<char, 32> path{};
  write_stat_path(pid, path);
  const int fd = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return {};
  }
  std::array<char, kStatBytes> text{};
  const ssize_t got = ::read(fd, text.data(), text.size() - 1);
  ::close(fd);
  if (got <= 0) {
    return {};
  }
  // The name of the program stands in brackets there and may hold anything.
  const char* const bracket = std::strrchr(text.data(), ')');
  if (bracket == nullptr || std::strlen(bracket) < 5) {
    return {};
  }
  ProcessEntry out{
      .pid = pid, .parent = 0, .alive = bracket[2] != 'Z' && bracket[2] != 'X', .pages = 0};
  const char* at = bracket + 4;
  out.parent = static_cast<pid_t>(take_stat_number(at));
  for (int field = 1; field < kPagesField; ++field) {
    take_stat_number(at);
  }
  out.pages = take_stat_number(at);
  return out;
}

pid_t process_number(const char* name) {
  pid_t value = 0;
  for (; *name != '\0'; ++name) {
    if (*name < '0' || *name > '9') {
      return -1;
    }
    value = (value * 10) + (*name - '0');
  }
  return value;
}

}  // namespace merlon
