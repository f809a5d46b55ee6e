// What `merlon proxy` costs: a client of ours and an echo server of ours, directly, behind a bare
// relay, and behind the proxy, in blocks that take turns in one run. Prints what it measured and
// asserts nothing.
//
//   bench_proxy [--policy FILE] [--large-policy FILE] [--seconds N] MERLON
//
// The other programs stand beside this one.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kChunk = 1 << 20;
// The default policy lets 600 calls a minute and session pass.
constexpr int kCallsPerSession = 500;
constexpr int kBlock = 250;
// Fits into an empty pipe.
constexpr std::size_t kOneWrite = 32 * 1024;

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "bench_proxy: %s\n", what.c_str());
  std::exit(4);
}

// ---- messages ----

/// Words of everyday text, always the same ones: a run of one letter would be read faster than what
/// tools really say.
std::string prose(std::size_t bytes) {
  constexpr std::array<std::string_view, 24> kWords{
      "the",    "report", "of",     "this", "week",   "names", "three",  "open",
      "points", "and",    "where",  "they", "stand",  "in",    "tables", "that",
      "every",  "team",   "writes", "for",  "itself", "with",  "notes",  "below"};
  std::mt19937 random(7);
  std::string text;
  while (text.size() < bytes) {
    text.append(kWords[random() % kWords.size()]).append(random() % 12 == 0 ? ". " : " ");
  }
  text.resize(bytes);
  return text;
}

std::string ping(std::uint64_t id) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"ping"})" + '\n';
}

std::string call(std::uint64_t id, std::string_view text) {
  std::string line = R"({"jsonrpc":"2.0","id":)" + std::to_string(id);
  line.append(R"(,"method":"tools/call","params":{"name":"echo","arguments":{"message":")")
      .append(text);
  return line.append("\"}}}\n");
}

// ---- a session ----

/// A server behind some words, and the pipes to it.
class Session {
 public:
  explicit Session(const std::vector<std::string>& words) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
      give_up("no pipe");
    }
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      std::vector<char*> argv;
      for (const std::string& word : words) {
        argv.push_back(const_cast<char*>(
            word.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): execv wants it
      }
      argv.push_back(nullptr);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    chunk_.resize(kChunk);
    open();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    ::close(to_);
    ::close(from_);
    ::waitpid(child_, nullptr, 0);
  }

  [[nodiscard]] pid_t child() const { return child_; }
  [[nodiscard]] std::uint64_t next_id() { return ++id_; }
  [[nodiscard]] int calls() const { return calls_; }
  void count_call() { ++calls_; }

  /// One request and its whole answer, in microseconds.
  double round_trip(std::string_view line) {
    const auto begin = Clock::now();
    std::size_t answered = 0;
    exchange(line, [&](std::string_view bytes) {
      if (answered == 0) {
        begins_with_ = bytes.substr(0, 300);
      }
      answered += bytes.size();
      if (bytes.find("NOT_STARTED") != std::string_view::npos) {
        give_up("the proxy did not start");
      }
      return bytes.ends_with('\n');
    });
    last_answer_ = answered;
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
  }
  [[nodiscard]] std::size_t last_answer() const { return last_answer_; }
  /// How the last answer begins.
  [[nodiscard]] const std::string& begins_with() const { return begins_with_; }

  /// All of `lines` at once; the seconds until as many answers are there.
  double pipelined(std::string_view lines, std::size_t count) {
    const auto begin = Clock::now();
    std::size_t seen = 0;
    exchange(lines, [&](std::string_view bytes) {
      seen += static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
      return seen >= count;
    });
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

 private:
  void open() {
    round_trip(
        R"({"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}})"
        "\n");
    round_trip(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":\"l\",\"method\":\"tools/list\"}\n");
  }

  template <class Done>
  void exchange(std::string_view bytes, Done done) {
    // A small request is written whole without asking; more waits until both ends may move.
    if (bytes.size() <= kOneWrite) {
      write_some(bytes);
    }
    for (;;) {
      if (!bytes.empty()) {
        std::array<pollfd, 2> polled{pollfd{.fd = to_, .events = POLLOUT, .revents = 0},
                                     pollfd{.fd = from_, .events = POLLIN, .revents = 0}};
        ::poll(polled.data(), polled.size(), -1);
        if (polled[0].revents != 0) {
          set_blocking(false);
          write_some(bytes);
          set_blocking(true);
        }
        if (polled[1].revents == 0) {
          continue;
        }
      }
      const ssize_t count = ::read(from_, chunk_.data(), chunk_.size());
      if (count <= 0) {
        give_up("the session ended");
      }
      if (done(std::string_view(chunk_.data(), static_cast<std::size_t>(count)))) {
        return;
      }
    }
  }

  void write_some(std::string_view& bytes) const {
    const ssize_t count = ::write(to_, bytes.data(), bytes.size());
    if (count < 0 && errno != EAGAIN) {
      give_up("the session does not read");
    }
    bytes.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }

  void set_blocking(bool blocking) const {
    const int flags = ::fcntl(to_, F_GETFL);
    ::fcntl(to_, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
  }

  pid_t child_{-1};
  int to_{-1};
  int from_{-1};
  std::uint64_t id_{0};
  int calls_{0};
  std::size_t last_answer_{0};
  std::string begins_with_;
  std::string chunk_;
};

