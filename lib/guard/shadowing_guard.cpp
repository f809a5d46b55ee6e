// Names and texts that reach into other servers, and servers that pose as others.
// docs/guards/shadowing.md
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "guard/foreign_names.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/offered_definitions.h"
#include "rules/steering.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 5> kShadowingKeys{"action", "near", "protected",
                                                         "known_servers", "server"};
constexpr std::array<std::string_view, 3> kShadowServerKeys{"name", "tools", "says"};
constexpr std::array<std::string_view, 4> kShadowActions{"hide", "deny", "ask", "warn"};
constexpr std::array<std::string_view, 4> kNearVerdicts{"allow", "warn", "ask", "deny"};
constexpr std::size_t kMostShadowReasons = 16;
constexpr std::size_t kMostShadowNames = 4096;

enum class ShadowAction : std::uint8_t { kHide, kDeny, kAsk, kWarn };

struct ShadowServer {
  std::string name;
  std::vector<std::string> tools;
  std::vector<std::string> says;
};

struct ShadowSettings {
  ShadowAction action{ShadowAction::kHide};
  Verdict near{Verdict::kWarn};
  std::vector<std::string> protected_names;
  std::vector<std::string> known_servers;
  std::vector<ShadowServer> servers;
};

/// What the settings mean for one server: everything that is not its own.
struct ShadowView {
  ForeignNames tools;
  ForeignNames servers;
  std::vector<std::string> own_tools;
  std::vector<std::string> says;
};

ShadowView name_view_of(const ShadowSettings& settings, std::string_view own) {
  ShadowView view;
  for (const std::string& name : settings.protected_names) {
    view.tools.add(name, "");
  }
  for (const ShadowServer& server : settings.servers) {
    if (server.name == own) {
      view.own_tools = server.tools;
      view.says = server.says;
      continue;
    }
    view.servers.add(server.name, server.name);
    for (const std::string& tool : server.tools) {
      view.tools.add(tool, server.name);
    }
    for (const std::string& says : server.says) {
      view.servers.add(says, server.name);
    }
  }
  return view;
}

std::string shadow_quoted(std::string_view name) {
  return "`" + escape_for_display(shorten(name, 64)) + "`";
}

/// What is wrong with one definition.
struct ShadowFinding {
  Verdict verdict{Verdict::kDeny};
  std::string rule;
  std::string message;
  std::string pointer;  ///< below the definition
};

