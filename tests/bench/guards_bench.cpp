// What the engine costs: one event through decide and settle under a policy, beside a floor that is
// measured in the same run: parse_message and a copy of the same bytes, which every gate must do.
//
//   guards_bench                          all cases under policies/default.toml
//   guards_bench --policy FILE            under another policy
//   guards_bench --case NAME              one case only
//   guards_bench --parts                  what each guard of the pipeline takes
//   guards_bench --case NAME --loop N     N rounds and no table, for profilers that count
//
// Each round is timed by itself; the best and the median of all are printed, in microseconds. The
// best is what the code costs, also on a machine that does other things; the ratio is that of the
// best times. A call and its result are decided and settled in turn, one per second of the
// session's time, so that no limit is met. `decide` of a path is asked twice, as a gate does: the
// second time with the fact that a guard wanted.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/files.h"
#include "base/text.h"
#include "mcp/message_codec.h"
#include "policy/evaluator.h"
#include "policy/policy_loader.h"
#include "policy/session_tracker.h"

namespace merlon {
namespace {

constexpr std::size_t kResultBytes = 10'000;
constexpr std::size_t kTools = 50;
constexpr std::size_t kToolBytes = 500;
constexpr std::int64_t kStartMs = 1'800'000'000'000;

// ---- texts --------------------------------------------------------------------------------------

std::string prose(std::size_t bytes, std::size_t from = 0) {
  constexpr std::array<std::string_view, 8> kSentences{
      "The parser reads the table from the file and checks every row. ",
      "Results are sorted by name, then by date, and written to the log. ",
      "See https://docs.example.org/guide/start for the whole list of options. ",
      "In version 2.4 the default path is /usr/share/data and the key is optional. ",
      "Please note that the token limit of 4096 applies to each request. ",
      "Users of the older client should update before the end of June. ",
      "The password is never stored; only a digest of it is kept. ",
      "A value of 12.5 or more (about 3%) is rounded down to the next step. "};
  std::string out;
  for (std::size_t i = from; out.size() < bytes; ++i) {
    out += kSentences[(i * 5 + i / 8) % kSentences.size()];
  }
  out.resize(bytes);
  return out;
}

/// What a tool that lists things answers: objects with names, numbers and dates.
std::string json_rows(std::size_t bytes) {
  std::string out = "[";
  for (std::size_t i = 0; out.size() + 2 < bytes; ++i) {
    const std::string n = std::to_string(i * 37 % 1000);
    out += (i == 0 ? "" : ",");
    out.append(R"({"id":)").append(n).append(R"(,"name":"item )").append(n);
    out.append(R"(","path":"src/module_)").append(n).append(R"(/main.cpp","size":)");
    out.append(std::to_string(i * 7919 % 100000)).append(R"(,"modified":"2026-03-0)");
    out.append(std::to_string(1 + i % 9)).append(R"(T10:00:00Z","open":true})");
  }
  return out + "]";
}

/// Bytes without a pattern, as base64.
std::string base64_text(std::size_t bytes) {
  std::string raw(bytes * 3 / 4, '\0');
  std::uint64_t state = 0x9E3779B97F4A7C15ULL;
  for (char& c : raw) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    c = static_cast<char>(state >> 56U);
  }
  return to_base64(raw);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "\"";
}

// ---- messages -----------------------------------------------------------------------------------

