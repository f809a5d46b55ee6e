#include "proxy/path_resolver.h"

#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/percent_decode.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPasswordBytes = 65536;  // an entry of the user database

/// `file:///x%20y` as `/x y`; nothing for other texts.
std::optional<std::string> path_of_file_url(std::string_view text) {
  constexpr std::string_view kScheme = "file:";
  if (!equals_ignoring_case(text.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  text.remove_prefix(kScheme.size());
  if (text.starts_with("//")) {
    const std::size_t path = text.find('/', 2);
    text = path == std::string_view::npos ? std::string_view("/") : text.substr(path);
  }
  text = text.substr(0, text.find_first_of("?#"));
  return percent_decode(text);
}

/// Of the user database; nothing when there is no such user.
std::optional<std::string> home_of_user(const std::string& name) {
  std::vector<char> buffer(4096);
  passwd entry{};
  passwd* found = nullptr;
  int error = ERANGE;
  while (error == ERANGE && buffer.size() <= kMostPasswordBytes) {
    error = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    buffer.resize(error == ERANGE ? buffer.size() * 2 : buffer.size());
  }
  if (error != 0 || found == nullptr || entry.pw_dir == nullptr) {
    return std::nullopt;
  }
  return std::string(entry.pw_dir);
}

/// The text with its beginning made absolute; nothing when that is not known.
std::optional<std::string> absolute_text(std::string_view text, const PathWorld& world) {
  if (text.starts_with('/')) {
    return std::string(text);
  }
  if (text.starts_with('~')) {
    const std::size_t slash = text.find('/');
    const std::string name(text.substr(1, slash == std::string_view::npos ? slash : slash - 1));
    const auto home = name.empty() ? world.home : home_of_user(name);
    if (home && !home->starts_with('/')) {
      return std::nullopt;
    }
    if (home) {
      return *home + "/" +
             std::string(text.substr(slash == std::string_view::npos ? text.size() : slash));
    }
  }
  if (!world.folder.starts_with('/')) {
    return std::nullopt;
  }
  return world.folder + "/" + std::string(text);
}

/// Takes the steps of one path.
class PathWalk {
 public:
  /// False when it could not be found out where the steps lead.
  bool take(std::string_view path) {
    push(path);
    while (!steps_.empty()) {
      const std::string step = std::move(steps_.back());
      steps_.pop_back();
      if (++taken_ > kMostPathSteps || !take_step(step)) {
        return false;
      }
    }
    return true;
  }
  /// Absolute; "/" for the root.
  [[nodiscard]] std::string where() const { return at_.empty() ? "/" : at_; }

 private:
  /// The steps of `path` come next.
  void push(std::string_view path) {
    std::vector<std::string_view> parts = split(path, '/');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if (!part->empty() && *part != ".") {
        steps_.emplace_back(*part);
      }
    }
  }

  bool take_step(const std::string& step) {
    if (step == "..") {
      at_.resize(at_.empty() ? 0 : at_.rfind('/'));
      missing_ -= missing_ > 0 ? 1U : 0U;
      return true;
    }
    std::string next = at_ + "/" + step;
    if (missing_ > 0) {
      ++missing_;
      at_ = std::move(next);
      return true;
    }
    if (next == "/proc/self" || next == "/proc/thread-self") {
      return false;
    }
    struct stat status{};
    if (::lstat(next.c_str(), &status) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) {
        return false;
      }
      missing_ = 1;
    } else if (S_ISLNK(status.st_mode)) {
      return follow(next);
    }
    at_ = std::move(next);
    return true;
  }

  /// The target's steps come before those that are left; they start at the link's folder.
  bool follow(const std::string& link) {
    std::array<char, kMostPathBytes> target{};
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    if (size <= 0 || std::cmp_equal(size, target.size()) || ++links_ > kMostPathLinks) {
      return false;
    }
    const std::string_view text(target.data(), static_cast<std::size_t>(size));
    if (text.starts_with('/')) {
      at_.clear();
    }
    push(text);
    return steps_.size() <= kMostPathSteps;
  }

  std::string at_;                  ///< where we are, without a slash at the end: real so far
  std::vector<std::string> steps_;  ///< to be taken, the next one last
  std::size_t taken_{0};
  std::size_t links_{0};
  std::size_t missing_{0};  ///< parts at the end of `at_` that do not exist
};

}  // namespace

Fact resolve_path(const std::string& what, const PathWorld& world) {
  Fact fact{
      .need = {.kind = NeedKind::kPath, .what = what}, .state = FactState::kFailed, .values = {}};
  if (what.size() > kMostPathBytes) {
    return fact;
  }
  const std::string text = path_of_file_url(what).value_or(what);
  if (text.find('\0') != std::string::npos) {
    fact.state = FactState::kAbsent;
    return fact;
  }
  const auto path = absolute_text(text, world);
  if (PathWalk walk; path && walk.take(*path)) {
    fact.state = FactState::kKnown;
    fact.values.push_back(walk.where());
  }
  return fact;
}

}  // namespace merlon