class ShadowingGuard final : public ForgetfulGuard {
 public:
  explicit ShadowingGuard(ShadowSettings settings) : settings_(std::move(settings)) {
    for (const ShadowServer& server : settings_.servers) {
      views_.try_emplace(server.name, name_view_of(settings_, server.name));
    }
    stranger_ = name_view_of(settings_, "");
    for (const std::string& name : settings_.known_servers) {
      known_servers_.add(name, name);
    }
  }

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    const auto own = views_.find(input.state.server);
    const ShadowView& view = own != views_.end() ? own->second : stranger_;
    if (input.message.kind == MessageKind::kResult) {
      return judge_result(input, view);
    }
    return input.phase == Phase::kToolInvoke ? judge_call(input, view) : allow();
  }

 private:
  [[nodiscard]] GuardOutcome judge_result(const GuardInput& input, const ShadowView& view) const {
    GuardOutcome outcome;
    if (input.phase == Phase::kConnection) {
      judge_server(input, view, outcome);
    }
    const OfferedDefinitions offer = offered_definitions(input);
    if (offer.twice != kNoNode) {
      ShadowFinding twice;
      twice.rule = "definitions-twice";
      twice.message = "the result holds its definitions twice: which ones are read is not known";
      return deny(reason_of(twice, input.message.document.pointer(offer.twice)));
    }
    std::map<std::string, std::string> looks = looks_before(input);
    std::set<std::string> names;
    for (const OfferedDefinition& definition : offer.definitions) {
      std::optional<ShadowFinding> finding;
      if (definition.list == SurfaceList::kTools) {
        finding = judge_tool(definition, view, looks, names);
      }
      if (!finding) {
        finding = judge_texts(input.message.document, definition.node, view);
      }
      if (finding) {
        add(*finding, definition.pointer, true, outcome);
      }
    }
    return outcome;
  }

  /// Looks of the tools that earlier pages of the same list named.
  [[nodiscard]] static std::map<std::string, std::string> looks_before(const GuardInput& input) {
    std::map<std::string, std::string> looks;
    if (input.request == nullptr || input.request->first_page) {
      return looks;
    }
    for (const auto& [key, definition] : input.state.surface.newest) {
      if (key.first == SurfaceList::kTools) {
        looks.try_emplace(visible_look(key.second), key.second);
      }
    }
    return looks;
  }

  [[nodiscard]] std::optional<ShadowFinding> judge_tool(const OfferedDefinition& definition,
                                                        const ShadowView& view,
                                                        std::map<std::string, std::string>& looks,
                                                        std::set<std::string>& names) const {
    if (auto finding = judge_name(definition.name, view)) {
      return finding;
    }
    if (!names.insert(definition.name).second) {
      return ShadowFinding{.verdict = verdict_of_action(),
                           .rule = "tool-name-twice",
                           .message = "the list has two tools " + shadow_quoted(definition.name),
                           .pointer = "/name"};
    }
    const auto [first, is_new] = looks.try_emplace(visible_look(definition.name), definition.name);
    if (!is_new && first->second != definition.name &&
        !equals_ignoring_case(first->second, definition.name)) {
      return lookalike(definition.name, first->second, "of the same server");
    }
    return std::nullopt;
  }

  [[nodiscard]] ShadowFinding lookalike(std::string_view name, std::string_view other,
                                        std::string_view whose) const {
    return {.verdict = verdict_of_action(),
            .rule = "tool-name-lookalike",
            .message = shadow_quoted(name) + " looks like " + shadow_quoted(other) + " " +
                       std::string(whose),
            .pointer = "/name"};
  }

  /// What the name alone says.
  [[nodiscard]] std::optional<ShadowFinding> judge_name(const std::string& name,
                                                        const ShadowView& view) const {
    const auto match = view.tools.match(name);
    const auto is_own = [&](const std::string& glob) { return glob_match(glob, name); };
    if (!match || std::ranges::any_of(view.own_tools, is_own)) {
      return std::nullopt;
    }
    const std::string whose =
        match->owner.empty() ? "a protected name" : "of the server " + shadow_quoted(match->owner);
    switch (match->likeness) {
      case NameLikeness::kSame: break;
      case NameLikeness::kLookalike:
        return lookalike(name, match->name, match->owner.empty() ? ", a protected name" : whose);
      case NameLikeness::kNear:
        if (settings_.near == Verdict::kAllow) {
          return std::nullopt;
        }
        return ShadowFinding{.verdict = settings_.near,
                             .rule = "tool-name-near",
                             .message = shadow_quoted(name) + " is one letter away from " +
                                        shadow_quoted(match->name) + ", " + whose,
                             .pointer = "/name"};
    }
    return ShadowFinding{
        .verdict = verdict_of_action(),
        .rule = match->owner.empty() ? "tool-name-protected" : "tool-name-shadowed",
        .message = shadow_quoted(name) + " is " + (match->owner.empty() ? "" : "a tool ") + whose,
        .pointer = "/name"};
  }

  /// A text that rules over a tool of another server.
  [[nodiscard]] std::optional<ShadowFinding> judge_texts(const Document& document, NodeId root,
                                                         const ShadowView& view) const {
    if (view.tools.empty()) {
      return std::nullopt;
    }
    const auto is_foreign = [&](std::string_view word) {
      const auto is_own = [&](const std::string& glob) { return glob_match(glob, word); };
      return view.tools.contains(word) && std::ranges::none_of(view.own_tools, is_own);
    };
    std::string scratch;
    for (NodeId node = root; node < document.node(root).next; ++node) {
      if (!document.is(node, NodeKind::kString)) {
        continue;
      }
      const std::string_view text = document.text(node, scratch);
      if (const auto place = find_steered_name(text, is_foreign)) {
        return ShadowFinding{
            .verdict = verdict_of_action(),
            .rule = "steers-other-server",
            .message = "the text rules over the tool " +
                       shadow_quoted(text.substr(place->first, place->second - place->first)) +
                       ", which is not this server's",
            .pointer = document.pointer(node).substr(document.pointer(root).size())};
      }
    }
    return std::nullopt;
  }

  /// What a server calls itself, against the name under which it is configured and those of others.
  void judge_server(const GuardInput& input, const ShadowView& view, GuardOutcome& outcome) const {
    const Document& document = input.message.document;
    std::string scratch;
    for (const auto& [key, info] : document.members(input.message.result)) {
      if (document.text(key, scratch) != "serverInfo") {
        continue;
      }
      // A key may stand twice, and readers differ on which one counts: all are judged.
      for (const auto& [field, value] : document.members(info)) {
        if (document.text(field, scratch) != "name" && document.text(field, scratch) != "title") {
          continue;
        }
        const std::string said = document.string_or(value, "");
        const bool is_title = document.text(field, scratch) == "title";
        if (const auto finding = judge_said(input.state.server, said, is_title, view)) {
          add(*finding, document.pointer(value), false, outcome);
        }
      }
    }
  }

  [[nodiscard]] std::optional<ShadowFinding> judge_said(const std::string& configured,
                                                        const std::string& said, bool is_title,
                                                        const ShadowView& view) const {
    if (said == configured || std::ranges::find(view.says, said) != view.says.end()) {
      return std::nullopt;
    }
    const std::string what = "the server calls itself " + shadow_quoted(said);
    if (const auto match = view.servers.match(said)) {
      const bool near = match->likeness == NameLikeness::kNear;
      if (near && settings_.near == Verdict::kAllow) {
        return std::nullopt;
      }
      return ShadowFinding{.verdict = near ? settings_.near : verdict_of_action(),
                           .rule = near ? "server-name-near" : "server-name-spoofed",
                           .message = what + ", which is taken for " + shadow_quoted(match->name),
                           .pointer = {}};
    }
    const auto known = known_servers_.match(said);
    if (known && known->likeness != NameLikeness::kSame) {
      const bool near = known->likeness == NameLikeness::kNear;
      if (near && settings_.near == Verdict::kAllow) {
        return std::nullopt;
      }
      return ShadowFinding{.verdict = near ? settings_.near : verdict_of_action(),
                           .rule = near ? "server-name-near" : "server-name-spoofed",
                           .message = what + ", which is taken for " + shadow_quoted(known->name),
                           .pointer = {}};
    }
    if (!is_title && !view.says.empty()) {
      return ShadowFinding{.verdict = verdict_of_action(),
                           .rule = "server-name-unexpected",
                           .message = what + ", and the policy expects another name",
                           .pointer = {}};
    }
    return std::nullopt;
  }

  [[nodiscard]] GuardOutcome judge_call(const GuardInput& input, const ShadowView& view) const {
    const std::string& name = input.tool_name();
    auto finding = judge_name(name, view);
    if (!finding) {
      finding = judge_hidden_lookalike(input.state.surface, input.called);
    }
    for (const KnownDefinition* const known :
         DefinitionsInUse(input.called.sent, input.called.newest)) {
      if (!finding) {
        finding = judge_texts(*known->document, known->definition, view);
      }
    }
    if (!finding) {
      return allow();
    }
    Reason reason = reason_of(*finding, "/params/name");
    switch (finding->verdict) {
      case Verdict::kWarn: return warn(std::move(reason));
      case Verdict::kAsk: return ask(std::move(reason));
      case Verdict::kAllow:
      case Verdict::kModify:
      case Verdict::kDeny: break;
    }
    return deny(std::move(reason));
  }

  /// A tool that the client was not sent, beside one that looks the same and that it was sent.
  [[nodiscard]] std::optional<ShadowFinding> judge_hidden_lookalike(
      const ServerSurface& surface, const CalledTool& called) const {
    if (called.sent != nullptr) {
      return std::nullopt;
    }
    const std::string& name = called.name;
    const std::string look = visible_look(name);
    for (const auto& [key, definition] : surface.sent) {
      if (key.first == SurfaceList::kTools && !equals_ignoring_case(key.second, name) &&
          visible_look(key.second) == look) {
        return lookalike(name, key.second, "of the same server");
      }
    }
    return std::nullopt;
  }

  void add(const ShadowFinding& finding, const std::string& place, bool removable,
           GuardOutcome& outcome) const {
    Verdict verdict = finding.verdict;
    if (verdict == Verdict::kDeny && removable && settings_.action == ShadowAction::kHide) {
      verdict = Verdict::kModify;
      outcome.edits.push_back({.pointer = place, .remove = true, .json = {}});
    }
    outcome.verdict = std::max(outcome.verdict, verdict);
    if (outcome.reasons.size() < kMostShadowReasons) {
      outcome.reasons.push_back(reason_of(finding, place + finding.pointer));
    }
  }

  [[nodiscard]] Verdict verdict_of_action() const {
    switch (settings_.action) {
      case ShadowAction::kHide:
      case ShadowAction::kDeny: return Verdict::kDeny;
      case ShadowAction::kAsk: return Verdict::kAsk;
      case ShadowAction::kWarn: return Verdict::kWarn;
    }
    return Verdict::kDeny;
  }

  [[nodiscard]] static Reason reason_of(const ShadowFinding& finding, std::string pointer) {
    Reason reason;
    reason.code = DenialCode::kSuspiciousInput;
    reason.rule_id = finding.rule;
    reason.severity = finding.rule.ends_with("-near") ? Severity::kMedium : Severity::kHigh;
    reason.message = finding.message;
    reason.pointer = std::move(pointer);
    reason.remedy = "use a server whose names are its own, or say in the policy whose they are";
    return reason;
  }

  ShadowSettings settings_;
  std::map<std::string, ShadowView, std::less<>> views_;  ///< by configured name
  ShadowView stranger_;                                   ///< of a server that has no entry
  ForeignNames known_servers_;
};