std::string call_bytes(std::string_view arguments) {
  return R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"tool_1","arguments":)" +
         std::string(arguments) + "}}";
}
std::string text_result(std::string_view text) {
  return R"({"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":)" + quoted(text) +
         "}]}}";
}
std::string structured_result(std::string_view json) {
  return R"({"jsonrpc":"2.0","id":7,"result":{"content":[],"structuredContent":{"rows":)" +
         std::string(json) + "}}}";
}
std::string list_request() {
  return R"({"jsonrpc":"2.0","id":8,"method":"tools/list"})";
}
/// Lists of different numbers have no text in common that is worth remembering.
std::string list_result(std::size_t number) {
  std::string out = R"({"jsonrpc":"2.0","id":8,"result":{"tools":[)";
  for (std::size_t i = 0; i < kTools; ++i) {
    const std::string mark = std::to_string(number * kTools + i);
    const std::string head =
        R"({"name":"tool_)" + std::to_string(i) + R"(","description":"Number )" + mark + ". ";
    const std::string tail = R"(","inputSchema":{"type":"object","properties":{"path":{"type":)"
                             R"("string","description":"of )" +
                             mark + R"("}}}})";
    out.append(i == 0 ? "" : ",").append(head);
    out.append(prose(kToolBytes - head.size() - tail.size(), i)).append(tail);
  }
  return out + "]}}";
}

// ---- engine -------------------------------------------------------------------------------------

[[noreturn]] void give_up(const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    std::cerr << render(error);
  }
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): one thread
}

std::shared_ptr<const CompiledPolicy> compiled(const std::string& path) {
  GuardWorld world;
  if (auto rules = CompiledRules::built_in()) {
    world.rules = *rules;
  }
  const auto source = make_disk_files()->read(path, 1U << 20);
  if (!source) {
    give_up({source.error()});
  }
  auto policy = parse_policy(*source, {});
  if (!policy) {
    give_up(policy.error());
  }
  auto out = compile_policy(*std::move(policy), world);
  if (!out) {
    give_up(out.error());
  }
  return *out;
}

Event event_of(Direction direction, std::string bytes) {
  Event event;
  event.sequence = 1;
  event.time_ms = kStartMs;
  auto message = parse_message(std::move(bytes), direction, {});
  if (!message) {
    give_up({message.error()});
  }
  event.message = *std::move(message);
  return event;
}

/// Guards of the policy that look at this phase.
std::size_t guards_of(const CompiledPolicy& policy, Phase phase) {
  return static_cast<std::size_t>(std::ranges::count_if(
      policy.guards(),
      [phase](const CompiledGuard& guard) { return (guard.phases & phase_bit(phase)) != 0; }));
}

