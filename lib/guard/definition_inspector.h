#pragma once
/// Rules and coded checks over one definition as it came over the wire, with a memory of what has
/// been judged: the same bytes are judged once.
///
///   const DefinitionInspector inspector(world.rules, world.limits, settings);
///   const auto ruling = inspector.inspect(SurfaceList::kTools, document.raw(tool));
///   if (ruling->guilty) { ... ruling->rule, ruling->pointer ... }
///
/// What it answers depends on the bytes, the rules and the settings only; the memory is a shortcut
/// that changes no answer. Safe from many threads.
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "guard/text_judge_pool.h"
#include "model/manifest.h"
#include "model/session_state.h"
#include "model/severity.h"

namespace merlon {

struct InspectionSettings {
  Severity min_severity{Severity::kHigh};  ///< a hard rule below this does not count
  int score_threshold{60};                 ///< sum of the soft scores of one definition
  std::vector<std::string> without;        ///< ids of rules that do not count, sorted
};

/// What was found in one definition; the worst of it.
struct DefinitionRuling {
  bool guilty{false};
  std::string rule;
  Severity severity{Severity::kInfo};
  std::string message;   ///< one line
  std::string pointer;   ///< below the definition
  std::string evidence;  ///< masked and shortened
  std::string remedy;
  bool only_instructions{true};  ///< of a connection's result: nothing was found elsewhere
};

class DefinitionInspector {
 public:
  /// What is kept of judged definitions, in bytes of their text; then all of it is forgotten.
  static constexpr std::size_t kMostKept = std::size_t{8} << 20;

  DefinitionInspector(std::shared_ptr<const CompiledRules> rules, const Limits& limits,
                      InspectionSettings settings);

  /// `bytes` is the JSON of one definition; for kInstructions the whole result of the connection,
  /// whose server's own description is read too. Bytes that cannot be read are guilty.
  [[nodiscard]] std::shared_ptr<const DefinitionRuling> inspect(SurfaceList list,
                                                                std::string_view bytes) const;

 private:
  using Ruling = std::shared_ptr<const DefinitionRuling>;

  [[nodiscard]] DefinitionRuling judge(SurfaceList list, std::string_view bytes) const;

  InspectionSettings settings_;
  mutable TextJudgePool pool_;
  mutable std::mutex mutex_;
  /// By list and bytes; looked up without a copy of the bytes.
  struct DefinitionHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view bytes) const {
      return std::hash<std::string_view>{}(bytes);
    }
  };
  using Rulings = std::unordered_map<std::string, Ruling, DefinitionHash, std::equal_to<>>;
  static constexpr std::size_t kLists = 5;
  mutable std::array<Rulings, kLists> known_;
  mutable std::size_t kept_{0};
};

}  // namespace merlon