// ---- arrangements ----

struct Arrangement {
  std::string name;
  std::vector<std::string> words;
  std::unique_ptr<Session> session{};
  std::vector<double> times{};
};

double at(std::vector<double>& values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

using Arrangements = std::vector<Arrangement>;

void start(Arrangements& arrangements) {
  for (Arrangement& arrangement : arrangements) {
    arrangement.session = std::make_unique<Session>(arrangement.words);
    arrangement.times.clear();
  }
}

template <class Make>
void measure_latency(Arrangements& arrangements, std::string_view what, double seconds, bool calls,
                     Make make) {
  start(arrangements);
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::size_t bytes = 0;
  std::size_t answer = 0;
  for (bool first = true; Clock::now() < end || first; first = false) {
    for (Arrangement& arrangement : arrangements) {
      if (calls && arrangement.session->calls() >= kCallsPerSession) {
        arrangement.session.reset();
        arrangement.session = std::make_unique<Session>(arrangement.words);
      }
      for (int i = 0; i < kBlock; ++i) {
        const std::string line = make(arrangement.session->next_id());
        const double time = arrangement.session->round_trip(line);
        arrangement.session->count_call();
        bytes = line.size();
        answer = arrangement.session->last_answer();
        // The first turns warm caches and memory up.
        if (!first) {
          arrangement.times.push_back(time);
        }
      }
    }
  }
  std::printf("\n%.*s: request %zu bytes, answer %zu bytes\n", static_cast<int>(what.size()),
              what.data(), bytes, answer);
  std::printf("  %-10s %10s %10s %12s %12s %8s %10s\n", "", "p50 us", "p99 us", "added p50",
              "added p99", "ratio", "turns");
  const double p50 = at(arrangements.front().times, 0.5);
  const double p99 = at(arrangements.front().times, 0.99);
  for (Arrangement& arrangement : arrangements) {
    std::printf("  %-10s %10.1f %10.1f %12.1f %12.1f %8.2f %10zu\n", arrangement.name.c_str(),
                at(arrangement.times, 0.5), at(arrangement.times, 0.99),
                at(arrangement.times, 0.5) - p50, at(arrangement.times, 0.99) - p99,
                at(arrangement.times, 0.5) / p50, arrangement.times.size());
  }
}

void measure_pipeline(Arrangements& arrangements, double seconds) {
  constexpr std::size_t kCount = 20'000;
  start(arrangements);
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::size_t bytes = 0;
  for (bool first = true; Clock::now() < end || first; first = false) {
    for (Arrangement& arrangement : arrangements) {
      std::string lines;
      for (std::size_t i = 0; i < kCount; ++i) {
        lines += ping(arrangement.session->next_id());
      }
      bytes = lines.size() / kCount;
      arrangement.times.push_back(arrangement.session->pipelined(lines, kCount));
    }
  }
  std::printf("\npipelined: %zu requests of %zu bytes at once, median of the turns\n", kCount,
              bytes);
  std::printf("  %-10s %16s %16s %8s %10s\n", "", "requests/s", "messages/s", "ratio", "turns");
  const double direct = at(arrangements.front().times, 0.5);
  for (Arrangement& arrangement : arrangements) {
    const double time = at(arrangement.times, 0.5);
    std::printf("  %-10s %16.0f %16.0f %8.2f %10zu\n", arrangement.name.c_str(), kCount / time,
                2 * kCount / time, time / direct, arrangement.times.size());
  }
}

std::uint64_t peak_bytes(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    }
  }
  return 0;
}

