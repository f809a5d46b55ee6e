#include "capability/classify.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "capability/action_phrase.h"

namespace merlon {
namespace {

/// What of a description is read; the first sentence is what counts most.
constexpr std::size_t kDescriptionBytes = 4096;

/// The first parameter of each kind.
struct Parameters {
  std::array<std::optional<ParameterNodes>, kSinkKindCount> first{};

  [[nodiscard]] const std::optional<ParameterNodes>& of(SinkKind kind) const {
    return first[static_cast<std::size_t>(kind)];
  }
};

struct Place {
  EvidenceSource source{EvidenceSource::kName};
  NodeId node{kNoNode};
};

class Classifier {
 public:
  Classifier(const Document& document, const ToolNodes& tool) : document_(document), tool_(tool) {}

  ToolCapabilities run() {
    read_parameters();
    if (document_.is(tool_.name, NodeKind::kString)) {
      for (const ActionPhrase& phrase : phrases_of_name(document_.text(tool_.name, scratch_))) {
        judge(phrase, {EvidenceSource::kName, tool_.name});
      }
    }
    if (document_.is(tool_.description, NodeKind::kString)) {
      const auto text = document_.text(tool_.description, scratch_).substr(0, kDescriptionBytes);
      knows_graph_ = text.find("knowledge graph") != std::string_view::npos;
      for (const ActionPhrase& phrase : phrases_of_description(text)) {
        judge(phrase, {EvidenceSource::kDescription, tool_.description});
      }
    }
    judge_parameters();
    std::ranges::stable_sort(found_.evidence, {}, [](const CapabilityEvidence& one) {
      return std::pair(one.capability, one.source);
    });
    check_annotations();
    return std::move(found_);
  }

 private:
  void read_parameters() {
    for (const ParameterNodes& parameter : parameters_of(document_, tool_.input_schema)) {
      const auto kind = sink_of_parameter(document_.text(parameter.name, scratch_));
      if (!kind) {
        continue;
      }
      auto& first = parameters_.first[static_cast<std::size_t>(*kind)];
      if (!first) {
        first = parameter;
      }
    }
  }

  void add(Capability capability, CapabilityEvidence evidence) {
    found_.set |= capability_bit(capability);
    evidence.capability = capability;
    for (const CapabilityEvidence& one : found_.evidence) {
      if (one.capability == capability && one.source == evidence.source) {
        return;
      }
    }
    found_.evidence.push_back(std::move(evidence));
  }

  /// Evidence of the phrase's verb, with the first object of `objects` when there is one.
  void add(Capability capability, const ActionPhrase& phrase, const Place& place,
           WordClasses objects = 0) {
    CapabilityEvidence evidence{.source = place.source, .node = place.node, .sure = phrase.sure};
    evidence.begin = phrase.verb.begin;
    evidence.end = phrase.verb.end;
    evidence.words = phrase.verb.text;
    if (const WordToken* object = objects != 0 ? phrase.object_of(objects) : nullptr) {
      if (evidence.words.empty()) {
        evidence.begin = object->begin;
      }
      evidence.begin = std::min(evidence.begin, object->begin);
      evidence.end = std::max(evidence.end, object->end);
      evidence.words += evidence.words.empty() ? object->text : " " + object->text;
    }
    add(capability, std::move(evidence));
  }

  void add_parameter(Capability capability, SinkKind kind) {
    const auto& parameter = parameters_.of(kind);
    if (!parameter) {
      return;
    }
    const std::string text = document_.text(parameter->name);
    add(capability, {.source = EvidenceSource::kParameter,
                     .node = parameter->name,
                     .end = text.size(),
                     .words = text});
  }

  void judge(const ActionPhrase& phrase, const Place& place) {
    const WordClasses verb = phrase.verb_classes;
    const WordClasses objects = phrase.object_classes;
    if ((verb & kVerbRead) != 0) {
      judge_reading(phrase, place);
    }
    if ((verb & (kVerbChange | kVerbDestroy | kVerbSend | kVerbRemember)) != 0) {
      add(Capability::kChangesState, phrase, place);
    }
    if ((verb & kVerbDestroy) != 0) {
      add(Capability::kDestroys, phrase, place);
    }
    const bool speaks = (verb & kVerbCreate) != 0 && (objects & kNounMessage) != 0;
    if ((verb & kVerbSend) != 0 || speaks) {
      add(Capability::kSendsOut, phrase, place, kNounMessage);
    }
    judge_execution(phrase, place);
    judge_money(phrase, place);
    const bool memory = (objects & kNounMemory) != 0 || knows_graph_;
    if ((verb & kVerbRemember) != 0 || ((verb & kVerbChange) != 0 && memory)) {
      add(Capability::kWritesMemory, phrase, place, kNounMemory);
    }
    reads_ = reads_ || (verb & (kVerbRead | kVerbPure)) != 0;
    acts_ = acts_ || (verb & (kVerbChange | kVerbDestroy | kVerbSend | kVerbSpend)) != 0;
  }

