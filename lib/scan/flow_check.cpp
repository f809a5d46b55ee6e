#include "scan/flow_check.h"

#include <utility>

#include "capability/flow.h"
#include "capability/rule_of_two.h"

namespace merlon {
namespace {

void relate(CheckHit& hit, std::span<const CapableTool> tools, const Witness& witness) {
  const CapableTool& tool = tools[witness.tool];
  const NodeId place = tool.name_node != kNoNode ? tool.name_node : tool.node;
  hit.related.emplace_back(describe(tool, witness.evidence), std::pair(tool.manifest, place));
}

/// A client configuration is what one agent really sees; a server alone only shows what it would
/// bring in.
Severity severity_of(const ToolGroup& group) {
  return group.client ? Severity::kMedium : Severity::kLow;
}

std::string group_name(const ToolGroup& group) {
  if (group.client) {
    return "the servers of this configuration together";
  }
  return group.name.empty() ? "the tools of this server"
                            : "the tools of server `" + group.name + "`";
}

CheckHit hit_of(const ToolGroup& group, std::string_view rule) {
  CheckHit hit;
  hit.rule_id = rule;
  hit.manifest = group.manifest;
  hit.node = group.node == kNoNode ? 0 : group.node;
  hit.severity = severity_of(group);
  return hit;
}

void report_flow(const ToolGroup& group, std::span<const CapableTool> tools, const ToxicFlow& flow,
                 CheckSink& sink) {
  CheckHit hit = hit_of(group, "toxic-flow");
  const CapableTool& sink_tool = tools[flow.sink.tool];
  if (!group.client) {
    hit.manifest = sink_tool.manifest;
    hit.node = sink_tool.name_node != kNoNode ? sink_tool.name_node : sink_tool.node;
  }
  hit.message = flow.explain(tools);
  for (const Witness& witness : {flow.source, flow.data, flow.sink}) {
    relate(hit, tools, witness);
  }
  sink.report(std::move(hit));
}

void report_group(const ToolGroup& group, std::span<const CapableTool> tools, CheckSink& sink) {
  const RuleOfTwoVerdict verdict = check_rule_of_two(tools, group);
  if (!verdict.violated()) {
    return;
  }
  const std::vector<ToxicFlow> flows = find_toxic_flows(tools, group);
  for (const ToxicFlow& flow : flows) {
    report_flow(group, tools, flow, sink);
  }
  if (!flows.empty()) {
    return;  // the flow says the same, and more
  }
  CheckHit hit = hit_of(group, "rule-of-two");
  hit.message =
      group_name(group) + " take untrusted input, reach sensitive data and act on the outside";
  for (const auto& witness : {verdict.untrusted, verdict.sensitive, verdict.outside}) {
    if (witness) {
      relate(hit, tools, *witness);
    }
  }
  sink.report(std::move(hit));
}

}  // namespace

void check_flows(const CheckInput& input, CheckSink& sink) {
  const std::vector<CapableTool> tools = capable_tools(input.manifests);
  for (const ToolGroup& group : tool_groups(input.manifests, tools)) {
    report_group(group, tools, sink);
  }
}

}  // namespace merlon
