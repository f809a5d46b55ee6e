#pragma once
/// Holds definitions against the approved ones of a lock, never against what was seen before: many
/// small changes are one large one.
///
///   const PinJudge judge(world.pins);
///   const PinAnswer answer = judge.judge("files", {.list = ..., .name = ..., .document = ...,
///   ...}); if (answer.drift == PinDrift::kRiskGrew) { ... answer.message ... }
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "capability/lock.h"
#include "model/session_state.h"

namespace merlon {

enum class PinDrift : std::uint8_t {
  kNone,       ///< as approved
  kUnpinned,   ///< nothing of this server was ever approved
  kNew,        ///< the server is pinned, a definition of this name is not
  kRenamed,    ///< an approved definition that is gone, under another name
  kChanged,    ///< not as approved; no change is known to add risk
  kRiskGrew,   ///< not as approved, and what changed adds risk, or cannot be told
  kAmbiguous,  ///< no canonical form: can be read in two ways, and so is equal to nothing
};

struct PinQuestion {
  SurfaceList list{SurfaceList::kTools};
  std::string_view name;
  const Document& document;
  NodeId node{kNoNode};
  /// sha256 in hex of the canonical form when it is known already, else empty.
  std::string_view digest;
  /// Names that the server still offers in this list: a pin of such a name was not renamed. Null:
  /// they are not all known, and renames are not looked for.
  const std::set<std::string, std::less<>>* offered{nullptr};
};

struct PinAnswer {
  PinDrift drift{PinDrift::kNone};
  std::string message;   ///< one line; empty for kNone and kUnpinned
  std::string pointer;   ///< below the definition: what changed first
  std::string evidence;  ///< what stands there now, shortened
};

/// Immutable; safe from many threads.
class PinJudge {
 public:
  explicit PinJudge(std::shared_ptr<const Lock> pins);

  /// Whether anything of a server with this configured name was approved.
  [[nodiscard]] bool is_pinned(std::string_view server) const { return servers_.contains(server); }
  [[nodiscard]] bool is_approved_name(std::string_view server, SurfaceList list,
                                      std::string_view name) const;
  [[nodiscard]] PinAnswer judge(std::string_view server, const PinQuestion& question) const;

 private:
  using ListItems = std::map<std::string, std::vector<const LockedItem*>, std::less<>>;
  using ServerItems = std::map<LockList, ListItems>;

  [[nodiscard]] const std::vector<const LockedItem*>* pins_of(std::string_view server,
                                                              SurfaceList list,
                                                              std::string_view name) const;
  [[nodiscard]] PinAnswer judge_new(const ServerItems& pins, const PinQuestion& question) const;
  [[nodiscard]] PinAnswer compare(const LockedItem& pin, const PinQuestion& question) const;

  std::shared_ptr<const Lock> lock_;
  std::map<std::string, ServerItems, std::less<>> servers_;
};

}  // namespace merlon
