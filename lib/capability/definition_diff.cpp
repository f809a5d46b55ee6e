#include "capability/definition_diff.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "capability/classify.h"
#include "capability/definition_walk.h"
#include "capability/schema_change.h"
#include "capability/schema_path.h"
#include "capability/text_change.h"
#include "capability/word_tokens.h"

namespace merlon {
namespace {

constexpr std::size_t kShown = 200;
/// Strings inside something that is new as a whole, of which the texts are judged.
constexpr std::size_t kMostNewTexts = 2000;

struct Hint {
  std::string_view name;
  bool fallback;   ///< what a client assumes when it is absent
  bool dangerous;  ///< the value that promises less
  std::string_view why;
};
constexpr std::array kHints{
    Hint{"readOnlyHint", false, false, "no longer says that it only reads"},
    Hint{"destructiveHint", true, true, "no longer says that it destroys nothing"},
    Hint{"openWorldHint", true, true, "no longer says that it stays in a closed world"},
    Hint{"idempotentHint", false, false, "no longer says that calling it twice is harmless"},
};

std::string pointer_of(const std::vector<std::string>& path) {
  std::string pointer;
  for (const std::string& token : path) {
    pointer.push_back('/');
    for (const char c : token) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer.push_back(c);
      }
    }
  }
  return pointer;
}

std::string shown(const Document& document, NodeId node) {
  return node == kNoNode ? "" : shorten(value_text(document, node), kShown);
}

class Diff {
 public:
  Diff(const Document& before, NodeId old_node, const Document& after, NodeId new_node)
      : before_(before), after_(after), old_(old_node), new_(new_node) {}

  std::vector<DefinitionChange> run(bool tool) {
    auto differences = find_differences(before_, old_, after_, new_, kMostChanges);
    for (const ValueDifference& difference : differences.found) {
      judge(difference, tool);
    }
    if (tool) {
      judge_hints();
      judge_capabilities();
    }
    if (differences.cut) {
      changes_.push_back({.kind = ChangeKind::kCut,
                          .risk_grew = true,
                          .why = "there are more changes than are listed",
                          .node = new_});
    }
    std::ranges::stable_sort(changes_, {}, [](const DefinitionChange& change) {
      return std::tuple(change.risk_grew ? 0 : 1, change.kind == ChangeKind::kCut ? 1 : 0,
                        std::string_view(change.pointer));
    });
    return std::move(changes_);
  }

 private:
  [[nodiscard]] DefinitionChange start(const ValueDifference& difference) const {
    return {.pointer = pointer_of(difference.path),
            .kind = difference.old_node == kNoNode   ? ChangeKind::kAdded
                    : difference.new_node == kNoNode ? ChangeKind::kRemoved
                                                     : ChangeKind::kChanged,
            .before = shown(before_, difference.old_node),
            .after = shown(after_, difference.new_node),
            .node = difference.new_node == kNoNode ? difference.holder : difference.new_node};
  }

  void judge(const ValueDifference& difference, bool tool) {
    const SchemaPath where = schema_path(difference.path);
    if (tool && is_hint(where)) {
      return;
    }
    DefinitionChange change = start(difference);
    std::optional<SchemaVerdict> verdict;
    if (tool && (where.role == PathRole::kKeyword || where.role == PathRole::kParameter)) {
      verdict = judge_schema_change(before_, after_, difference, where);
    }
    if (verdict) {
      change.risk_grew = verdict->risk_grew;
      change.why = std::move(verdict->why);
    }
    if (!change.risk_grew) {
      judge_text(difference, change);
    }
    if (change.why.empty()) {
      change.why = "is " + std::string(to_string(change.kind));
    }
    changes_.push_back(std::move(change));
  }

  static bool is_hint(const SchemaPath& where) {
    return where.role == PathRole::kAnnotation &&
           std::ranges::find(kHints, where.keyword, &Hint::name) != kHints.end();
  }

  void judge_text(const ValueDifference& difference, DefinitionChange& change) const {
    if (difference.new_node == kNoNode) {
      return;
    }
    const std::string old_text =
        before_.is(difference.old_node, NodeKind::kString) ? before_.text(difference.old_node) : "";
    std::size_t looked_at = 0;
    const NodeId end = after_.node(difference.new_node).next;
    std::string scratch;
    for (NodeId id = difference.new_node; id < end; ++id) {
      if (!after_.is(id, NodeKind::kString) && !after_.is(id, NodeKind::kKey)) {
        continue;
      }
      TextChange verdict = judge_text_change(old_text, after_.text(id, scratch));
      if (++looked_at > kMostNewTexts) {
        verdict = {true, "is too large to be judged"};
      }
      if (verdict.risk_grew) {
        change.risk_grew = true;
        change.why = (change.why.empty() ? "" : change.why + ": ") + verdict.why;
        return;
      }
      if (!old_text.empty()) {
        change.why = verdict.why;
      }
    }
  }

