#pragma once
/// Reads the tables of one policy file onto what earlier files said; for policy_loader.cpp.
#include <memory>
#include <string>
#include <vector>

#include "base/table_reader.h"
#include "policy/policy_draft.h"

namespace merlon {

class PolicyReader {
 public:
  PolicyReader(std::shared_ptr<const Document> document, PolicyDraft& draft)
      : document_(std::move(document)),
        reader_(*document_, ErrorCode::kBadPolicy),
        draft_(draft),
        policy_(draft.policy) {}

  /// The whole file but for its tenants' tables, which are noted in the draft.
  void read_file();
  /// One `[tenant.NAME]` table.
  void read_tenant(NodeId table);

  [[nodiscard]] std::vector<Error> take_errors() && { return std::move(reader_).take_errors(); }

 private:
  void read_head();
  void read_shadow_share(NodeId node);
  void read_defaults(NodeId parent);
  void read_guards(NodeId parent);
  void read_guard(NodeId table);
  GuardDraft* guard_of(NodeId table);
  void read_guard_settings(NodeId table, GuardDraft& guard);
  void read_phases(NodeId table, GuardEntry& entry);
  void read_tools(NodeId parent);
  [[nodiscard]] ToolEntry read_tool(NodeId table);
  void read_tool_settings(NodeId table, ToolEntry& entry);
  void read_sections(NodeId parent);
  void note_tenants();
  [[nodiscard]] std::optional<OnError> on_error_of(NodeId table);
  [[nodiscard]] std::optional<std::string> required(NodeId table, std::string_view name,
                                                    std::string_view what);

  std::shared_ptr<const Document> document_;
  TableReader reader_;
  PolicyDraft& draft_;
  Policy& policy_;
  std::vector<std::string> ids_;  ///< guards of this table, to find one that is there twice
};

}  // namespace merlon
