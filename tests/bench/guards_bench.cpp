// What guards cost: one event through the engine, for the policy of the program's default and for
// each content guard alone, beside the floor of the same run (parsing the message).
//
//   guards_bench               Google Benchmark's table, and the ratios to the floor after it
// Cases: a call of 40 bytes of arguments, a result of 10 KB of prose, a list of 50 tools of 500
// bytes cold (first seen) and unchanged (the same list again).
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "base/files.h"
#include "mcp/message_codec.h"
#include "policy/evaluator.h"
#include "policy/policy_loader.h"

namespace merlon {
namespace {

constexpr std::size_t kResultBytes = 10'000;
constexpr std::size_t kTools = 50;
constexpr std::size_t kToolBytes = 500;

constexpr std::array<std::string_view, 6> kAlone{"",    "rule-of-two",      "secrets",
                                                 "pii", "prompt-injection", "output-filter"};

std::string prose(std::size_t bytes) {
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
  for (std::size_t i = 0; out.size() < bytes; ++i) {
    out += kSentences[(i * 5 + i / 8) % kSentences.size()];
  }
  out.resize(bytes);
  return out;
}

std::string call_bytes() {
  return R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"tool_1",)"
         R"("arguments":{"path":"/home/user/project/main.cpp"}}})";
}
std::string result_bytes() {
  return R"({"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":")" +
         prose(kResultBytes) + R"("}]}})";
}
std::string list_request() {
  return R"({"jsonrpc":"2.0","id":8,"method":"tools/list"})";
}
std::string list_result() {
  std::string out = R"({"jsonrpc":"2.0","id":8,"result":{"tools":[)";
  for (std::size_t i = 0; i < kTools; ++i) {
    const std::string head = R"({"name":"tool_)" + std::to_string(i) + R"(","description":")";
    const std::string tail =
        R"(","inputSchema":{"type":"object","properties":{"path":{"type":"string"}}}})";
    out += (i == 0 ? "" : ",") + head + prose(kToolBytes - head.size() - tail.size()) + tail;
  }
  return out + "]}}";
}

[[noreturn]] void give_up(const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    std::cerr << render(error);
  }
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing runs yet
}

std::shared_ptr<const CompiledPolicy> compiled(const std::string& text) {
  GuardWorld world;
  if (auto rules = CompiledRules::built_in()) {
    world.rules = *rules;
  }
  auto policy = parse_policy(SourceText::copy_of("bench.toml", text), {});
  if (!policy) {
    give_up(policy.error());
  }
  auto out = compile_policy(*std::move(policy), world);
  if (!out) {
    give_up(out.error());
  }
  return *out;
}

/// The policy of one guard, of none (""), or the default policy ("default").
std::string policy_text(const std::string& guard) {
  if (guard == "default") {
    const auto source =
        make_disk_files()->read(MERLON_SOURCE_DIR "/policies/default.toml", 1U << 20);
    if (source) {
      return std::string((*source)->bytes());
    }
    std::string all = "format = 1\nname = \"all\"\n";
    for (const std::string_view kind : kAlone) {
      all += kind.empty() ? std::string() : "[[guard]]\ntype = \"" + std::string(kind) + "\"\n";
    }
    return all;
  }
  return "format = 1\nname = \"one\"\n" +
         (guard.empty() ? std::string() : "[[guard]]\ntype = \"" + guard + "\"\n");
}

Event event_of(std::uint64_t sequence, Direction direction, std::string bytes) {
  Event event;
  event.sequence = sequence;
  event.time_ms = 1'800'000'000'000;
  auto message = parse_message(std::move(bytes), direction, {});
  if (!message) {
    give_up({message.error()});
  }
  event.message = *std::move(message);
  return event;
}

void happen(const CompiledPolicy& policy, SessionState& state, const Event& event) {
  settle(policy, state, event, decide(policy, state, event).decision);
}

