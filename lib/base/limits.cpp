#include "base/limits.h"

#include <array>

namespace merlon {
namespace {

template <auto Member>
std::uint64_t get_member(const Limits& limits) {
  return limits.*Member;
}

template <auto Member>
void set_member(Limits& limits, std::uint64_t value) {
  limits.*Member = static_cast<std::remove_reference_t<decltype(limits.*Member)>>(value);
}

template <auto Member>
constexpr LimitInfo row(std::string_view name, std::string_view summary) {
  return LimitInfo{name, summary, &get_member<Member>, &set_member<Member>};
}

constexpr std::array kLimitInfos{
    row<&Limits::archive_entries>("archive-entries", "entries of a bundle"),
    row<&Limits::archive_entry_bytes>("archive-entry-bytes",
                                      "unpacked bytes of one entry of a bundle"),
    row<&Limits::archive_ratio>("archive-ratio", "unpacked bytes per packed byte of one entry"),
    row<&Limits::archive_total_bytes>("archive-total-bytes",
                                      "unpacked bytes of all entries of a bundle"),
    row<&Limits::capture_bytes>("capture-bytes", "bytes that a captured server may answer"),
    row<&Limits::capture_timeout_ms>("capture-timeout-ms",
                                     "milliseconds that a captured server may take to start"),
    row<&Limits::decode_bytes>("decode-bytes", "decoded bytes per string, all layers together"),
    row<&Limits::decode_depth>("decode-depth", "layers of encoding that are taken off a string"),
    row<&Limits::file_bytes>("file-bytes", "bytes of one input file"),
    row<&Limits::findings>("findings", "findings of one run"),
    row<&Limits::json_depth>("json-depth", "nesting of arrays and objects"),
    row<&Limits::json_nodes>("json-nodes", "keys and values of one document"),
    row<&Limits::regex_heap_kib>("regex-heap-kib", "memory of one pattern match, in KiB"),
    row<&Limits::regex_match_limit>("regex-match-limit",
                                    "backtracking steps of one pattern per start window"),
    row<&Limits::regex_windows>("regex-windows",
                                "start windows of 256 bytes per string and pattern"),
    row<&Limits::text_bytes>("text-bytes", "bytes of one string that patterns look at"),
    row<&Limits::toml_bytes>("toml-bytes", "bytes of a TOML or YAML file"),
    row<&Limits::total_bytes>("total-bytes", "bytes of all inputs of one run"),
    row<&Limits::walk_depth>("walk-depth", "nested folders of a folder walk"),
    row<&Limits::walk_files>("walk-files", "files of a folder walk"),
    row<&Limits::yaml_nodes>("yaml-nodes", "nodes of a YAML file after aliases are expanded"),
};

}  // namespace

std::span<const LimitInfo> limit_infos() {
  return kLimitInfos;
}

}  // namespace merlon
