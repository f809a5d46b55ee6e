#include "policy/attestation_section.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/table_reader.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 1> kAttestationKeys{"server"};
constexpr std::array<std::string_view, 4> kAttestationServerKeys{"server", "pins_keys", "surface",
                                                                 "surface_keys"};

std::vector<VerifierKey> read_attestation_keys(TableReader& reader, NodeId table,
                                               std::string_view name) {
  std::vector<VerifierKey> keys;
  for (const NodeId node : reader.strings(table, name)) {
    auto key = parse_verifier_key(reader.document().text(node));
    if (key) {
      keys.push_back(*std::move(key));
    } else {
      reader.complain(node, key.error().message);
    }
  }
  return keys;
}

/// A path that is not absolute begins at the folder of the policy's file.
std::string beside_policy(const TableReader& reader, std::string path) {
  if (path.empty() || path.starts_with('/')) {
    return path;
  }
  const std::string& file = reader.document().source().name();
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? path : file.substr(0, slash + 1) + path;
}

RequiredAttestation read_requirement(TableReader& reader, NodeId table) {
  reader.check_keys(table, kAttestationServerKeys, "`[[attestation.server]]`");
  RequiredAttestation out;
  out.server = reader.string(table, "server").value_or(out.server);
  out.pins_keys = read_attestation_keys(reader, table, "pins_keys");
  out.surface = beside_policy(reader, reader.string(table, "surface").value_or(""));
  out.surface_keys = read_attestation_keys(reader, table, "surface_keys");
  if (out.surface.empty() != !reader.field(table, "surface_keys").has_value()) {
    reader.complain(table, "`surface` and `surface_keys` stand together");
  }
  if (out.surface.empty() && !reader.field(table, "pins_keys")) {
    reader.complain(table, "`[[attestation.server]]` requires nothing");
  }
  for (const std::string_view name : {"pins_keys", "surface_keys"}) {
    if (reader.field(table, name) && reader.strings(table, name).empty()) {
      reader.complain(table, "`", name, "` names no key");
    }
  }
  return out;
}

}  // namespace

std::vector<RequiredAttestation> read_attestation_section(const Policy& policy,
                                                          std::vector<Error>* errors) {
  std::vector<RequiredAttestation> out;
  const PolicyNode* const section = policy.section("attestation");
  if (section == nullptr) {
    return out;
  }
  TableReader reader(*section->document, ErrorCode::kBadPolicy);
  reader.check_keys(section->node, kAttestationKeys, "`[attestation]`");
  for (const NodeId table : reader.tables(section->node, "server")) {
    out.push_back(read_requirement(reader, table));
  }
  if (errors != nullptr && reader.has_errors()) {
    std::ranges::move(std::move(reader).take_errors(), std::back_inserter(*errors));
  }
  return out;
}

std::vector<RequiredAttestation> required_attestations(const Policy& policy,
                                                       std::string_view server) {
  std::vector<RequiredAttestation> out = read_attestation_section(policy, nullptr);
  if (policy.minimum != nullptr) {
    std::ranges::move(read_attestation_section(*policy.minimum, nullptr), std::back_inserter(out));
  }
  std::erase_if(out,
                [&](const RequiredAttestation& each) { return !glob_match(each.server, server); });
  return out;
}

}  // namespace merlon
