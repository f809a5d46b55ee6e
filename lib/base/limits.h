#pragma once
/// Bounds on what is read. Every byte is an attacker's; reaching a bound is an Error with code
/// `limit` or a finding, never silence. Defaults are documented in docs/spec/limits.md; `scan
/// --limit NAME=VALUE` changes one.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace merlon {

struct Limits {
  std::uint64_t file_bytes{256ULL << 20};  ///< one input file
  std::uint64_t total_bytes{2ULL << 30};   ///< all inputs of one run
  std::uint32_t json_depth{256};           ///< nesting of arrays and objects
  std::uint64_t json_nodes{10'000'000};    ///< values and keys of one document
  std::uint64_t toml_bytes{16ULL << 20};   ///< a TOML or YAML file (their parsers build trees)
  std::uint64_t yaml_nodes{100'000};       ///< nodes after aliases are expanded
  std::uint32_t walk_files{100'000};       ///< files of a folder walk
  std::uint32_t walk_depth{64};            ///< nested folders of a walk
  std::uint32_t archive_entries{10'000};   ///< entries of a bundle
  std::uint64_t archive_entry_bytes{64ULL << 20};   ///< unpacked size of one entry
  std::uint64_t archive_total_bytes{512ULL << 20};  ///< unpacked size of all entries
  std::uint32_t archive_ratio{200};                 ///< unpacked bytes per packed byte of one entry
  std::uint64_t text_bytes{
      1ULL << 20};  ///< bytes of one string that patterns look at; the rest is reported
  std::uint32_t decode_depth{3};             ///< layers of encoding that are taken off
  std::uint64_t decode_bytes{256ULL << 10};  ///< decoded bytes per string, all layers together
  std::uint32_t regex_match_limit{20'000};   ///< PCRE2 match limit per start window
  std::uint32_t regex_heap_kib{4096};        ///< PCRE2 heap limit
  std::uint32_t regex_windows{4096};  ///< start-offset windows of 256 bytes per text and pattern
  std::uint32_t findings{100'000};    ///< findings of one run
  std::uint32_t capture_timeout_ms{120'000};  ///< start of a captured server (a first npx is slow)
  std::uint64_t capture_bytes{64ULL << 20};   ///< what a captured server may answer in all
};

/// One named limit, for `--limit` and the docs.
struct LimitInfo {
  std::string_view name;  ///< kebab-case
  std::string_view summary;
  std::uint64_t (*get)(const Limits&);
  void (*set)(Limits&, std::uint64_t);
};
[[nodiscard]] std::span<const LimitInfo> limit_infos();

}  // namespace merlon