/// A session that has seen the list and has a call under way.
SessionState session_of(const CompiledPolicy& policy) {
  SessionState state;
  state.session = "bench";
  state.server = "server";
  happen(policy, state, event_of(1, Direction::kToServer, list_request()));
  happen(policy, state, event_of(2, Direction::kToClient, list_result()));
  return state;
}

void decide_call(benchmark::State& state, const std::string& guard) {
  const auto policy = compiled(policy_text(guard));
  const SessionState session = session_of(*policy);
  const Event event = event_of(3, Direction::kToServer, call_bytes());
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(*policy, session, event));
  }
}

void decide_result(benchmark::State& state, const std::string& guard) {
  const auto policy = compiled(policy_text(guard));
  SessionState session = session_of(*policy);
  session.pending[{Direction::kToServer, "7"}] = {.method = "tools/call", .item = "tool_1"};
  const Event event = event_of(3, Direction::kToClient, result_bytes());
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(*policy, session, event));
  }
}

void settle_result(benchmark::State& state, const std::string& guard) {
  const auto policy = compiled(policy_text(guard));
  SessionState session = session_of(*policy);
  const Event event = event_of(3, Direction::kToClient, result_bytes());
  const Evaluation evaluation = decide(*policy, session, event);
  for (auto _ : state) {
    state.PauseTiming();
    SessionState copy = session;
    copy.pending[{Direction::kToServer, "7"}] = {.method = "tools/call", .item = "tool_1"};
    state.ResumeTiming();
    settle(*policy, copy, event, evaluation.decision);
  }
}

void decide_list(benchmark::State& state, const std::string& guard, bool cold) {
  const auto policy = compiled(policy_text(guard));
  SessionState session = cold ? SessionState{} : session_of(*policy);
  session.server = "server";
  happen(*policy, session, event_of(3, Direction::kToServer, list_request()));
  const Event event = event_of(4, Direction::kToClient, list_result());
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(*policy, session, event));
  }
}

void parse_floor(benchmark::State& state, const std::string& bytes, Direction direction) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse_message(bytes, direction, {}));
  }
}

/// Keeps the processor times, to print ratios when all is done.
class RatioReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      times_[run.benchmark_name()] = run.GetAdjustedCPUTime();
    }
    ConsoleReporter::ReportRuns(runs);
  }

  void print_ratios() const {
    std::cout << "\nratio to parsing the same message\n";
    for (const auto& [name, time] : times_) {
      const std::size_t slash = name.find('/');
      const auto floor = times_.find(name.substr(0, slash) + "/parse");
      if (floor != times_.end() && slash != std::string::npos && floor->first != name) {
        std::cout << "  " << name << ": " << time / floor->second << "\n";
      }
    }
  }

 private:
  std::map<std::string, double> times_;
};

void register_all() {
  const auto add = [](const std::string& name, auto function, auto... rest) {
    benchmark::RegisterBenchmark(name.c_str(), function, rest...)->Unit(benchmark::kMicrosecond);
  };
  add("call/parse", parse_floor, call_bytes(), Direction::kToServer);
  add("result/parse", parse_floor, result_bytes(), Direction::kToClient);
  add("list/parse", parse_floor, list_result(), Direction::kToClient);
  for (const std::string_view kind : kAlone) {
    const std::string guard(kind);
    const std::string name = guard.empty() ? "engine" : guard;
    add("call/" + name, decide_call, guard);
    add("result/" + name, decide_result, guard);
  }
  add("result/output-filter-settle", settle_result, std::string("output-filter"));
  add("call/default", decide_call, std::string("default"));
  add("result/default", decide_result, std::string("default"));
  add("list/default-cold", decide_list, std::string("default"), true);
  add("list/default-unchanged", decide_list, std::string("default"), false);
}

}  // namespace
}  // namespace merlon

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  merlon::register_all();
  merlon::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
  return 0;
}
