#pragma once
/// Finds out what guards need to know of the world, without holding up who asks.
///
///   FactFinder finder({.folder = folder_of_the_server, .home = home_of_the_server});
///   finder.ask(ticket, need);                        // never blocks
///   ... poll finder.ready_fd() for POLLIN ...
///   for (Answered& one : finder.take()) { ... one.fact goes into the event of one.ticket ... }
///
/// Every need that was asked is answered exactly once. Paths are looked up as NeedKind::kPath says
/// (path_resolver.h), hosts by the system's resolver (host_resolver.h); other kinds are answered
/// kFailed, for they are not found out here.
///
/// A look-up may hang for minutes (NFS, DNS), and nothing can end it. It runs on a thread of the
/// finder's own; a need that is not answered in its time, waiting in the queue included, is
/// answered kTimeout, and the thread is left to itself until the system lets it go. At most
/// `threads` work at once and at most `left` are left; when all that may be left are, a need that
/// finds no free thread is answered kFailed at once, and so is one that finds the queue full. The
/// destructor waits for nobody: what a left thread uses lives as long as the thread.
///
/// One thread at a time calls these members.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/event.h"

namespace merlon {

/// Answers one need; may take its time. Called from several threads at once.
using FactResolver = std::function<Fact(const Need& need)>;

struct FactFinderOptions {
  std::string folder;  ///< the working directory of the server's process, absolute
  std::string home;    ///< HOME as the server has it; empty: `~` is answered kFailed
  std::chrono::milliseconds path_time{100};
  std::chrono::milliseconds host_time{2000};
  std::size_t threads{4};  ///< that look up at once
  std::size_t left{8};     ///< that may hang beside them
  std::size_t queue{256};  ///< needs that wait for a thread
};

struct Answered {
  std::uint64_t ticket{0};
  Fact fact;
  friend bool operator==(const Answered&, const Answered&) = default;
};

class FactFinder {
 public:
  /// `resolver` stands in for the world in tests. `clock` must outlive the finder.
  explicit FactFinder(const FactFinderOptions& options, FactResolver resolver = {},
                      const Clock& clock = system_clock());
  FactFinder(const FactFinder&) = delete;
  FactFinder& operator=(const FactFinder&) = delete;
  ~FactFinder();

  /// Readable when `take` has something to give: an answer, or a need whose time is over.
  /// -1 when the system gave us no descriptors: then every need is answered kFailed, and `take`
  /// has the answer right after `ask`.
  [[nodiscard]] int ready_fd() const;

  /// `ticket` is the caller's; the same one may be used for several needs.
  void ask(std::uint64_t ticket, Need need);

  /// What has been answered since, in the order of the answers; may be nothing.
  [[nodiscard]] std::vector<Answered> take();

  /// Threads that were left and still hang.
  [[nodiscard]] std::size_t left_running() const;

 private:
  class Desk;
  std::shared_ptr<Desk> desk_;
};

}  // namespace merlon
