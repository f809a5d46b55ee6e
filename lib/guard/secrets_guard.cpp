// Takes secrets out of what a server says, and keeps them out of calls. docs/guards/secrets.md
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.h"
#include "guard/call_legs.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/message_text_reader.h"
#include "guard/secret_search.h"
#include "guard/text_redaction.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 6> kSecretsKeys{
    "action", "arguments", "arguments_sent_out", "detectors", "names", "uninspected"};
constexpr std::array<std::string_view, 5> kSecretActions{"allow", "warn", "redact", "ask", "deny"};
constexpr std::array<std::string_view, 3> kUninspectedWords{"allow", "warn", "deny"};
constexpr std::size_t kMostSecretReasons = 16;

enum class SecretAction : std::uint8_t { kAllow, kWarn, kRedact, kAsk, kDeny };

struct SecretsSettings {
  SecretAction action{SecretAction::kRedact};
  SecretAction arguments{SecretAction::kAsk};
  SecretAction arguments_sent_out{SecretAction::kDeny};
  Verdict uninspected{Verdict::kAllow};
};

/// The secrets of one message.
class SecretsOfMessage {
 public:
  SecretsOfMessage(const SecretSearch& search, const Document& document)
      : search_(search), document_(document), redaction_(document) {}

  void read(MessageTextReader reader) {
    MessageText text;
    while (reader.next(text)) {
      if (text.kind == TextKind::kNumber) {
        continue;
      }
      if (text.kind == TextKind::kBlob) {
        read_blob(text);
        continue;
      }
      find_in(text, text.text);
    }
  }

  [[nodiscard]] bool any() const { return count_ != 0; }
  [[nodiscard]] NodeId uninspected() const { return uninspected_; }
  [[nodiscard]] std::vector<Reason> take_reasons() { return std::move(reasons_); }
  [[nodiscard]] TextRedaction take_redaction() { return std::move(redaction_); }

 private:
  void read_blob(const MessageText& text) {
    const std::string inside = text_of_blob(text.text);
    if (!inside.empty()) {
      find_in(text, inside);
    } else if (uninspected_ == kNoNode) {
      uninspected_ = text.node;
    }
  }

  void find_in(const MessageText& text, std::string_view inside) {
    const std::string_view key = text.kind == TextKind::kString ? text.key : std::string_view();
    if (text.folded != nullptr) {
      search_.find_folded(key, inside, *text.folded, found_);
    } else {
      search_.find(key, inside, folded_, found_);
    }
    if (found_.empty()) {
      return;
    }
    pieces_.clear();
    for (const SecretPiece& piece : found_) {
      pieces_.push_back({.begin = piece.begin,
                         .end = piece.end,
                         .by = "[redacted:" + std::string(piece.rule) + "]"});
      ++count_;
      if (reasons_.size() < kMostSecretReasons) {
        add_reason(text, inside.substr(piece.begin, piece.end - piece.begin), piece.rule);
      }
    }
    redaction_.replace(text, pieces_);
  }

  void add_reason(const MessageText& text, std::string_view secret, std::string_view rule) {
    Reason reason;
    reason.code = DenialCode::kDataLeak;
    reason.rule_id = rule == kSecretMember || rule == "assigned-secret"
                         ? std::string(rule)
                         : "secret-" + std::string(rule);
    reason.severity = Severity::kHigh;
    reason.message = rule == kSecretMember
                         ? "a member that is named like a secret has a value like one"
                         : "the message holds what `" + std::string(rule) + "` takes for a secret";
    // The pointer of a key would show it.
    reason.pointer = text.kind == TextKind::kKey
                         ? document_.pointer(document_.node(text.node).parent)
                         : document_.pointer(text.node);
    reason.evidence = escape_for_display(mask_secret(secret));
    reasons_.push_back(std::move(reason));
  }

  const SecretSearch& search_;
  const Document& document_;
  TextRedaction redaction_;
  FoldedText folded_;
  std::vector<SecretPiece> found_;
  std::vector<TextPiece> pieces_;
  std::vector<Reason> reasons_;
  std::size_t count_{0};
  NodeId uninspected_{kNoNode};
};

