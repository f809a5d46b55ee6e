#pragma once
/// Tells when one of some files may say something else: inotify on the folders they are in, since
/// editors write a new file and rename it. What changes quickly is told once: when it has been
/// quiet for kQuiet, at the latest after kMostDelay.
///
///   PolicyWatch watch(clock);
///   watch.follow({"/etc/merlon/policy.toml", "team.toml"});
///   ... poll watch.fd(); when it is readable: watch.hear(); when watch.due() has come:
///   if (watch.take()) { ... read them again ... }
///
/// One thread at a time.
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/process/unique_fd.h"

namespace merlon {

class PolicyWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kQuiet{50};
  static constexpr std::chrono::milliseconds kMostDelay{200};

  explicit PolicyWatch(const Clock& clock) : clock_(clock) {}

  /// These files from now on, those behind links too. Where a folder is not there yet, the nearest
  /// one above it is looked at until it is.
  /// The same ones again change nothing; with others, or links that lead elsewhere, changes of just
  /// now may have been missed.
  void follow(const std::vector<std::string>& files);
  /// It is due as if something had changed: for what happened before it was followed.
  void suspect() { changed(); }

  /// False: this system does not tell, or no longer; SIGHUP is what is left.
  [[nodiscard]] bool works() const { return fd_.open(); }
  /// -1: nothing is followed.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Takes what the kernel says.
  void hear();
  [[nodiscard]] std::optional<TimePoint> due() const;
  /// True once when it is due.
  [[nodiscard]] bool take();

 private:
  struct Folder {
    std::set<std::string, std::less<>> names;  ///< of what is wanted in it
    bool any{false};                           ///< the folder that is wanted is not there yet
  };
  void start();
  void add_file(const std::string& path);
  void add_folder(const std::string& folder, std::string_view name, bool any);
  void changed();

  const Clock& clock_;
  UniqueFd fd_;
  std::vector<std::string> files_;
  std::vector<std::string> places_;  ///< the files, and what links among them lead to
  std::map<int, Folder> folders_;    ///< by watch descriptor
  std::optional<TimePoint> first_;
  std::optional<TimePoint> last_;
};

}  // namespace merlon
