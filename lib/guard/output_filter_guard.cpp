// Keeps what one tool answered out of what is sent out by another. docs/guards/output-filter.md
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "guard/call_legs.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/message_text_reader.h"
#include "guard/outgoing_argument.h"
#include "guard/taint_memory.h"
#include "guard/taint_print.h"
#include "guard/taint_readings.h"
#include "guard/text_redaction.h"
#include "rules/placeholder.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 7> kFilterKeys{
    "action", "threshold", "sources", "urls", "uninspected", "forgotten", "max_prints"};
constexpr std::array<std::string_view, 3> kFilterActions{"warn", "ask", "deny"};
constexpr std::array<std::string_view, 4> kFilterWords{"allow", "warn", "ask", "deny"};
constexpr std::array<std::string_view, 2> kFilterSources{"private", "all"};
/// Texts of one call that are compared; more is an error.
constexpr std::size_t kMostArgumentBytes = 1U << 20;
constexpr std::size_t kLongQueryValue = 64;
constexpr std::size_t kNamedEvents = 4;

struct OutputFilterSettings {
  Verdict action{Verdict::kAsk};
  TaintShape shape{TaintShape::for_threshold(24)};
  bool all_sources{false};
  Verdict urls{Verdict::kWarn};
  Verdict uninspected{Verdict::kAllow};
  Verdict forgotten{Verdict::kWarn};
  std::size_t max_prints{65536};
};

/// A query value that is long or random, or data in another part.
std::string_view data_beyond_words(std::string_view address) {
  const std::size_t query = address.find('?');
  if (const auto what = data_of_address(address.substr(0, query)); !what.empty()) {
    return what;
  }
  if (query == std::string_view::npos) {
    return {};
  }
  for (const std::string_view pair : split(address.substr(query + 1), '&')) {
    const std::string_view value = pair.substr(std::min(pair.find('=') + 1, pair.size()));
    if (value.size() >= kLongQueryValue || (value.size() >= 24 && looks_random(value))) {
      return "data in its query";
    }
  }
  return {};
}

/// What the arguments of one call hold.
struct SentTexts {
  std::vector<std::int64_t> prints;
  NodeId address{kNoNode};  ///< the first address with data in it
  std::string_view address_data;
  NodeId blob{kNoNode};
  std::size_t bytes{0};
  bool cut{false};
};

