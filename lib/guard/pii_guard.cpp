// Masks or refuses personal data. docs/guards/pii.md
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "guard/detector_scan.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/message_text_reader.h"
#include "guard/personal_data_type.h"
#include "guard/text_redaction.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 6> kPiiKeys{"action",    "arguments", "types",
                                                   "min_score", "keep_last", "type"};
constexpr std::array<std::string_view, 3> kPiiTypeKeys{"action", "arguments", "min_score"};
constexpr std::array<std::string_view, 5> kPiiActions{"allow", "warn", "mask", "ask", "deny"};
constexpr std::array<std::string_view, 3> kPiiDefaultTypes{"bank-account", "payment-card",
                                                           "person-number"};
constexpr std::uint64_t kMostKept = 4;
constexpr std::size_t kMostPiiReasons = 16;

/// In the order of the verdicts.
enum class PiiAction : std::uint8_t { kAllow, kWarn, kMask, kAsk, kDeny };

struct PiiTypeSettings {
  const PersonalDataType* type{nullptr};
  PiiAction action{PiiAction::kMask};    ///< what comes from the server
  PiiAction arguments{PiiAction::kAsk};  ///< what goes to it
  unsigned min_score{kLeastPersonalScore};
};

Verdict verdict_of_action(PiiAction action) {
  switch (action) {
    case PiiAction::kAllow: return Verdict::kAllow;
    case PiiAction::kWarn: return Verdict::kWarn;
    case PiiAction::kMask: return Verdict::kModify;
    case PiiAction::kAsk: return Verdict::kAsk;
    case PiiAction::kDeny: break;
  }
  return Verdict::kDeny;
}

class PiiGuard final : public ForgetfulGuard {
 public:
  PiiGuard(std::vector<PiiTypeSettings> types, std::size_t keep_last)
      : types_(std::move(types)), keep_last_(keep_last), scan_(kinds_of(types_)) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    Work work(input.message);
    MessageTextReader reader(input.message);
    MessageText text;
    while (reader.next(text)) {
      if (text.kind == TextKind::kBlob) {
        const std::string inside = text_of_blob(text.text);
        find_in(work, text, inside);
      } else {
        find_in(work, text, text.text);
      }
    }
    return finish(work);
  }

 private:
  struct Work {
    explicit Work(const Message& judged)
        : message(judged),
          redaction(judged.document),
          to_client(judged.direction == Direction::kToClient) {}
    const Message& message;
    TextRedaction redaction;
    bool to_client;
    FoldedText folded;
    std::vector<DetectorScanHit> hits;
    std::vector<TextPiece> pieces;
    GuardOutcome outcome;
    bool masks{false};
  };

  static std::vector<const DetectorKind*> kinds_of(const std::vector<PiiTypeSettings>& types) {
    std::vector<const DetectorKind*> out;
    out.reserve(types.size());
    for (const PiiTypeSettings& settings : types) {
      out.push_back(&detector_of(*settings.type));
    }
    return out;
  }

  void find_in(Work& work, const MessageText& text, std::string_view inside) const {
    scan_.find(inside, work.folded, work.hits);
    work.pieces.clear();
    for (const DetectorScanHit& hit : work.hits) {
      const PiiTypeSettings& settings = types_[hit.detector];
      const unsigned score = score_of_find(*settings.type, inside, hit.begin, text.key,
                                           text.kind == TextKind::kNumber);
      const PiiAction action = work.to_client ? settings.action : settings.arguments;
      if (score < settings.min_score || action == PiiAction::kAllow) {
        continue;
      }
      work.outcome.verdict = std::max(work.outcome.verdict, verdict_of_action(action));
      if (work.outcome.reasons.size() < kMostPiiReasons) {
        work.outcome.reasons.push_back(reason_of(work, text, *settings.type, score));
      }
      if (action == PiiAction::kMask) {
        add_mask(work, inside, hit, *settings.type);
      }
    }
    if (!work.pieces.empty()) {
      work.masks = true;
      work.redaction.replace(text, work.pieces);
    }
  }

  void add_mask(Work& work, std::string_view inside, const DetectorScanHit& hit,
                const PersonalDataType& type) const {
    if (!work.pieces.empty() && hit.begin < work.pieces.back().end) {
      work.pieces.back().end = std::max(work.pieces.back().end, hit.end);
      return;
    }
    std::string by = "[masked:" + std::string(type.name);
    // The last bytes of an address of a person would be its domain; of numbers they tell two apart.
    if (keep_last_ > 0 && type.name != "mail-address" && hit.end - hit.begin >= 2 * kMostKept) {
      by.append(" ..").append(inside.substr(hit.end - keep_last_, keep_last_));
    }
    work.pieces.push_back({.begin = hit.begin, .end = hit.end, .by = by + "]"});
  }

  static Reason reason_of(const Work& work, const MessageText& text, const PersonalDataType& type,
                          unsigned score) {
    const Document& document = work.message.document;
    Reason reason;
    reason.code = DenialCode::kDataLeak;
    reason.rule_id = "pii-" + std::string(type.name);
    reason.severity = Severity::kMedium;
    reason.message = "personal data: `" + std::string(type.name) + "`, score " +
                     std::to_string(score) + " of 100";
    reason.pointer = text.kind == TextKind::kKey ? document.pointer(document.node(text.node).parent)
                                                 : document.pointer(text.node);
    reason.remedy = work.to_client ? "let the server leave personal data out"
                                   : "leave personal data out of the arguments";
    return reason;
  }

  static GuardOutcome finish(Work& work) {
    GuardOutcome outcome = std::move(work.outcome);
    if (!work.masks) {
      return outcome;
    }
    if (work.redaction.impossible()) {
      Reason reason;
      reason.code = DenialCode::kProtocolViolation;
      reason.rule_id = "pii-not-maskable";
      reason.severity = Severity::kMedium;
      reason.message =
          "personal data stands in members that are there twice, or in more places than can be "
          "masked";
      outcome.reasons.push_back(std::move(reason));
      outcome.verdict = Verdict::kDeny;
      return outcome;
    }
    outcome.edits = std::move(work.redaction).take();
    return outcome;
  }

  std::vector<PiiTypeSettings> types_;
  std::size_t keep_last_;
  DetectorScan scan_;
};

