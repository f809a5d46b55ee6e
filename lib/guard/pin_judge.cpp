#include "guard/pin_judge.h"

#include <algorithm>
#include <utility>

#include "base/digest/digest.h"
#include "base/text.h"
#include "capability/definition_diff.h"
#include "guard/offered_definitions.h"
#include "proof/canonical_json.h"

namespace merlon {
namespace {

/// How alike two definitions must be to be one under two names; as in a scan against a lock.
constexpr double kSameTool = 0.8;
/// A pin is held against at most this many gone ones; a server that takes more away offers new
/// tools.
constexpr std::size_t kMostGone = 64;
constexpr std::size_t kShownPinEvidence = 160;

LockList lock_list_of(SurfaceList list) {
  switch (list) {
    case SurfaceList::kTools: return LockList::kTools;
    case SurfaceList::kPrompts: return LockList::kPrompts;
    case SurfaceList::kResources: return LockList::kResources;
    case SurfaceList::kResourceTemplates: return LockList::kResourceTemplates;
    case SurfaceList::kInstructions: return LockList::kInstructions;
  }
  return LockList::kTools;
}

/// ": what changed first; and 2 more changes".
std::string summary_of(const std::vector<DefinitionChange>& changes) {
  if (changes.empty()) {
    return {};
  }
  const DefinitionChange& first = changes.front();
  std::string text = ": ";
  if (!first.pointer.empty()) {
    text += "`" + escape_for_display(shorten(first.pointer, 80)) + "` ";
  }
  text += first.why;
  if (changes.size() > 1) {
    text += "; and " + counted(changes.size() - 1, "more change");
  }
  return text;
}

}  // namespace

PinJudge::PinJudge(std::shared_ptr<const Lock> pins) : lock_(std::move(pins)) {
  if (lock_ == nullptr) {
    return;
  }
  for (const LockedServer& server : lock_->servers) {
    if (server.name.empty()) {
      continue;
    }
    ServerItems& lists = servers_[server.name];
    for (const LockedItem& item : server.items) {
      lists[item.list][item.name].push_back(&item);
    }
  }
}

const std::vector<const LockedItem*>* PinJudge::pins_of(std::string_view server, SurfaceList list,
                                                        std::string_view name) const {
  const auto lists = servers_.find(server);
  if (lists == servers_.end()) {
    return nullptr;
  }
  const auto items = lists->second.find(lock_list_of(list));
  if (items == lists->second.end()) {
    return nullptr;
  }
  const auto found = items->second.find(name);
  return found == items->second.end() ? nullptr : &found->second;
}

bool PinJudge::is_approved_name(std::string_view server, SurfaceList list,
                                std::string_view name) const {
  return pins_of(server, list, name) != nullptr;
}

PinAnswer PinJudge::judge(std::string_view server, const PinQuestion& question) const {
  std::string digest(question.digest);
  if (digest.empty()) {
    const auto canonical = canonical_json(question.document, question.node);
    if (!canonical) {
      return {.drift = PinDrift::kAmbiguous,
              .message = title_of(question.list, question.name) +
                         " can be read in two ways: " + canonical.error().message,
              .pointer = {},
              .evidence = {}};
    }
    digest = sha256_hex(*canonical);
  }
  const auto pins = servers_.find(server);
  if (pins == servers_.end()) {
    return {.drift = PinDrift::kUnpinned, .message = {}, .pointer = {}, .evidence = {}};
  }
  const auto* const found = pins_of(server, question.list, question.name);
  if (found == nullptr) {
    return judge_new(pins->second, question);
  }
  const std::string whole = "sha256:" + digest;
  const auto same = [&](const LockedItem* pin) { return pin->digest == whole; };
  if (std::ranges::any_of(*found, same)) {
    return {};
  }
  return compare(*found->front(), question);
}

PinAnswer PinJudge::judge_new(const ServerItems& pins, const PinQuestion& question) const {
  const auto list = pins.find(lock_list_of(question.list));
  if (question.list == SurfaceList::kTools && question.offered != nullptr && list != pins.end()) {
    std::size_t gone = 0;
    for (const auto& [name, items] : list->second) {
      const LockedItem& pin = *items.front();
      if (question.offered->contains(name) || pin.definition == kNoNode) {
        continue;
      }
      if (++gone > kMostGone) {
        break;
      }
      if (definition_similarity(lock_->document, pin.definition, question.document,
                                question.node) >= kSameTool) {
        PinAnswer answer = compare(pin, question);
        // The name itself is one of the changes; that more changed is what `kRiskGrew` says.
        if (answer.drift == PinDrift::kChanged) {
          answer.drift = PinDrift::kRenamed;
        }
        answer.message = "the approved " + title_of(question.list, name) + " is now called `" +
                         escape_for_display(shorten(question.name, 64)) + "`";
        return answer;
      }
    }
  }
  return {.drift = PinDrift::kNew,
          .message = title_of(question.list, question.name) + " was never approved",
          .pointer = {},
          .evidence = {}};
}

PinAnswer PinJudge::compare(const LockedItem& pin, const PinQuestion& question) const {
  PinAnswer answer{.drift = PinDrift::kChanged,
                   .message = title_of(question.list, question.name) + " is not as approved",
                   .pointer = {},
                   .evidence = {}};
  if (pin.definition == kNoNode) {
    // What cannot be compared must not pass as harmless.
    answer.drift = PinDrift::kRiskGrew;
    answer.message += ": of the approved one only the digest was kept";
    return answer;
  }
  const auto changes =
      question.list == SurfaceList::kTools
          ? diff_tools(lock_->document, pin.definition, question.document, question.node)
          : diff_definitions(lock_->document, pin.definition, question.document, question.node);
  for (const DefinitionChange& change : changes) {
    if (change.risk_grew) {
      answer.drift = PinDrift::kRiskGrew;
    }
  }
  answer.message += summary_of(changes);
  if (!changes.empty()) {
    answer.pointer = changes.front().pointer;
    answer.evidence = shorten(changes.front().after, kShownPinEvidence);
  }
  return answer;
}

}  // namespace merlon
