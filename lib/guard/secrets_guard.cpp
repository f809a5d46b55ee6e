// Takes secrets out of what a server says, and keeps them out of calls. docs/guards/secrets.md
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "guard/call_legs.h"
#include "guard/detector_scan.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/message_text_reader.h"
#include "guard/text_redaction.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 6> kSecretsKeys{
    "action", "arguments", "arguments_sent_out", "detectors", "names", "uninspected"};
constexpr std::array<std::string_view, 5> kSecretActions{"allow", "warn", "redact", "ask", "deny"};
constexpr std::array<std::string_view, 3> kUninspectedWords{"allow", "warn", "deny"};
constexpr std::array<std::string_view, 15> kSecretDetectors{
    "anthropic-key",  "assigned-secret", "aws-key",     "github-token", "gitlab-token",
    "google-key",     "json-web-token",  "npm-token",   "openai-key",   "private-key",
    "provider-token", "pypi-token",      "slack-token", "stripe-key",   "url-password"};
constexpr std::string_view kSecretMember = "secret-member";
constexpr std::size_t kMostSecretReasons = 16;

enum class SecretAction : std::uint8_t { kAllow, kWarn, kRedact, kAsk, kDeny };

struct SecretsSettings {
  SecretAction action{SecretAction::kRedact};
  SecretAction arguments{SecretAction::kAsk};
  SecretAction arguments_sent_out{SecretAction::kDeny};
  bool names{true};
  Verdict uninspected{Verdict::kAllow};
};

/// Members whose names have `token` or `key` in them and whose values are places in a list.
bool is_place_in_list(std::string_view key) {
  constexpr std::array<std::string_view, 8> kWords{"page",   "next", "progress", "cursor",
                                                   "contin", "sync", "state",    "cache"};
  const std::string lower = to_lower_ascii(key.substr(0, 64));
  return std::any_of(kWords.begin(), kWords.end(), [&lower](std::string_view word) {
    return lower.find(word) != std::string::npos;
  });
}

/// The secrets of one message.
class SecretsOfMessage {
 public:
  SecretsOfMessage(const DetectorScan& scan, const SecretsSettings& settings,
                   const Document& document)
      : scan_(scan), settings_(settings), document_(document), redaction_(document) {}

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
    scan_.find(inside, folded_, hits_);
    pieces_.clear();
    for (const DetectorScanHit& hit : hits_) {
      add_piece(text, inside, {hit.begin, hit.end, scan_.kinds()[hit.detector]->name});
    }
    if (pieces_.empty() && settings_.names && text.kind == TextKind::kString && !text.key.empty() &&
        !is_place_in_list(text.key) && could_be_secret(classify_secret_name(text.key), inside)) {
      add_piece(text, inside, {0, inside.size(), kSecretMember});
    }
    if (!pieces_.empty()) {
      redaction_.replace(text, pieces_);
    }
  }

  struct Found {
    std::size_t begin{0};
    std::size_t end{0};
    std::string_view rule;
  };

  void add_piece(const MessageText& text, std::string_view inside, const Found& found) {
    // Overlapping finds become one piece under the name of the first, which is never shortened.
    if (!pieces_.empty() && found.begin < pieces_.back().end) {
      pieces_.back().end = std::max(pieces_.back().end, found.end);
      return;
    }
    pieces_.push_back({.begin = found.begin,
                       .end = found.end,
                       .by = "[redacted:" + std::string(found.rule) + "]"});
    ++count_;
    if (reasons_.size() < kMostSecretReasons) {
      add_reason(text, inside.substr(found.begin, found.end - found.begin), found.rule);
    }
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

  const DetectorScan& scan_;
  const SecretsSettings& settings_;
  const Document& document_;
  TextRedaction redaction_;
  FoldedText folded_;
  std::vector<DetectorScanHit> hits_;
  std::vector<TextPiece> pieces_;
  std::vector<Reason> reasons_;
  std::size_t count_{0};
  NodeId uninspected_{kNoNode};
};

class SecretsGuard final : public Guard {
 public:
  SecretsGuard(DetectorScan scan, SecretsSettings settings)
      : scan_(std::move(scan)), settings_(settings) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    SecretsOfMessage secrets(scan_, settings_, input.message.document);
    secrets.read(MessageTextReader(input.message));
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
    const CapabilitySet set = capabilities_of_tool(input.state, input.tool_name(), input.entry);
    const bool leaves =
        (set & capability_bit(Capability::kSendsOut)) != 0 ||
        find_outgoing_argument(input.message.document, input.arguments(), AddressRule::kAny);
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

  DetectorScan scan_;
  SecretsSettings settings_;
};

std::vector<const DetectorKind*> read_detectors(const GuardConfig& config) {
  std::vector<const DetectorKind*> out;
  if (!config.reader.field(config.table, "detectors")) {
    for (const std::string_view name : kSecretDetectors) {
      out.push_back(find_detector(name));
    }
    return out;
  }
  for (const NodeId node : config.reader.strings(config.table, "detectors")) {
    const std::string name = config.reader.document().text(node);
    if (std::find(kSecretDetectors.begin(), kSecretDetectors.end(), name) !=
        kSecretDetectors.end()) {
      out.push_back(find_detector(name));
      continue;
    }
    TableReader::suggest(
        config.reader.complain(node, "no detector of secrets is named `", name, "`"), name,
        {kSecretDetectors.begin(), kSecretDetectors.end()});
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
  settings.names = reader.boolean(config.table, "names").value_or(true);
  if (const auto word = reader.choice(config.table, "uninspected", kUninspectedWords)) {
    settings.uninspected = *parse_verdict(kUninspectedWords[*word]);
  }
  return std::make_unique<SecretsGuard>(DetectorScan(read_detectors(config)), settings);
}

}  // namespace merlon
