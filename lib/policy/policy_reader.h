#pragma once
/// Reads the tables of one policy file; for policy_loader.cpp.
#include <memory>

#include "base/table_reader.h"
#include "model/policy.h"

namespace merlon {

class PolicyReader {
 public:
  explicit PolicyReader(std::shared_ptr<const Document> document)
      : document_(std::move(document)), reader_(*document_, ErrorCode::kBadPolicy) {}

  [[nodiscard]] Checked<Policy> read() &&;

 private:
  void read_head();
  void read_defaults();
  void read_guards();
  void read_guard(NodeId table);
  void read_guard_settings(NodeId table, GuardEntry& entry);
  void read_tools();
  void read_tool(NodeId table);
  void read_tool_settings(NodeId table, ToolEntry& entry);
  void read_sections();
  [[nodiscard]] std::optional<OnError> on_error_of(NodeId table);
  [[nodiscard]] std::optional<std::string> required(NodeId table, std::string_view name,
                                                    std::string_view what);

  std::shared_ptr<const Document> document_;
  TableReader reader_;
  Policy policy_;
};

}  // namespace merlon
