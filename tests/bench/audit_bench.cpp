// How fast an audit log is written and verified, beside the rate of the bare hash. Records have 1
// KiB.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>

#include "audit/audit_verifier.h"
#include "audit/audit_writer.h"
#include "base/digest/digest.h"
#include "base/digest/leaf_digest.h"

namespace {

constexpr std::size_t kRecordBytes = 1024;
constexpr std::size_t kMembers = kRecordBytes - 64;
constexpr std::uint64_t kRecords = 400'000;

std::string bench_folder() {
  const char* const named = std::getenv("MERLON_AUDIT_BENCH_DIR");
  return std::string(named != nullptr ? named : "/tmp") + "/merlon-audit-bench";
}

merlon::AuditPlaces bench_places() {
  return {.folder = bench_folder() + "/log", .state = bench_folder() + "/state", .origin = "bench"};
}

std::string members() {
  return ",\"session\":\"0123456789abcdef\",\"text\":\"" + std::string(kMembers - 46, 'x') + "\"";
}

void BM_bare_sha256(benchmark::State& state) {
  const std::string record(kRecordBytes, 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(merlon::sha256(record));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRecordBytes));
}
BENCHMARK(BM_bare_sha256);

/// One write(2) a record, the hash, tiles and checkpoints, synced in the background.
void BM_append(benchmark::State& state) {
  const std::string text = members();
  for (auto _ : state) {
    state.PauseTiming();
    std::filesystem::remove_all(bench_folder());
    auto writer = merlon::AuditWriter::open(bench_places(), {.merlon = "bench"});
    state.ResumeTiming();
    for (std::uint64_t i = 0; i < kRecords; ++i) {
      if (!(*writer)->append("decision", text, merlon::AuditSync::kSoon)) {
        state.SkipWithError("a record could not be written");
        return;
      }
    }
    state.PauseTiming();
    (void)(*writer)->seal();
    writer->reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecords));
}
BENCHMARK(BM_append)->Unit(benchmark::kMillisecond)->Iterations(2)->UseRealTime();

/// The log that BM_append left.
void BM_verify(benchmark::State& state) {
  merlon::AuditTrust trust;
  trust.pin = merlon::find_audit_pin(bench_places().state,
                                     std::filesystem::canonical(bench_places().folder).string())
                  .value();
  trust.work.threads = static_cast<unsigned>(state.range(0));
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    const auto log = merlon::load_audit_log(bench_places().folder);
    const auto report = merlon::verify_audit_log(log->view(), trust);
    if (!report || report->verdict != merlon::AuditVerdict::kSealed) {
      state.SkipWithError("the log is not sealed");
      return;
    }
    bytes += report->bytes;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(BM_verify)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