class OutputFilterGuard final : public Guard {
 public:
  explicit OutputFilterGuard(OutputFilterSettings settings) : settings_(settings) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    if (!has_taint(input.memory) || !sends_out(input)) {
      return allow();
    }
    const SentTexts sent = read_sent(input.message);
    if (sent.cut) {
      return error(reason_of("taint-undecided",
                             "the arguments are too long, or too deeply encoded, to be compared",
                             ""));
    }
    GuardOutcome outcome;
    const std::vector<TaintMatch> matches = find_taint(input.memory, sent.prints);
    if (!matches.empty()) {
      add(outcome, settings_.action, reason_of_matches(input, matches));
    }
    if (sent.address != kNoNode) {
      add(outcome, settings_.urls,
          reason_of("taint-url",
                    "an address with " + std::string(sent.address_data) +
                        " is sent after private data came into the session",
                    input.message.document.pointer(sent.address)));
    }
    if (sent.blob != kNoNode) {
      add(outcome, settings_.uninspected,
          reason_of("taint-uninspected", "an image, a sound or a blob cannot be compared",
                    input.message.document.pointer(sent.blob)));
    }
    if (forgotten_taint(input.memory) != 0) {
      add(outcome, settings_.forgotten,
          reason_of("taint-forgotten",
                    "some private answers are no longer remembered: `max_prints` was reached", ""));
    }
    return outcome;
  }

  /// Remembers what passed; what was kept from the client cannot be sent on.
  void settle(const GuardInput& input, const Decision& decision,
              GuardMemory& memory) const override {
    if (!passes(decision) || !is_private_answer(input)) {
      return;
    }
    std::string text;
    MessageTextReader reader(input.message);
    MessageText part;
    while (reader.next(part)) {
      if (part.kind == TextKind::kBlob) {
        append_taint_text(text, text_of_blob(part.text));
      } else if (part.kind != TextKind::kKey) {
        append_taint_text(text, part.text);
      }
    }
    std::vector<std::int64_t> prints;
    append_taint_prints(prints, text, settings_.shape);
    sort_taint_prints(prints);
    remember_taint(memory, input.event.sequence, input.request->item, std::move(prints),
                   settings_.max_prints);
  }

 private:
  [[nodiscard]] bool is_private_answer(const GuardInput& input) const {
    if (input.phase != Phase::kResponse || input.request == nullptr ||
        input.message.direction != Direction::kToClient) {
      return false;
    }
    if (input.request->method == "resources/read") {
      return true;
    }
    if (input.request->method != "tools/call") {
      return false;
    }
    const CapabilitySet set = capabilities_of_tool(input.called, input.entry);
    return settings_.all_sources || (set & capability_bit(Capability::kReadsPrivate)) != 0;
  }

  /// A call of a tool that sends out or is not known, and any request with an argument that leaves
  /// the machine.
  [[nodiscard]] static bool sends_out(const GuardInput& input) {
    const Document& document = input.message.document;
    if (input.phase == Phase::kToolInvoke) {
      const CapabilitySet set = capabilities_of_tool(input.called, input.entry);
      return (set & capability_bit(Capability::kSendsOut)) != 0 ||
             find_outgoing_argument(document, input.arguments, AddressRule::kAny).has_value();
    }
    return input.phase == Phase::kRequest && input.message.direction == Direction::kToServer &&
           find_outgoing_argument(document, input.message.params, AddressRule::kAny).has_value();
  }

  [[nodiscard]] SentTexts read_sent(const Message& message) const {
    SentTexts out;
    std::string together;  // a text that is split over several arguments
    MessageTextReader reader(message);
    MessageText part;
    std::size_t parts = 0;
    while (reader.next(part) && !out.cut) {
      if (part.kind == TextKind::kBlob && text_of_blob(part.text).empty()) {
        out.blob = out.blob == kNoNode ? part.node : out.blob;
        continue;
      }
      out.bytes += part.text.size();
      if (out.bytes > kMostArgumentBytes) {
        out.cut = true;
        break;
      }
      add_prints(part.text, out);
      find_data_address(part, out);
      if (part.kind != TextKind::kKey) {
        append_taint_text(together, part.text);
        ++parts;
      }
    }
    if (parts > 1 && !out.cut) {
      append_taint_prints(out.prints, together, settings_.shape);
    }
    sort_taint_prints(out.prints);
    return out;
  }

  void add_prints(std::string_view text, SentTexts& out) const {
    // Encodings make texts longer: one below the threshold holds no part that counts.
    if (text.size() < settings_.shape.threshold()) {
      return;
    }
    const TaintReadings readings = taint_readings(text, settings_.shape.threshold());
    out.cut = out.cut || readings.cut;
    std::string normalised;
    for (const std::string& reading : readings.texts) {
      normalised.clear();
      append_taint_text(normalised, reading);
      append_taint_prints(out.prints, normalised, settings_.shape);
    }
  }

  static void find_data_address(const MessageText& part, SentTexts& out) {
    std::string_view rest = part.text;
    while (out.address == kNoNode) {
      const std::string_view address = find_address(rest);
      if (address.empty()) {
        return;
      }
      if (const std::string_view what = data_beyond_words(address); !what.empty()) {
        out.address = part.node;
        out.address_data = what;
      }
      rest.remove_prefix(static_cast<std::size_t>(address.data() - rest.data()) + address.size());
    }
  }

  static void add(GuardOutcome& outcome, Verdict verdict, Reason reason) {
    if (verdict == Verdict::kAllow) {
      return;
    }
    outcome.verdict = std::max(outcome.verdict, verdict);
    outcome.reasons.push_back(std::move(reason));
  }

  static Reason reason_of(std::string_view rule, std::string message, std::string pointer) {
    Reason out;
    out.code = DenialCode::kDataLeak;
    out.rule_id = rule;
    out.severity = Severity::kHigh;
    out.message = std::move(message);
    out.pointer = std::move(pointer);
    out.remedy = "send what the user asked to be sent, in the user's own words";
    return out;
  }

  static Reason reason_of_matches(const GuardInput& input, const std::vector<TaintMatch>& matches) {
    const std::string name =
        input.phase == Phase::kToolInvoke ? input.tool_name() : input.message.method;
    std::string sources;
    for (std::size_t i = 0; i < std::min(matches.size(), kNamedEvents); ++i) {
      sources += (i == 0 ? "`" : ", `") + escape_for_display(shorten(matches[i].source, 64)) +
                 "` (event " + std::to_string(matches[i].sequence) + ")";
    }
    if (matches.size() > kNamedEvents) {
      sources += " and " + std::to_string(matches.size() - kNamedEvents) + " more";
    }
    Reason out = reason_of(
        "taint-match",
        "`" + escape_for_display(shorten(name, 64)) + "` would send what came from " + sources, "");
    for (const TaintMatch& match : matches) {
      out.led_by.push_back(match.sequence);
    }
    return out;
  }

  OutputFilterSettings settings_;
};

Verdict read_filter_verdict(const GuardConfig& config, std::string_view key, Verdict fallback) {
  const auto word = config.reader.choice(config.table, key, kFilterWords);
  return word ? *parse_verdict(kFilterWords[*word]) : fallback;
}

}  // namespace

std::unique_ptr<Guard> make_output_filter_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kFilterKeys, "the configuration of `output-filter`");
  OutputFilterSettings settings;
  if (const auto word = reader.choice(config.table, "action", kFilterActions)) {
    settings.action = *parse_verdict(kFilterActions[*word]);
  }
  settings.shape = TaintShape::for_threshold(static_cast<std::size_t>(
      reader.number(config.table, "threshold", {.least = 16, .most = 256}).value_or(24)));
  settings.all_sources = reader.choice(config.table, "sources", kFilterSources).value_or(0) == 1;
  settings.urls = read_filter_verdict(config, "urls", settings.urls);
  settings.uninspected = read_filter_verdict(config, "uninspected", settings.uninspected);
  settings.forgotten = read_filter_verdict(config, "forgotten", settings.forgotten);
  settings.max_prints = static_cast<std::size_t>(
      reader.number(config.table, "max_prints", {.least = 64, .most = 1U << 20}).value_or(65536));
  return std::make_unique<OutputFilterGuard>(settings);
}

}  // namespace merlon