void measure_large(Arrangements& arrangements, std::size_t bytes) {
  start(arrangements);
  const std::string text = prose(bytes);
  std::printf("\none message of %zu bytes, and its answer\n", call(1, text).size());
  std::printf("  %-10s %10s %10s %8s %14s %14s %8s\n", "", "ms", "MB/s", "ratio", "peak before",
              "peak", "times");
  double direct = 0;
  for (Arrangement& arrangement : arrangements) {
    const std::string line = call(arrangement.session->next_id(), text);
    const std::uint64_t before = peak_bytes(arrangement.session->child());
    const double time = arrangement.session->round_trip(line);
    const std::uint64_t peak = peak_bytes(arrangement.session->child());
    direct = direct == 0 ? time : direct;
    const std::size_t answer = arrangement.session->last_answer();
    std::printf("  %-10s %10.1f %10.0f %8.2f %14llu %14llu %8.2f%s\n", arrangement.name.c_str(),
                time / 1000, static_cast<double>(line.size() + answer) / time, time / direct,
                static_cast<unsigned long long>(before), static_cast<unsigned long long>(peak),
                static_cast<double>(peak) / static_cast<double>(line.size()),
                answer < bytes ? "  (refused)" : "");
    if (answer < bytes) {
      std::printf("  %s\n", arrangement.session->begins_with().c_str());
    }
  }
  std::printf(
      "  `times`: peak memory of the process that was started over the size of the message "
      "(direct: of the server)\n");
}

void set_cores(bool pinned) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const long count = ::sysconf(_SC_NPROCESSORS_ONLN);
  for (long core = 0; core < (pinned ? 1 : count); ++core) {
    CPU_SET(static_cast<std::size_t>(core), &cores);
  }
  ::sched_setaffinity(0, sizeof cores, &cores);
}

struct Arguments {
  std::string merlon;
  std::string policy{"policies/default.toml"};
  std::string large_policy;
  double seconds{3};
};

Arguments read_arguments(int count, char** words) {
  Arguments out;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--policy" && i + 1 < count) {
      out.policy = words[++i];
    } else if (word == "--large-policy" && i + 1 < count) {
      out.large_policy = words[++i];
    } else if (word == "--seconds" && i + 1 < count) {
      out.seconds = std::strtod(words[++i], nullptr);
    } else {
      out.merlon = word;
    }
  }
  if (out.merlon.empty()) {
    give_up("usage: bench_proxy [--policy FILE] [--large-policy FILE] [--seconds N] MERLON");
  }
  return out;
}

Arrangements arrangements_of(const Arguments& arguments, const std::string& policy) {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string echo = folder / "bench_echo_server";
  Arrangements out;
  out.push_back({.name = "direct", .words = {echo}});
  out.push_back({.name = "relay", .words = {folder / "bench_bare_relay", echo}});
  if (arguments.merlon != "none") {
    out.push_back({.name = "merlon",
                   .words = {arguments.merlon, "proxy", "--policy", policy, "--max-message-bytes",
                             "134217728", "--name", "echo", "--", echo}});
  }
  return out;
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments = read_arguments(count, words);
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
    return 4;
  }
  Arrangements arrangements = arrangements_of(arguments, arguments.policy);
  const std::string small = prose(8);
  const std::string middle = prose(10'000);
  for (const bool pinned : {true, false}) {
    set_cores(pinned);
    std::printf("\n== %s; policy %s; %ld cores ==\n",
                pinned ? "all processes pinned to core 0" : "free placement",
                arguments.policy.c_str(), ::sysconf(_SC_NPROCESSORS_ONLN));
    measure_latency(arrangements, "40 bytes (ping)", arguments.seconds, false, ping);
    measure_latency(arrangements, "small tools/call", arguments.seconds, true,
                    [&](std::uint64_t id) { return call(id, small); });
    measure_latency(arrangements, "10 KB tools/call", arguments.seconds, true,
                    [&](std::uint64_t id) { return call(id, middle); });
    measure_pipeline(arrangements, arguments.seconds);
    std::fflush(stdout);
  }
  Arrangements large = arrangements_of(
      arguments, arguments.large_policy.empty() ? arguments.policy : arguments.large_policy);
  measure_large(large, 64U << 20U);
  return 0;
}