  void judge_reading(const ActionPhrase& phrase, const Place& place) {
    const WordClasses objects = phrase.object_classes;
    if ((objects & (kNounPrivate | kNounDatabase)) != 0) {
      add(Capability::kReadsPrivate, phrase, place, kNounPrivate | kNounDatabase);
    }
    if ((objects & kNounUntrusted) != 0) {
      add(Capability::kTakesUntrusted, phrase, place, kNounUntrusted);
    }
  }

  void judge_execution(const ActionPhrase& phrase, const Place& place) {
    const WordClasses verb = phrase.verb_classes;
    const WordClasses objects = phrase.object_classes;
    const bool command = parameters_.of(SinkKind::kCommand).has_value();
    if ((verb & kVerbExecute) == 0) {
      // `bash(command)`: a noun is enough when it is handed code.
      if (verb == 0 && (objects & kNounCode) != 0 && command) {
        add(Capability::kExecutes, phrase, place, kNounCode);
      }
      return;
    }
    if ((objects & kNounDatabase) != 0) {
      add(Capability::kReadsPrivate, phrase, place, kNounDatabase);
    }
    if ((objects & kNounCode) != 0 || command) {
      add(Capability::kExecutes, phrase, place, kNounCode);
    }
    if ((verb & kVerbPure) == 0) {
      add(Capability::kChangesState, phrase, place);
    }
  }

  void judge_money(const ActionPhrase& phrase, const Place& place) {
    const WordClasses verb = phrase.verb_classes;
    const bool money = (phrase.object_classes & kNounMoney) != 0;
    const bool amount = parameters_.of(SinkKind::kMoney).has_value();
    const bool spends = (verb & kVerbSpend) != 0 && ((verb & kNeedsMoney) == 0 || money || amount);
    const bool moves = (verb & (kVerbChange | kVerbSend)) != 0 && money && amount;
    const bool executes =
        (verb & kVerbExecute) != 0 && money && (phrase.object_classes & kNounCode) == 0;
    if (spends || moves || executes) {
      add(Capability::kSpendsMoney, phrase, place, kNounMoney);
    }
  }

  void judge_parameters() {
    if (parameters_.of(SinkKind::kUrl) && (reads_ || !acts_)) {
      add_parameter(Capability::kTakesUntrusted, SinkKind::kUrl);
      add_parameter(Capability::kSendsOut, SinkKind::kUrl);
    }
    if (parameters_.of(SinkKind::kPath) && (reads_ || found_.has(Capability::kSendsOut))) {
      add_parameter(Capability::kReadsPrivate, SinkKind::kPath);
    }
    const auto& command = parameters_.of(SinkKind::kCommand);
    if (command && is_text(command->schema) && document_.text(command->name, scratch_) != "code") {
      add_parameter(Capability::kExecutes, SinkKind::kCommand);
    }
    if (parameters_.of(SinkKind::kRecipient) && found_.has(Capability::kSendsOut)) {
      add_parameter(Capability::kSendsOut, SinkKind::kRecipient);
    }
  }

  /// A string that is not bound to a list of values.
  [[nodiscard]] bool is_text(NodeId schema) const {
    return document_.string_or(document_.find(schema, "type"), "string") == "string" &&
           !document_.find(schema, "enum") && !document_.find(schema, "const");
  }

  void check_annotations() {
    using enum Capability;
    contradict("readOnlyHint", true,
               {kDestroys, kSpendsMoney, kSendsOut, kWritesMemory, kChangesState});
    contradict("destructiveHint", false, {kDestroys});
    contradict("openWorldHint", false, {kSendsOut});
  }

  void contradict(std::string_view annotation, bool claimed,
                  std::initializer_list<Capability> capabilities) {
    const auto node = document_.find(tool_.annotations, annotation);
    if (!node || !document_.is(*node, NodeKind::kBool) || document_.is_true(node) != claimed) {
      return;
    }
    for (const Capability capability : capabilities) {
      for (const CapabilityEvidence& one : found_.evidence) {
        if (one.capability != capability || one.source != EvidenceSource::kName || !one.sure) {
          continue;
        }
        found_.contradictions.push_back({.node = *node,
                                         .annotation = std::string(annotation),
                                         .claimed = claimed,
                                         .capability = capability,
                                         .words = one.words});
        return;
      }
    }
  }

  const Document& document_;
  const ToolNodes& tool_;
  Parameters parameters_;
  ToolCapabilities found_;
  std::string scratch_;
  bool reads_{false};
  bool acts_{false};
  bool knows_graph_{false};
};

}  // namespace

ToolCapabilities classify_tool(const Document& document, const ToolNodes& tool) {
  return Classifier(document, tool).run();
}

}  // namespace merlon