const PersonalDataType* find_personal_type(std::string_view name) {
  const auto types = personal_data_types();
  const auto found = std::find_if(types.begin(), types.end(), [name](const PersonalDataType& type) {
    return type.name == name;
  });
  return found == types.end() ? nullptr : &*found;
}

void read_pii_settings(TableReader& reader, NodeId table, PiiTypeSettings& settings) {
  if (const auto word = reader.choice(table, "action", kPiiActions)) {
    settings.action = static_cast<PiiAction>(*word);
  }
  if (const auto word = reader.choice(table, "arguments", kPiiActions)) {
    settings.arguments = static_cast<PiiAction>(*word);
  }
  if (const auto score = reader.number(table, "min_score", {.least = 0, .most = 100})) {
    settings.min_score = static_cast<unsigned>(*score);
  }
}

void complain_of_type(TableReader& reader, NodeId node, std::string_view name) {
  std::vector<std::string_view> names;
  for (const PersonalDataType& type : personal_data_types()) {
    names.push_back(type.name);
  }
  TableReader::suggest(reader.complain(node, "no personal data is named `", name, "`"), name,
                       names);
}

std::vector<std::string> read_type_names(const GuardConfig& config) {
  if (!config.reader.field(config.table, "types")) {
    return {kPiiDefaultTypes.begin(), kPiiDefaultTypes.end()};
  }
  std::vector<std::string> out;
  for (const NodeId node : config.reader.strings(config.table, "types")) {
    std::string name = config.reader.document().text(node);
    if (find_personal_type(name) == nullptr) {
      complain_of_type(config.reader, node, name);
    } else if (std::find(out.begin(), out.end(), name) == out.end()) {
      out.push_back(std::move(name));
    }
  }
  return out;
}

}  // namespace

std::unique_ptr<Guard> make_pii_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kPiiKeys, "the configuration of `pii`");
  PiiTypeSettings general;
  read_pii_settings(reader, config.table, general);
  std::vector<PiiTypeSettings> types;
  for (const std::string& name : read_type_names(config)) {
    types.push_back(general);
    types.back().type = find_personal_type(name);
  }
  const auto tables = reader.table(config.table, "type");
  for (const auto& [key, node] :
       tables ? reader.document().members(*tables) : std::vector<std::pair<NodeId, NodeId>>{}) {
    const std::string name = reader.document().text(key);
    const auto table = reader.table(*tables, name);
    const auto found = std::find_if(types.begin(), types.end(), [&name](const auto& settings) {
      return settings.type->name == name;
    });
    if (find_personal_type(name) == nullptr) {
      complain_of_type(reader, key, name);
    } else if (found == types.end()) {
      reader.complain(key, "`", name, "` has settings and is not in `types`");
    } else if (table) {
      reader.check_keys(*table, kPiiTypeKeys, "`[guard.config.type.NAME]`");
      read_pii_settings(reader, *table, *found);
    }
  }
  const auto keep = reader.number(config.table, "keep_last", {.least = 0, .most = kMostKept});
  return std::make_unique<PiiGuard>(std::move(types), static_cast<std::size_t>(keep.value_or(0)));
}

}  // namespace merlon