std::vector<std::string> read_names(TableReader& reader, NodeId table, std::string_view key) {
  std::vector<std::string> out;
  for (const NodeId node : reader.strings(table, key)) {
    std::string name = reader.document().text(node);
    if (name.empty() || name.size() > 256) {
      reader.complain(node, "a name of `", std::string(key), "` has 1 to 256 bytes");
      continue;
    }
    if (out.size() == kMostShadowNames) {
      reader.complain(node, "`", std::string(key), "` has more than ",
                      std::to_string(kMostShadowNames), " names");
      break;
    }
    out.push_back(std::move(name));
  }
  return out;
}

void read_servers(const GuardConfig& config, ShadowSettings& settings) {
  TableReader& reader = config.reader;
  std::set<std::string> seen;
  for (const NodeId table : reader.tables(config.table, "server")) {
    reader.check_keys(table, kShadowServerKeys, "`[[guard.config.server]]`");
    ShadowServer server;
    if (const auto name = reader.string(table, "name"); name && !name->empty()) {
      server.name = *name;
    } else {
      reader.complain_missing(table, "`[[guard.config.server]]` needs a `name`");
      continue;
    }
    if (!seen.insert(server.name).second) {
      reader.complain(table, "the server `", server.name, "` has two entries");
    }
    server.tools = read_names(reader, table, "tools");
    server.says = read_names(reader, table, "says");
    settings.servers.push_back(std::move(server));
  }
}

}  // namespace

std::unique_ptr<Guard> make_shadowing_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kShadowingKeys, "the configuration of `shadowing`");
  ShadowSettings settings;
  settings.action =
      static_cast<ShadowAction>(reader.choice(config.table, "action", kShadowActions).value_or(0));
  if (const auto word = reader.choice(config.table, "near", kNearVerdicts)) {
    settings.near = *parse_verdict(kNearVerdicts.at(*word));
  }
  settings.protected_names = read_names(reader, config.table, "protected");
  settings.known_servers = read_names(reader, config.table, "known_servers");
  read_servers(config, settings);
  return std::make_unique<ShadowingGuard>(std::move(settings));
}

}  // namespace merlon
