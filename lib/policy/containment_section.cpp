#include "policy/containment_section.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "base/table_reader.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 8> kContainmentKeys{
    "read", "write", "network", "memory_mib", "processes", "open_files", "state", "missing"};
constexpr std::array<std::string_view, 3> kNetworkWords{"open", "unix", "none"};
constexpr std::array<std::string_view, 2> kVisibilityWords{"visible", "hidden"};
constexpr std::array<std::string_view, 2> kMissingWords{"refuse", "allow"};
constexpr NumberRange kMemoryRange{.least = 16, .most = 1ULL << 24U};
constexpr NumberRange kProcessRange{.least = 1, .most = 60'000};
constexpr NumberRange kFileRange{.least = 16, .most = 1ULL << 20U};
constexpr unsigned kMebibyteBits = 20;

/// Programs, their libraries and settings, what the kernel says, and devices that keep nothing.
constexpr std::array<std::string_view, 16> kSystemReads{
    "/bin",      "/sbin",       "/lib",         "/lib32",  "/lib64",    "/libx32",
    "/usr",      "/opt",        "/etc",         "/proc",   "/dev/null", "/dev/zero",
    "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"};
constexpr std::array<std::string_view, 4> kSystemWrites{"/dev/null", "/dev/zero", "/dev/full",
                                                        "/dev/tty"};

template <std::size_t N>
std::vector<std::string> those_there(const std::array<std::string_view, N>& paths) {
  std::vector<std::string> out;
  for (const std::string_view path : paths) {
    if (std::string name(path); ::access(name.c_str(), F_OK) == 0) {
      out.push_back(std::move(name));
    }
  }
  return out;
}

std::optional<std::vector<std::string>> containment_paths(TableReader& reader, NodeId table,
                                                          std::string_view key) {
  if (!reader.field(table, key)) {
    return std::nullopt;
  }
  std::vector<std::string> out;
  for (const NodeId node : reader.strings(table, key)) {
    std::string path = reader.document().text(node);
    if (path.empty() || path.find('\0') != std::string::npos) {
      reader.complain(node, "`", key, "` holds what cannot be a path");
    } else {
      out.push_back(std::move(path));
    }
  }
  return out;
}

std::string absolute_path(const std::string& path, const ContainmentPlaces& places) {
  if (path == "~" || path.starts_with("~/")) {
    return places.home + path.substr(1);
  }
  if (path.starts_with('/')) {
    return path;
  }
  return path == "." ? places.folder : places.folder + "/" + path;
}

/// The lists as a layer: absolute, with what every program needs.
PathLayer layer_of(const ContainmentSection& section, const ContainmentPlaces& places) {
  PathLayer out;
  const auto fill = [&places](const std::optional<std::vector<std::string>>& from,
                              std::vector<std::string> with,
                              std::optional<std::vector<std::string>>& to) {
    if (from) {
      for (const std::string& path : *from) {
        with.push_back(absolute_path(path, places));
      }
      to = std::move(with);
    }
  };
  fill(section.paths.read, system_read_paths(), out.read);
  fill(section.paths.write, system_write_paths(), out.write);
  return out;
}

std::uint64_t lower_limit(std::uint64_t a, std::uint64_t b) {
  return a == 0 || (b != 0 && b < a) ? b : a;
}

/// A layer's word added to what others say.
void add_containment(Containment& to, const ContainmentSection& section,
                     const ContainmentPlaces& places) {
  if (section.paths.read || section.paths.write) {
    to.layers.push_back(layer_of(section, places));
  }
  to.network = std::max(to.network, section.network);
  to.memory_bytes = lower_limit(to.memory_bytes, section.memory_bytes);
  to.processes = lower_limit(to.processes, section.processes);
  to.open_files = lower_limit(to.open_files, section.open_files);
}

}  // namespace

std::vector<std::string> system_read_paths() {
  return those_there(kSystemReads);
}

std::vector<std::string> system_write_paths() {
  return those_there(kSystemWrites);
}

ContainmentSection ContainmentSection::read(const Policy& policy, std::vector<Error>* errors) {
  ContainmentSection out;
  const PolicyNode* const section = policy.section("containment");
  if (section == nullptr) {
    return out;
  }
  TableReader reader(*section->document, ErrorCode::kBadPolicy);
  const NodeId table = section->node;
  reader.check_keys(table, kContainmentKeys, "`[containment]`");
  out.paths.read = containment_paths(reader, table, "read");
  out.paths.write = containment_paths(reader, table, "write");
  if (const auto word = reader.choice(table, "network", kNetworkWords)) {
    out.network = static_cast<NetworkAccess>(*word);
  }
  out.memory_bytes = reader.number(table, "memory_mib", kMemoryRange).value_or(0) << kMebibyteBits;
  out.processes = reader.number(table, "processes", kProcessRange).value_or(0);
  out.open_files = reader.number(table, "open_files", kFileRange).value_or(0);
  if (const auto word = reader.choice(table, "state", kVisibilityWords)) {
    out.hides_state = *word == 1;
  }
  if (const auto word = reader.choice(table, "missing", kMissingWords)) {
    out.may_lack = *word == 1;
  }
  if (errors != nullptr && reader.has_errors()) {
    for (Error& error : std::move(reader).take_errors()) {
      errors->push_back(std::move(error));
    }
  }
  return out;
}

Containment containment_of(const Policy& policy, const ContainmentPlaces& places) {
  const ContainmentSection own = ContainmentSection::read(policy, nullptr);
  Containment out;
  out.may_lack = own.may_lack;
  bool hides = own.hides_state.value_or(true);
  out.must_hide = own.hides_state.value_or(false);
  if (policy.minimum != nullptr && policy.minimum->section("containment") != nullptr) {
    const ContainmentSection least = ContainmentSection::read(*policy.minimum, nullptr);
    add_containment(out, least, places);
    out.may_lack = out.may_lack && least.may_lack;
    out.must_hide = out.must_hide || least.hides_state.value_or(false);
    hides = hides || out.must_hide;
  }
  add_containment(out, own, places);
  if (hides) {
    out.hidden = places.hidden;
  }
  return out;
}

}  // namespace merlon
