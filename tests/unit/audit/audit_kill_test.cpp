/// kill -9 at random moments while a process writes as fast as it can. What append() has answered
/// for is there afterwards, nothing that is there is wrong, and the log is gone on with.
///
/// MERLON_AUDIT_KILLS says how often (40).
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/audit_line.h"
#include "base/text.h"
#include "support/audit_places.h"

namespace merlon {
namespace {

using test::AuditBench;

constexpr std::uint64_t kKillsOfOneLog = 20;

std::uint64_t wanted_kills() {
  const char* const words = std::getenv("MERLON_AUDIT_KILLS");
  return words != nullptr ? parse_unsigned(words).value_or(40) : 40;
}

/// Appends until it is killed; each record's number goes into the pipe once it is acknowledged.
/// Every part of the work of a log happens often: segments close and go, checkpoints, epochs.
[[noreturn]] void write_until_killed(const AuditBench& bench, int pipe, unsigned seed) {
  AuditWriterOptions options = bench.options();
  options.durability = seed % 2 == 0 ? AuditDurability::kBatch : AuditDurability::kNone;
  options.segment_bytes = 40'000;
  options.keep_segments = seed % 3 == 0 ? 3 : 0;
  options.checkpoint_records = 300;
  auto writer = bench.open(options);
  if (!writer) {
    _exit(1);
  }
  for (std::uint64_t n = 1;; ++n) {
    const auto seq = (*writer)->append("x", ",\"n\":" + std::to_string(n), AuditSync::kSoon);
    if (!seq || ::write(pipe, &*seq, sizeof *seq) != sizeof *seq) {
      _exit(2);
    }
    if (n % 700 == 0 && !(*writer)->change_epoch()) {
      _exit(3);
    }
  }
}

/// When the writer is killed: after some milliseconds, while it opens the log as a rule, or when so
/// many records are acknowledged.
struct KillMoment {
  int wait_ms{0};
  std::uint64_t records{0};
};

/// The last number that came, or nothing. Ends at the end of the pipe.
std::optional<std::uint64_t> last_acknowledged(int pipe, KillMoment moment, ::pid_t child) {
  std::optional<std::uint64_t> last;
  std::array<std::uint64_t, 512> numbers{};
  std::uint64_t count = 0;
  for (bool killed = false;; --moment.wait_ms) {
    if (!killed && moment.wait_ms <= 0 && count >= moment.records) {
      (void)::kill(child, SIGKILL);
      killed = true;
    }
    ::pollfd ready{.fd = pipe, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, killed ? -1 : 1) <= 0) {
      continue;
    }
    const ssize_t got = ::read(pipe, numbers.data(), sizeof numbers);
    if (got <= 0) {
      return last;
    }
    // Writes of eight bytes to a pipe are whole or not there.
    const auto came = static_cast<std::size_t>(got) / sizeof(std::uint64_t);
    count += came;
    last = numbers[came - 1];
  }
}

/// False when the child ended by itself.
bool kill_once(const AuditBench& bench, unsigned seed, KillMoment moment,
               std::optional<std::uint64_t>& acknowledged) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(bench, ends[1], seed);
  }
  ::close(ends[1]);
  acknowledged = last_acknowledged(ends[0], moment, child);
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

std::uint64_t whole_records(const AuditBench& bench) {
  const auto segments = map_segments(bench.folder());
  if (!segments || segments->empty()) {
    return 0;
  }
  return segments->back().first + count_lines(segments->back().bytes.view());
}

TEST_CASE("audit writer: killed at any moment, nothing that was acknowledged is lost") {
  const std::uint64_t kills = wanted_kills();
  std::mt19937 chance(20261121);
  std::optional<AuditBench> bench;
  std::uint64_t records = 0;
  for (std::uint64_t round = 0; round < kills; ++round) {
    if (round % kKillsOfOneLog == 0) {
      bench.emplace();
    }
    CAPTURE(round);
    std::optional<std::uint64_t> acknowledged;
    const bool early = chance() % 4 == 0;
    const KillMoment moment{.wait_ms = early ? static_cast<int>(chance() % 12) : 0,
                            .records = early ? 0U : 1U + chance() % 1500};
    REQUIRE(kill_once(*bench, static_cast<unsigned>(chance()), moment, acknowledged));
    if (acknowledged) {
      CHECK(whole_records(*bench) > *acknowledged);
      records += 1;
    }
    // A log that was not even begun has no checkpoint; the next writer begins it.
    if (const auto log = load_audit_log(bench->folder()); log && log->view().checkpoint) {
      AuditTrust trust;
      trust.pin = find_audit_pin(bench->state(), bench->folder()).value();
      const auto report = verify_audit_log(log->view(), trust);
      REQUIRE_MESSAGE(report.has_value(), (report ? std::string() : render(report.error())));
      const bool sound =
          report->verdict == AuditVerdict::kOpen || report->verdict == AuditVerdict::kTorn;
      const std::string said = std::string(to_string(report->verdict)) + ": " + report->message;
      CHECK_MESSAGE(sound, said);
    }
  }
  CHECK(records > kills / 2);
  {
    auto writer = bench->open();
    REQUIRE_MESSAGE(writer.has_value(), (writer ? std::string() : render(writer.error())));
    REQUIRE((*writer)->seal().has_value());
  }
  CHECK(bench->verify().verdict == AuditVerdict::kSealed);
}

}  // namespace
}  // namespace merlon