double now_us() {
  return std::chrono::duration<double, std::micro>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Times of one kind of round.
class Times {
 public:
  void add(double us) { times_.push_back(us); }
  [[nodiscard]] double best() const {
    return times_.empty() ? 0 : *std::ranges::min_element(times_);
  }
  [[nodiscard]] double median() {
    if (times_.empty()) {
      return 0;
    }
    std::ranges::nth_element(times_, times_.begin() + static_cast<std::ptrdiff_t>(middle()));
    return times_[middle()];
  }

 private:
  [[nodiscard]] std::size_t middle() const { return times_.size() / 2; }
  std::vector<double> times_;
};

/// A session that has seen a list of tools.
class BenchSession {
 public:
  explicit BenchSession(const CompiledPolicy& policy) : policy_(policy) {
    state.session = "bench";
    state.server = "server";
    Event request = event_of(Direction::kToServer, list_request());
    Event result = event_of(Direction::kToClient, list_result(0));
    happen(request);
    happen(result);
  }

  void place(Event& event) {
    event.sequence = state.sequence + 1;
    now_ms_ += 1000;
    event.time_ms = now_ms_;
  }
  /// Until no guard wants to know more.
  [[nodiscard]] Evaluation decided(Event& event) const {
    event.facts.answers.clear();
    Evaluation out = decide(policy_, state, event);
    if (!out.needs.empty()) {
      for (const Need& need : out.needs) {
        event.facts.answers.push_back({.need = need, .values = {need.what}});
      }
      out = decide(policy_, state, event);
    }
    return out;
  }
  void happen(Event& event) {
    place(event);
    settle(policy_, state, event, decided(event).decision);
  }

  SessionState state;

 private:
  const CompiledPolicy& policy_;
  std::int64_t now_ms_{kStartMs};
};

struct BenchCase {
  std::string name;
  std::string bytes;
  Direction direction{Direction::kToServer};
  std::string before;    ///< the request that a result answers
  std::size_t lists{0};  ///< instead of `bytes`: so many lists, none seen before
  std::size_t rounds{0};
};

std::vector<BenchCase> all_cases() {
  const std::string word_call = call_bytes(R"({"topic":"the parser and its tests here"})");
  const std::string path_call = call_bytes(R"({"path":"/home/user/project/main.cpp"})");
  const std::string list = list_result(0);
  const auto result = [&word_call](std::string name, std::string bytes, std::size_t rounds) {
    return BenchCase{.name = std::move(name),
                     .bytes = std::move(bytes),
                     .direction = Direction::kToClient,
                     .before = word_call,
                     .rounds = rounds};
  };
  std::vector<BenchCase> out;
  out.push_back({.name = "call", .bytes = word_call, .rounds = 20'000});
  out.push_back({.name = "call-path", .bytes = path_call, .rounds = 20'000});
  out.push_back(
      result("result-40", text_result("42 rows were written to the table today."), 20'000));
  out.push_back(result("result-prose", text_result(prose(kResultBytes)), 2'000));
  out.push_back(result("result-json-text", text_result(json_rows(kResultBytes)), 2'000));
  out.push_back(result("result-json", structured_result(json_rows(kResultBytes)), 2'000));
  out.push_back(result("result-base64", text_result(base64_text(kResultBytes)), 2'000));
  out.push_back({.name = "list-cold",
                 .direction = Direction::kToClient,
                 .before = list_request(),
                 .lists = 200,
                 .rounds = 200});
  out.push_back({.name = "list-unchanged",
                 .bytes = list,
                 .direction = Direction::kToClient,
                 .before = list_request(),
                 .rounds = 2'000});
  return out;
}

/// One case, round after round.
class CaseRun {
 public:
  CaseRun(const CompiledPolicy& policy, const BenchCase& what)
      : policy_(policy), what_(what), session_(policy) {
    if (!what.before.empty()) {
      before_ = event_of(Direction::kToServer, what.before);
    }
    if (what.lists == 0) {
      events_.push_back(event_of(what.direction, what.bytes));
    }
    for (std::size_t i = 1; i <= what.lists; ++i) {
      events_.push_back(event_of(what.direction, list_result(i)));
    }
  }

  /// The message in its session, decided and settled.
  void round(std::size_t number) {
    Event& event = events_[number % events_.size()];
    if (!what_.before.empty()) {
      session_.happen(*before_);
    }
    session_.place(event);
    const double start = now_us();
    const Evaluation evaluation = session_.decided(event);
    const double middle = now_us();
    settle(policy_, session_.state, event, evaluation.decision);
    const double end = now_us();
    session_.state.pending.clear();  // as if it had been answered: its id comes again
    decide_.add(middle - start);
    settle_.add(end - middle);
    both_.add(end - start);
    verdict_ = evaluation.decision.verdict;
  }

  /// What every gate must do: read the message and copy it.
  void floor_round(std::size_t number) {
    const std::string_view bytes = events_[number % events_.size()].message.bytes();
    std::string line(bytes);
    std::string copy(bytes.size(), '\0');
    const double start = now_us();
    const auto message = parse_message(std::move(line), what_.direction, {});
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    asm volatile("" : : "r"(copy.data()), "r"(&message) : "memory");
    floor_.add(now_us() - start);
  }

  void print() {
    const Event& event = events_.front();
    session_.place(events_.front());
    if (!what_.before.empty()) {
      session_.happen(*before_);
    }
    const Phase phase = context_of(session_.state, event.message).phase;
    std::printf("%-18s %7zu %6zu  %-6s %8.2f %9.2f %9.2f %9.2f %9.2f %8.2f\n", what_.name.c_str(),
                event.message.bytes().size(), guards_of(policy_, phase),
                std::string(to_string(verdict_)).c_str(), floor_.best(), decide_.best(),
                settle_.best(), both_.best(), both_.median(), both_.best() / floor_.best());
  }

  /// What each guard takes of a decision: the best of many.
  void print_parts(std::size_t rounds);

 private:
  const CompiledPolicy& policy_;
  const BenchCase& what_;
  BenchSession session_;
  std::optional<Event> before_;
  std::vector<Event> events_;
  Verdict verdict_{Verdict::kAllow};
  Times floor_;
  Times decide_;
  Times settle_;
  Times both_;
};

/// Notes when each guard starts.
class PartClock final : public EvaluationProgress {
 public:
  explicit PartClock(std::size_t guards) : starts(guards, 0) {}
  bool guard_starts(std::size_t index) override {
    starts[index] = now_us();
    order.push_back(index);
    return true;
  }
  std::vector<double> starts;
  std::vector<std::size_t> order;
};

void CaseRun::print_parts(std::size_t rounds) {
  std::vector<double> best(policy_.guards().size(), -1);
  std::vector<std::size_t> order;
  Event& event = events_.front();
  for (std::size_t i = 0; i < rounds; ++i) {
    if (!what_.before.empty()) {
      session_.happen(*before_);
    }
    session_.place(event);
    const Evaluation first = session_.decided(event);
    PartClock clock(policy_.guards().size());
    const Evaluation again = decide(policy_, session_.state, event, &clock);
    const double end = now_us();
    for (std::size_t at = 0; at < clock.order.size(); ++at) {
      const double after = at + 1 < clock.order.size() ? clock.starts[clock.order[at + 1]] : end;
      double& known = best[clock.order[at]];
      const double took = after - clock.starts[clock.order[at]];
      known = known < 0 ? took : std::min(known, took);
    }
    order = clock.order;
    settle(policy_, session_.state, event, again.decision);
    session_.state.pending.clear();
  }
  std::printf("%s\n", what_.name.c_str());
  for (const std::size_t index : order) {
    std::printf("  %-20s %8.2f\n", policy_.guards()[index].entry.id.c_str(), best[index]);
  }
}

struct BenchOptions {
  std::string policy{MERLON_SOURCE_DIR "/policies/default.toml"};
  std::string name;
  std::size_t loop{0};
  bool parts{false};
};

BenchOptions read_options(int argc, char** argv) {
  BenchOptions out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--parts") {
      out.parts = true;
      continue;
    }
    if (word == "--policy") {
      out.policy = value;
    } else if (word == "--case") {
      out.name = value;
    } else if (word == "--loop") {
      out.loop = static_cast<std::size_t>(parse_unsigned(value).value_or(0));
    }
    ++i;
  }
  return out;
}

int run_bench(const BenchOptions& options) {
  const auto policy = compiled(options.policy);
  if (options.loop == 0 && !options.parts) {
    std::printf("%-18s %7s %6s  %-6s %8s %9s %9s %9s %9s %8s\n", "case", "bytes", "guards", "says",
                "floor", "decide", "settle", "both", "median", "ratio");
  }
  for (const BenchCase& what : all_cases()) {
    if (!options.name.empty() && options.name != what.name) {
      continue;
    }
    // A policy of its own for each case: what guards remember of other cases is not in it.
    const auto own = compiled(options.policy);
    CaseRun run(*own, what);
    if (options.parts) {
      run.print_parts(std::min<std::size_t>(what.rounds, 2'000));
      continue;
    }
    const std::size_t rounds = options.loop != 0 ? options.loop : what.rounds;
    for (std::size_t i = 0; i < rounds; ++i) {
      run.round(i);
      if (options.loop == 0) {
        run.floor_round(i);
      }
    }
    if (options.loop == 0) {
      run.print();
    }
  }
  return 0;
}

}  // namespace
}  // namespace merlon

int main(int argc, char** argv) {
  return merlon::run_bench(merlon::read_options(argc, argv));
}