class SecretsGuard final : public ForgetfulGuard {
 public:
  SecretsGuard(SecretSearch search, SecretsSettings settings)
      : search_(std::move(search)), settings_(settings) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    SecretsOfMessage secrets(search_, input.message.document);
    secrets.read(MessageTextReader(input.message, input.texts));
    GuardOutcome outcome = secrets.any() ? outcome_of(input, secrets) : allow();
    add_uninspected(input, secrets, outcome);
    return outcome;
  }

 private:
  [[nodiscard]] GuardOutcome outcome_of(const GuardInput& input, SecretsOfMessage& secrets) const {
    GuardOutcome outcome;
    const SecretAction action = action_for(input);
    outcome.reasons = secrets.take_reasons();
    for (Reason& reason : outcome.reasons) {
      reason.remedy = remedy_of(input);
    }
    switch (action) {
      case SecretAction::kAllow: return allow();
      case SecretAction::kWarn: outcome.verdict = Verdict::kWarn; return outcome;
      case SecretAction::kAsk: outcome.verdict = Verdict::kAsk; return outcome;
      case SecretAction::kDeny: outcome.verdict = Verdict::kDeny; return outcome;
      case SecretAction::kRedact: break;
    }
    TextRedaction redaction = secrets.take_redaction();
    if (redaction.impossible()) {
      outcome.verdict = Verdict::kDeny;
      outcome.reasons.push_back(unredactable());
      return outcome;
    }
    outcome.verdict = Verdict::kModify;
    outcome.edits = std::move(redaction).take();
    return outcome;
  }

  /// What goes to the server is kept back, what comes from it is redacted: a call without its
  /// password would do something else than was meant.
  [[nodiscard]] SecretAction action_for(const GuardInput& input) const {
    if (input.message.direction == Direction::kToClient) {
      return settings_.action;
    }
    if (input.phase != Phase::kToolInvoke) {
      return settings_.arguments;
    }
    const CapabilitySet set = capabilities_of_tool(input.called, input.entry);
    const bool leaves =
        (set & capability_bit(Capability::kSendsOut)) != 0 ||
        find_outgoing_argument(input.message.document, input.arguments, AddressRule::kAny);
    return leaves ? std::max(settings_.arguments_sent_out, settings_.arguments)
                  : settings_.arguments;
  }

  static std::string remedy_of(const GuardInput& input) {
    return input.message.direction == Direction::kToClient
               ? "keep secrets out of what the server answers"
               : "give the server its secrets in its environment, not in arguments";
  }

  static Reason unredactable() {
    Reason reason;
    reason.code = DenialCode::kProtocolViolation;
    reason.rule_id = "secret-not-redactable";
    reason.severity = Severity::kHigh;
    reason.message =
        "secrets stand in members that are there twice, or in more places than can be redacted";
    return reason;
  }

  void add_uninspected(const GuardInput& input, const SecretsOfMessage& secrets,
                       GuardOutcome& outcome) const {
    if (secrets.uninspected() == kNoNode || settings_.uninspected == Verdict::kAllow) {
      return;
    }
    Reason reason;
    reason.code = DenialCode::kDataLeak;
    reason.rule_id = "secrets-uninspected";
    reason.severity = Severity::kLow;
    reason.message = "an image, a sound or a blob cannot be searched for secrets";
    reason.pointer = input.message.document.pointer(secrets.uninspected());
    outcome.reasons.push_back(std::move(reason));
    outcome.verdict = std::max(outcome.verdict, settings_.uninspected);
  }

  SecretSearch search_;
  SecretsSettings settings_;
};

std::vector<const DetectorKind*> read_detectors(const GuardConfig& config) {
  if (!config.reader.field(config.table, "detectors")) {
    return default_secret_detectors();
  }
  const std::span<const std::string_view> known = secret_detector_names();
  std::vector<const DetectorKind*> out;
  for (const NodeId node : config.reader.strings(config.table, "detectors")) {
    const std::string name = config.reader.document().text(node);
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      out.push_back(find_detector(name));
      continue;
    }
    TableReader::suggest(
        config.reader.complain(node, "no detector of secrets is named `", name, "`"), name,
        {known.begin(), known.end()});
  }
  std::erase(out, nullptr);
  return out;
}

SecretAction read_secret_action(const GuardConfig& config, std::string_view key,
                                SecretAction fallback) {
  const auto word = config.reader.choice(config.table, key, kSecretActions);
  return word ? static_cast<SecretAction>(*word) : fallback;
}

}  // namespace

std::unique_ptr<Guard> make_secrets_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kSecretsKeys, "the configuration of `secrets`");
  SecretsSettings settings;
  settings.action = read_secret_action(config, "action", settings.action);
  settings.arguments = read_secret_action(config, "arguments", settings.arguments);
  settings.arguments_sent_out =
      read_secret_action(config, "arguments_sent_out", settings.arguments_sent_out);
  const bool names = reader.boolean(config.table, "names").value_or(true);
  if (const auto word = reader.choice(config.table, "uninspected", kUninspectedWords)) {
    settings.uninspected = parse_verdict(kUninspectedWords[*word]).value_or(Verdict::kDeny);
  }
  return std::make_unique<SecretsGuard>(
      SecretSearch(read_detectors(config), names, config.world.prefilter), settings);
}

}  // namespace merlon
