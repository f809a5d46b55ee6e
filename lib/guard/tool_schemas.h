#pragma once
/// The compiled schemas of tool definitions, kept by the digest of the definition.
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "guard/schema/compiled_schema.h"
#include "model/session_state.h"

namespace merlon {

/// One schema of a definition, or why there is none.
struct ToolSchema {
  bool present{false};
  std::optional<CompiledSchema> compiled;
  std::string problem;  ///< of a schema that is present and could not be compiled
  /// Names under `properties` of the root, when nothing else of the root can allow more.
  std::optional<std::set<std::string, std::less<>>> closed_names;
};

struct ToolSchemas {
  ToolSchema input;
  ToolSchema output;
};

/// Bounded; safe from many threads. A cache of a pure function: what it answers does not depend on
/// what it keeps.
class ToolSchemaCache {
 public:
  explicit ToolSchemaCache(std::size_t most) : most_(most) {}

  [[nodiscard]] std::shared_ptr<const ToolSchemas> find(const KnownDefinition& tool) const;

 private:
  std::size_t most_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::shared_ptr<const ToolSchemas>> kept_;
  mutable std::vector<std::string> order_;  ///< a ring of the digests kept
  mutable std::size_t next_{0};
};

}  // namespace merlon
