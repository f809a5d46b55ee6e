#include "base/out_of_reach.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

namespace merlon {
namespace {

constexpr int kMostLinks = 40;
constexpr std::size_t kMostParts = 4096;
constexpr std::size_t kLongestPath = 4096;

/// Another's, and closed. Who owns a thing can open it; in a folder like /tmp nobody can exchange
/// what is another's.
bool is_closed(const std::string& path, const struct stat& status) {
  if (status.st_uid == ::geteuid()) {
    return false;
  }
  const bool sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  return sticky || ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0;
}

void push_parts(std::vector<std::string>& open, std::string_view path) {
  const std::vector<std::string_view> parts = split(path, '/');
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!part->empty() && *part != ".") {
      open.emplace_back(*part);
    }
  }
}

std::string absolute_start(const std::string& path) {
  if (path.starts_with('/')) {
    return path;
  }
  std::array<char, kLongestPath> here{};
  return ::getcwd(here.data(), here.size()) == nullptr ? std::string()
                                                       : std::string(here.data()) + "/" + path;
}

/// The way to a file, one part after the other, links followed where they stand.
class WayTo {
 public:
  explicit WayTo(const std::string& path) { push_parts(open_, path); }

  [[nodiscard]] bool is_closed_everywhere() {
    struct stat root{};
    if (::stat("/", &root) != 0 || !is_closed("/", root)) {
      return false;
    }
    for (std::size_t steps = 0; !open_.empty(); ++steps) {
      if (steps > kMostParts || !step()) {
        return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool step() {
    const std::string part = std::move(open_.back());
    open_.pop_back();
    if (part == "..") {
      at_.resize(std::min(at_.rfind('/'), at_.size()));
      return true;
    }
    const std::string next = at_ + "/" + part;
    struct stat status{};
    if (::lstat(next.c_str(), &status) != 0) {
      return false;
    }
    if (S_ISLNK(status.st_mode)) {
      // What it says can be changed only by changing its folder, which has been looked at.
      return status.st_uid != ::geteuid() && follow(next);
    }
    at_ = next;
    return is_closed(next, status);
  }

  [[nodiscard]] bool follow(const std::string& link) {
    std::array<char, kLongestPath> target{};
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    if (size <= 0 || ++links_ > kMostLinks) {
      return false;
    }
    const std::string_view text(target.data(), static_cast<std::size_t>(size));
    if (text.starts_with('/')) {
      at_.clear();
    }
    push_parts(open_, text);
    return true;
  }

  std::string at_;
  std::vector<std::string> open_;  ///< what is left of the way, the next part last
  int links_{0};
};

}  // namespace

bool is_out_of_reach(const std::string& path) {
  const std::string start = absolute_start(path);
  return ::geteuid() != 0 && !start.empty() && WayTo(start).is_closed_everywhere();
}

}  // namespace merlon
