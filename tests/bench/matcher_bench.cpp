// What the rules cost, over all strings of a corpus of real tools (JSON lines, one server a line).
//
//   matcher_bench              Google Benchmark's table
// MERLON_CORPORA names the folder with benign/*.jsonl; without it ../shared/corpora beside the
// repository is tried. The counters of each line give bytes, texts, tools and rules; `memchr` is
// the floor of the same run.
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/limits.h"
#include "rules/clause.h"
#include "rules/matcher.h"
#include "rules/normalise.h"

namespace merlon {
namespace {

struct Text {
  Surface surface{Surface::kOther};
  std::string bytes;
};

struct Corpus {
  std::vector<Text> texts;
  std::size_t bytes{0};
  std::size_t tools{0};
};

// The surface of a string by its place, roughly as the tools/list reader labels it.
Surface surface_of(const Document& document, NodeId node, bool inside_schema) {
  if (document.kind(node) == NodeKind::kKey) {
    return inside_schema ? Surface::kSchemaKey : Surface::kOther;
  }
  const Node& value = document.node(node);
  const std::string key = value.parent != kNoNode && document.kind(value.parent) == NodeKind::kKey
                              ? document.text(value.parent)
                              : "";
  if (key == "description") {
    return inside_schema ? Surface::kSchemaDescription : Surface::kToolDescription;
  }
  if (key == "name") {
    return inside_schema ? Surface::kSchemaOther : Surface::kToolName;
  }
  return inside_schema ? Surface::kSchemaOther : Surface::kOther;
}

void add_texts(const Document& document, Corpus& corpus) {
  NodeId schema_end = 0;
  for (NodeId node = 0; node < document.size(); ++node) {
    const NodeKind kind = document.kind(node);
    if (kind == NodeKind::kKey && document.text(node) == "inputSchema") {
      schema_end = document.node(node).next;
      ++corpus.tools;
    }
    if (kind != NodeKind::kString && kind != NodeKind::kKey) {
      continue;
    }
    Text text{.surface = surface_of(document, node, node < schema_end),
              .bytes = document.text(node)};
    corpus.bytes += text.bytes.size();
    corpus.texts.push_back(std::move(text));
  }
}

const Corpus& corpus() {
  static const Corpus kCorpus = [] {
    Corpus out;
    const char* folder =
        std::getenv("MERLON_CORPORA");  // NOLINT(concurrency-mt-unsafe): one thread
    const std::string base = folder != nullptr ? folder : MERLON_SOURCE_DIR "/../shared/corpora";
    const auto files = make_disk_files();
    Limits limits;
    for (const char* name : {"/benign/toucan-dev.jsonl", "/benign/docker-registry.jsonl"}) {
      const auto source = files->read(base + name, limits.file_bytes);
      if (!source) {
        std::cerr << render(source.error());
        continue;
      }
      if (const auto document = parse_json_lines(*source, limits)) {
        add_texts(*document, out);
      }
    }
    return out;
  }();
  return kCorpus;
}

void count(benchmark::State& state, std::size_t rules) {
  const Corpus& c = corpus();
  const auto passes = static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(passes * static_cast<double>(c.bytes)));
  state.counters["bytes"] = static_cast<double>(c.bytes);
  state.counters["texts"] = static_cast<double>(c.texts.size());
  state.counters["tools"] = static_cast<double>(c.tools);
  state.counters["rules"] = static_cast<double>(rules);
  state.counters["per_tool"] =
      benchmark::Counter(passes * static_cast<double>(c.tools),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["per_text"] =
      benchmark::Counter(passes * static_cast<double>(c.texts.size()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void memchr_floor(benchmark::State& state) {
  for (auto _ : state) {
    std::size_t found = 0;
    for (const Text& text : corpus().texts) {
      found += std::memchr(text.bytes.data(), 0x01, text.bytes.size()) != nullptr ? 1U : 0U;
    }
    benchmark::DoNotOptimize(found);
  }
  count(state, 0);
}
BENCHMARK(memchr_floor)->Unit(benchmark::kMillisecond);

void match_all(benchmark::State& state, Prefilter prefilter) {
  const auto rules = CompiledRules::built_in();
  if (!rules) {
    state.SkipWithError("no built-in pack");
    return;
  }
  std::size_t hits_total = 0;
  for (auto _ : state) {
    RuleMatcherState matcher(**rules, Limits{}, prefilter);
    std::vector<RuleHit> hits;
    for (const Text& text : corpus().texts) {
      hits.clear();
      matcher.match(text.surface, text.bytes, hits);
      hits_total += hits.size();
    }
  }
  state.counters["hits"] =
      static_cast<double>(hits_total) / static_cast<double>(state.iterations());
  count(state, (*rules)->info().rules);
}
void match_with_prefilter(benchmark::State& state) {
  match_all(state, Prefilter::kOn);
}
BENCHMARK(match_with_prefilter)->Unit(benchmark::kMillisecond);
void match_without_prefilter(benchmark::State& state) {
  match_all(state, Prefilter::kOff);
}
BENCHMARK(match_without_prefilter)->Unit(benchmark::kMillisecond)->Iterations(1);

void split_into_clauses(benchmark::State& state) {
  for (auto _ : state) {
    std::size_t clauses = 0;
    for (const Text& text : corpus().texts) {
      clauses += split_clauses(text.bytes).size();
    }
    benchmark::DoNotOptimize(clauses);
  }
  count(state, 0);
}
BENCHMARK(split_into_clauses)->Unit(benchmark::kMillisecond);

// The first 20 KB of the corpus with nothing warm: pack opened, patterns compiled as they are
// needed.
void cold_manifest(benchmark::State& state) {
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto rules = CompiledRules::built_in();
    RuleMatcherState matcher(**rules, Limits{});
    std::vector<RuleHit> hits;
    bytes = 0;
    for (const Text& text : corpus().texts) {
      if (bytes > 20'000) {
        break;
      }
      bytes += text.bytes.size();
      matcher.match(text.surface, text.bytes, hits);
    }
    benchmark::DoNotOptimize(hits);
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(cold_manifest)->Unit(benchmark::kMicrosecond);

void open_built_in_pack(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(CompiledRules::built_in());
  }
}
BENCHMARK(open_built_in_pack)->Unit(benchmark::kMicrosecond);

void unpack_rule_texts(benchmark::State& state) {
  for (auto _ : state) {
    const auto rules = CompiledRules::built_in();
    benchmark::DoNotOptimize((*rules)->rules());
  }
}
BENCHMARK(unpack_rule_texts)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace merlon

BENCHMARK_MAIN();
