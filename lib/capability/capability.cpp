#include "capability/capability.h"

#include <array>

namespace merlon {
namespace {

constexpr std::array<CapabilityInfo, kCapabilityCount> kInfos{{
    {Capability::kReadsPrivate, "reads-private", "data of the user or their organisation comes in"},
    {Capability::kTakesUntrusted, "takes-untrusted", "text that strangers can write comes in"},
    {Capability::kSendsOut, "sends-out", "data can leave to somebody else"},
    {Capability::kChangesState, "changes-state", "something is different afterwards"},
    {Capability::kDestroys, "destroys", "something is gone afterwards"},
    {Capability::kExecutes, "executes", "runs code or commands that the caller chooses"},
    {Capability::kSpendsMoney, "spends-money", "money or tokens of value move"},
    {Capability::kWritesMemory, "writes-memory", "what is said comes back in later conversations"},
}};

}  // namespace

std::span<const CapabilityInfo> capability_infos() {
  return kInfos;
}

std::vector<std::string_view> capability_names() {
  std::vector<std::string_view> names;
  for (const CapabilityInfo& info : capability_infos()) {
    names.push_back(info.name);
  }
  return names;
}

std::string_view to_string(Capability capability) {
  return kInfos[static_cast<std::size_t>(capability)].name;
}

std::optional<Capability> parse_capability(std::string_view name) {
  for (const CapabilityInfo& info : kInfos) {
    if (info.name == name) {
      return info.capability;
    }
  }
  return std::nullopt;
}

std::string to_string_list(CapabilitySet set) {
  std::string out;
  for (const CapabilityInfo& info : kInfos) {
    if ((set & capability_bit(info.capability)) == 0) {
      continue;
    }
    out.append(out.empty() ? "" : ", ").append(info.name);
  }
  return out.empty() ? "none" : out;
}

std::string_view to_string(EvidenceSource source) {
  switch (source) {
    case EvidenceSource::kName: return "name";
    case EvidenceSource::kParameter: return "parameter";
    case EvidenceSource::kDescription: return "description";
  }
  return "name";
}

const CapabilityEvidence* ToolCapabilities::why(Capability capability) const {
  for (const CapabilityEvidence& one : evidence) {
    if (one.capability == capability) {
      return &one;
    }
  }
  return nullptr;
}

}  // namespace merlon
