#include "capability/flow.h"

#include <algorithm>
#include <map>

namespace merlon {
namespace {

constexpr std::size_t kMostServers = 64;
constexpr CapabilitySet kSinks =
    capability_bit(Capability::kSendsOut) | capability_bit(Capability::kExecutes);

}  // namespace

std::string ToxicFlow::explain(std::span<const CapableTool> all) const {
  return describe(all[source.tool], source.evidence) + ", " +
         describe(all[data.tool], data.evidence) + ", " + describe(all[sink.tool], sink.evidence);
}

std::vector<ToxicFlow> find_toxic_flows(std::span<const CapableTool> all, const ToolGroup& group) {
  const auto any_source = best_witness(all, group.tools, kUntrustedInput);
  const auto any_data = best_witness(all, group.tools, kSensitiveData);
  if (!any_source || !any_data) {
    return {};
  }
  std::map<std::string_view, std::vector<std::size_t>> servers;
  for (const std::size_t tool : group.tools) {
    servers[all[tool].server].push_back(tool);
  }
  std::vector<ToxicFlow> flows;
  for (const auto& [name, tools] : servers) {
    const auto sink = best_witness(all, tools, kSinks);
    if (!sink) {
      continue;
    }
    const auto own_source = best_witness(all, tools, kUntrustedInput);
    const auto own_data = best_witness(all, tools, kSensitiveData);
    flows.push_back({.source = own_source.value_or(*any_source),
                     .data = own_data.value_or(*any_data),
                     .sink = *sink,
                     .crosses_servers = !own_source || !own_data});
    if (flows.size() == kMostServers) {
      break;
    }
  }
  std::ranges::sort(flows, {}, [](const ToxicFlow& flow) { return flow.sink.tool; });
  return flows;
}

}  // namespace merlon
