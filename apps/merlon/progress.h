#pragma once
/// One line on a terminal's stderr that says how far long work is; gone when the work is done.
///
///   Progress progress(env, "scanning");
///   progress.update(12, 400, "servers/a.json");   // from any thread, as often as you like
///
/// Nothing is shown in the first second, nor when stderr is no terminal.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "env.h"

namespace merlon::cli {

class Progress {
 public:
  Progress(Env& env, std::string_view doing);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Restores the line.
  ~Progress();

  /// `total` 0: not known yet. Drawn at most ten times a second of the Env's clock. Thread-safe.
  void update(std::uint64_t done, std::uint64_t total, std::string_view item);
  /// Empties the line, so that something else may be printed. Thread-safe.
  void clear();

 private:
  using Ticks = std::chrono::steady_clock::rep;

  [[nodiscard]] Ticks now() const;
  void draw(std::string_view line);

  Env& env_;
  std::string doing_;
  std::atomic<Ticks> next_;
  std::mutex mutex_;
  std::size_t shown_{0};  ///< columns that the line on the terminal takes
};

}  // namespace merlon::cli