  [[nodiscard]] static bool value_of(const Document& document, NodeId tool, const Hint& hint) {
    const auto annotations = document.find(tool, "annotations", NodeKind::kObject);
    const auto node = document.find(annotations, hint.name);
    return node && document.is(*node, NodeKind::kBool) ? document.is_true(node) : hint.fallback;
  }

  /// The place of a hint in the new definition, else that of the whole.
  [[nodiscard]] NodeId place_of(const Hint& hint) const {
    const auto annotations = after_.find(new_, "annotations", NodeKind::kObject);
    return after_.find(annotations, hint.name).value_or(annotations.value_or(new_));
  }

  void judge_hints() {
    const auto old_found = classify_tool(before_, find_tool_nodes(before_, old_));
    const auto new_found = classify_tool(after_, find_tool_nodes(after_, new_));
    for (const Hint& hint : kHints) {
      const bool old_value = value_of(before_, old_, hint);
      const bool new_value = value_of(after_, new_, hint);
      if (old_value == new_value) {
        continue;
      }
      DefinitionChange change{
          .pointer = "/annotations/" + std::string(hint.name),
          .before = old_value ? "true" : "false",
          .after = new_value ? "true" : "false",
          .risk_grew = new_value == hint.dangerous,
          .why = new_value == hint.dangerous ? std::string(hint.why) : "promises more than before",
          .node = place_of(hint)};
      // A promise that name and parameters contradict makes clients stop asking.
      for (const AnnotationContradiction& one : new_found.contradictions) {
        if (one.annotation != hint.name) {
          continue;
        }
        change.risk_grew = true;
        change.why = "promises more than before, but its name says `" + one.words + "`";
        change.node = one.node;
      }
      changes_.push_back(std::move(change));
    }
    old_capabilities_ = old_found.set;
    new_capabilities_ = new_found;
  }

  void judge_capabilities() {
    constexpr CapabilitySet kMild = capability_bit(Capability::kReadsPrivate) |
                                    capability_bit(Capability::kTakesUntrusted) |
                                    capability_bit(Capability::kChangesState);
    for (const CapabilityInfo& info : capability_infos()) {
      const CapabilitySet bit = capability_bit(info.capability);
      if ((old_capabilities_ & bit) != 0 || !new_capabilities_.has(info.capability)) {
        continue;
      }
      const CapabilityEvidence& evidence = *new_capabilities_.why(info.capability);
      // A description that is worded differently proves little of what is common.
      const bool weak = evidence.source == EvidenceSource::kDescription && (kMild & bit) != 0;
      changes_.push_back(
          {.pointer = evidence.source == EvidenceSource::kDescription ? "/description"
                      : evidence.source == EvidenceSource::kName      ? "/name"
                                                                      : "/inputSchema",
           .kind = ChangeKind::kCapability,
           .after = std::string(info.name),
           .risk_grew = !weak,
           .why = "new capability " + std::string(info.name) + ": the " +
                  std::string(to_string(evidence.source)) + " says `" + evidence.words + "`",
           .node = evidence.node});
    }
  }

  const Document& before_;
  const Document& after_;
  NodeId old_;
  NodeId new_;
  CapabilitySet old_capabilities_{0};
  ToolCapabilities new_capabilities_;
  std::vector<DefinitionChange> changes_;
};

/// All words of a definition but for those of its name.
std::set<std::string> words_of(const Document& document, NodeId tool) {
  std::set<std::string> words;
  std::string scratch;
  const NodeId name = document.find(tool, "name").value_or(kNoNode);
  std::size_t left = 4000;
  for (NodeId id = tool; id < document.node(tool).next && left > 0; ++id) {
    if (id == name || (!document.is(id, NodeKind::kString) && !document.is(id, NodeKind::kKey))) {
      continue;
    }
    for (WordToken& word : split_prose(document.text(id, scratch), left)) {
      words.insert(std::move(word.text));
      --left;
    }
  }
  return words;
}

}  // namespace

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded: return "added";
    case ChangeKind::kRemoved: return "removed";
    case ChangeKind::kChanged: return "changed";
    case ChangeKind::kCapability: return "capability";
    case ChangeKind::kCut: return "cut";
  }
  return "changed";
}

std::vector<DefinitionChange> diff_tools(const Document& before, NodeId old_tool,
                                         const Document& after, NodeId new_tool) {
  return Diff(before, old_tool, after, new_tool).run(true);
}

std::vector<DefinitionChange> diff_definitions(const Document& before, NodeId old_node,
                                               const Document& after, NodeId new_node) {
  return Diff(before, old_node, after, new_node).run(false);
}

double definition_similarity(const Document& before, NodeId old_tool, const Document& after,
                             NodeId new_tool) {
  const auto old_words = words_of(before, old_tool);
  const auto new_words = words_of(after, new_tool);
  std::size_t common = 0;
  for (const std::string& word : old_words) {
    common += new_words.count(word);
  }
  const std::size_t all = old_words.size() + new_words.size() - common;
  return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace merlon
