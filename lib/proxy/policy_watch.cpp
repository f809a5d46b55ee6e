#include "proxy/policy_watch.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <tuple>
#include <utility>

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace merlon {
namespace {

constexpr std::uint32_t kWatchedEvents = IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE |
                                         IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF |
                                         IN_MOVE_SELF;
constexpr std::uint32_t kLostEvents = IN_Q_OVERFLOW | IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr int kMostFolders = 256;

std::pair<std::string, std::string> folder_and_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return {".", path};
  }
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

bool is_there(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0;
}

/// The files, and what links among them lead to.
std::vector<std::string> with_targets(const std::vector<std::string>& files) {
  std::vector<std::string> out = files;
  for (const std::string& file : files) {
    char* const real = ::realpath(file.c_str(), nullptr);
    const std::unique_ptr<char, decltype(&std::free)> owner(real, &std::free);
    if (real != nullptr && file != real) {
      out.emplace_back(real);
    }
  }
  return out;
}

}  // namespace

void PolicyWatch::follow(const std::vector<std::string>& files) {
  std::vector<std::string> places = with_targets(files);
  if (places == places_) {
    return;
  }
  const bool followed = fd_.open();
  files_ = files;
  places_ = std::move(places);
  start();
  if (followed) {
    changed();
  }
}

void PolicyWatch::start() {
  folders_.clear();
  fd_.reset(files_.empty() ? -1 : ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd_.open()) {
    return;
  }
  for (const std::string& place : places_) {
    add_file(place);
  }
}

void PolicyWatch::add_file(const std::string& path) {
  auto [folder, name] = folder_and_name(path);
  bool any = false;
  while (!is_there(folder) && folder != "/" && folder != ".") {
    std::tie(folder, name) = folder_and_name(folder);
    any = true;
  }
  add_folder(folder, name, any);
}

void PolicyWatch::add_folder(const std::string& folder, std::string_view name, bool any) {
  if (folders_.size() >= kMostFolders) {
    return;
  }
  const int watch = ::inotify_add_watch(fd_.get(), folder.c_str(), kWatchedEvents | IN_ONLYDIR);
  if (watch >= 0) {
    Folder& wanted = folders_[watch];
    wanted.names.emplace(name);
    wanted.any = wanted.any || any;
  }
}

void PolicyWatch::changed() {
  last_ = clock_.steady();
  first_ = first_.value_or(*last_);
}

void PolicyWatch::hear() {
  alignas(inotify_event) std::array<char, 16U << 10U> buffer{};
  bool lost = false;
  for (;;) {
    const ssize_t got = ::read(fd_.get(), buffer.data(), buffer.size());
    if (got <= 0) {
      break;
    }
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = buffer.data() + at + sizeof event;
      at += sizeof event + event.len;
      const auto folder = folders_.find(event.wd);
      const std::string_view text = event.len > 0 ? std::string_view(name) : std::string_view();
      // `..data` is how Kubernetes exchanges all files of a folder at once.
      const bool named = folder != folders_.end() &&
                         (folder->second.names.contains(text) || text.starts_with("..data"));
      lost = lost || (event.mask & kLostEvents) != 0 || (named && folder->second.any);
      if (named) {
        changed();
      }
    }
  }
  if (lost) {
    // Folders came or went: what is looked at is found anew.
    places_ = with_targets(files_);
    start();
    changed();
  }
}

std::optional<PolicyWatch::TimePoint> PolicyWatch::due() const {
  if (!first_ || !last_) {
    return std::nullopt;
  }
  return std::min<TimePoint>(*last_ + kQuiet, *first_ + kMostDelay);
}

bool PolicyWatch::take() {
  const auto when = due();
  if (!when || clock_.steady() < *when) {
    return false;
  }
  first_.reset();
  last_.reset();
  return true;
}

}  // namespace merlon
