#include "capability/action_tier.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "capability/action_phrase.h"
#include "capability/capability_words.h"
#include "capability/classify.h"
#include "capability/statement_words.h"

namespace merlon {
namespace {

constexpr std::array<CategoryInfo, kCategoryCount> kCategoryInfos{
    CategoryInfo{kCategoryDeletion, "deletion", "data is gone afterwards"},
    CategoryInfo{kCategoryBulk, "bulk", "many things change at once"},
    CategoryInfo{kCategoryPrivilege, "privilege", "somebody may do more, or less, than before"},
    CategoryInfo{kCategoryMoney, "money", "money or tokens of value move"},
};

constexpr std::size_t kDescriptionRead = 4096;
constexpr std::size_t kWordsShown = 64;

constexpr std::array<std::string_view, 9> kPrivilegeAlone{"sudo",    "chmod",       "chown",
                                                          "setfacl", "impersonate", "escalate",
                                                          "elevate", "reauthorize", "deauthorize"};
constexpr std::array<std::string_view, 26> kPrivilegeVerbs{
    "grant",  "revoke", "assign",  "unassign", "promote", "demote", "invite", "add",      "set",
    "update", "create", "change",  "modify",   "remove",  "delete", "enable", "allow",    "attach",
    "detach", "edit",   "approve", "give",     "put",     "rotate", "make",   "authorize"};
constexpr std::array<std::string_view, 20> kPrivilegeNouns{
    "role",      "permission", "privilege",    "admin",       "administrator",
    "superuser", "sudo",       "sudoer",       "acl",         "iam",
    "member",    "membership", "collaborator", "entitlement", "owner",
    "ownership", "maintainer", "credential",   "apikey",      "impersonation"};
/// Nouns that count only with a verb that lets somebody in.
constexpr std::array<std::string_view, 4> kAdmitVerbs{"invite", "grant", "promote", "authorize"};
constexpr std::array<std::string_view, 5> kAdmitNouns{"user", "access", "account", "group", "team"};
constexpr std::array<std::string_view, 6> kBulkWords{"bulk",       "batch", "mass",
                                                     "everything", "all",   "every"};
constexpr std::array<std::string_view, 5> kCreateVerbs{"create", "mkdir", "make", "add", "new"};
constexpr std::array<std::string_view, 6> kDatabaseWords{"database", "db",        "sql",
                                                         "postgres", "warehouse", "redshift"};
/// What a description says of overwriting or resetting is a change; the same word in a name is a
/// deletion.
constexpr std::array<std::string_view, 8> kMildInProse{"overwrite", "clear", "reset",  "flush",
                                                       "discard",   "kill",  "revoke", "terminate"};

/// The word itself, or a form of it: grants, granted, granting, assigning.
bool is_form_of(std::string_view word, std::string_view base) {
  if (!word.starts_with(base.substr(0, base.size() - 1))) {
    return false;
  }
  const std::string_view stem = base.ends_with('e') ? base.substr(0, base.size() - 1) : base;
  if (!word.starts_with(stem)) {
    return base.ends_with('y') && word == std::string(base.substr(0, base.size() - 1)) + "ies";
  }
  const std::string_view ending = word.substr(stem.size());
  constexpr std::array<std::string_view, 6> kEndings{"", "s", "es", "d", "ed", "ing"};
  return (ending.empty() && stem == base) || (ending == "e" && stem != base) ||
         (!ending.empty() && std::ranges::find(kEndings, ending) != kEndings.end());
}

bool is_form_among(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::any_of(list,
                             [word](std::string_view base) { return is_form_of(word, base); });
}

const WordToken* first_among(std::span<const std::string_view> list,
                             std::span<const WordToken> words) {
  for (const WordToken& word : words) {
    if (is_form_among(list, word.text)) {
      return &word;
    }
  }
  return nullptr;
}

/// "grant role" when these words change who may do what; else empty.
std::string privilege_words(std::string_view verb, std::span<const WordToken> words) {
  const auto said = [verb](std::string_view noun) {
    return verb == noun ? std::string(noun) : std::string(verb) + " " + std::string(noun);
  };
  if (is_form_among(kPrivilegeVerbs, verb)) {
    if (const WordToken* const noun = first_among(kPrivilegeNouns, words)) {
      return said(noun->text);
    }
  }
  if (is_form_among(kAdmitVerbs, verb)) {
    if (const WordToken* const noun = first_among(kAdmitNouns, words)) {
      return said(noun->text);
    }
  }
  return {};
}

class ActionClassifier {
 public:
  ActionClassifier(const Document& document, const ToolNodes& tool)
      : document_(document), tool_(tool) {}

  ActionClass run() {
    const ToolCapabilities found = classify_tool(document_, tool_);
    out_.capabilities = found.set;
    read_words();
    judge_tier(found);
    judge_deletion(found);
    if (const CapabilityEvidence* const money = found.why(Capability::kSpendsMoney)) {
      out_.add(kCategoryMoney, money->words);
      out_.raise(ActionTier::kWrite, money->words);
    }
    judge_privilege();
    judge_bulk();
    return std::move(out_);
  }

 private:
  void read_words() {
    if (document_.is(tool_.name, NodeKind::kString)) {
      const std::string name = document_.text(tool_.name);
      words_ = split_identifier(name);
      phrases_ = phrases_of_name(name);
      named_ = phrases_.size();
    }
    if (document_.is(tool_.description, NodeKind::kString)) {
      const std::string text = document_.text(tool_.description).substr(0, kDescriptionRead);
      for (ActionPhrase& phrase : phrases_of_description(text)) {
        phrases_.push_back(std::move(phrase));
      }
    }
    for (const WordToken& word : words_) {
      out_.database = out_.database || (classify_word(word.text) & kNounDatabase) != 0 ||
                      is_form_among(kDatabaseWords, word.text);
    }
    const auto verb = named_ > 0 ? std::string_view(phrases_.front().verb.text) : "";
    out_.creates = is_form_among(kCreateVerbs, verb);
  }

  /// Reading is what must be shown; a tool of which nothing is understood writes.
  void judge_tier(const ToolCapabilities& found) {
    using enum Capability;
    for (const Capability capability : {kExecutes, kChangesState, kWritesMemory}) {
      if (const CapabilityEvidence* const why = found.why(capability)) {
        out_.raise(ActionTier::kWrite, why->words);
      }
    }
    const bool reads = std::ranges::any_of(phrases_, [](const ActionPhrase& phrase) {
      return (phrase.verb_classes & (kVerbRead | kVerbPure)) != 0;
    });
    if (!reads && found.set == 0) {
      out_.raise(ActionTier::kWrite, "nothing says that it only reads");
    }
  }

  void judge_deletion(const ToolCapabilities& found) {
    for (const CapabilityEvidence& one : found.evidence) {
      if (one.capability != Capability::kDestroys ||
          (one.source == EvidenceSource::kDescription && is_form_among(kMildInProse, one.words))) {
        continue;
      }
      out_.add(kCategoryDeletion, one.words);
      out_.raise(ActionTier::kDelete, one.words);
    }
  }

  void judge_privilege() {
    if (const WordToken* const alone = first_among(kPrivilegeAlone, words_)) {
      add_privilege(alone->text);
    }
    for (const WordToken& verb : words_) {
      add_privilege(privilege_words(verb.text, words_));
      // Only the first words that say it in the name: `get_role` has no verb that changes.
    }
    for (std::size_t i = named_; i < phrases_.size(); ++i) {
      add_privilege(privilege_words(phrases_[i].verb.text, phrases_[i].objects));
    }
  }

  void add_privilege(std::string_view words) {
    if (!words.empty()) {
      out_.add(kCategoryPrivilege, words);
      out_.raise(ActionTier::kAdmin, words);
    }
  }

  void judge_bulk() {
    if (out_.tier == ActionTier::kRead) {
      return;
    }
    if (const WordToken* const word = first_among(kBulkWords, words_)) {
      out_.add(kCategoryBulk, word->text);
    }
  }

  const Document& document_;
  const ToolNodes& tool_;
  std::vector<WordToken> words_;
  std::vector<ActionPhrase> phrases_;
  std::size_t named_{0};  ///< phrases of the name; the others are the description's
  ActionClass out_;
};

constexpr std::array<std::string_view, 4> kEveryKeys{"all", "everything", "everyone", "bulk"};
constexpr std::array<std::string_view, 6> kEveryValues{"*", "**", "%", "all", "everything", ".*"};
/// Parameters whose value is a text and not a choice of things.
constexpr std::array<std::string_view, 12> kTextKeys{"text",  "content",     "body",    "message",
                                                     "title", "description", "comment", "note",
                                                     "value", "summary",     "name",    "label"};

class ArgumentReader {
 public:
  ArgumentReader(const Document& document, NodeId arguments, ActionClass& action, std::size_t most)
      : document_(document), arguments_(arguments), action_(action), most_(most) {}

  void run() {
    for (const auto& [key, value] : document_.members(arguments_)) {
      read_statement(key, value);
    }
    if (action_.tier == ActionTier::kRead) {
      return;
    }
    const NodeId end = document_.node(arguments_).next;
    for (NodeId node = arguments_ + 1; node < end; ++node) {
      read_value(node);
    }
  }

 private:
  /// Commands and SQL: the statement says what is done.
  void read_statement(NodeId key, NodeId value) {
    if (!document_.is(value, NodeKind::kString)) {
      return;
    }
    const std::string name = to_lower_ascii(document_.text(key));
    const bool sql = name == "sql" || name == "statement" || (name == "query" && action_.database);
    const bool command = sink_of_parameter(name) == SinkKind::kCommand;
    if (!sql && !command) {
      return;
    }
    const StatementEffects effects = read_statement_effects(document_.text(value));
    for (std::size_t i = 0; i < kCategoryCount; ++i) {
      if (!effects.why[i].empty()) {
        action_.add(kCategoryInfos[i].category, effects.why[i]);
      }
    }
    if (!effects.why[0].empty() || !effects.why[1].empty()) {
      action_.raise(effects.why[0].empty() ? ActionTier::kWrite : ActionTier::kDelete,
                    effects.why[0].empty() ? effects.why[1] : effects.why[0]);
    }
    if (!effects.why[2].empty()) {
      action_.raise(ActionTier::kAdmin, effects.why[2]);
    }
  }

  void read_value(NodeId node) {
    switch (document_.kind(node)) {
      case NodeKind::kBool: read_flag(node); break;
      case NodeKind::kString: read_selector(node); break;
      case NodeKind::kArray: read_list(node); break;
      case NodeKind::kNull:
      case NodeKind::kNumber:
      case NodeKind::kObject:
      case NodeKind::kKey: break;
    }
  }

  /// The key of a member, or of the array that an element is in; empty without one.
  [[nodiscard]] std::string key_of(NodeId node) const {
    NodeId at = document_.node(node).parent;
    while (at != kNoNode && at > arguments_ && document_.is(at, NodeKind::kArray)) {
      at = document_.node(at).parent;
    }
    return at != kNoNode && document_.is(at, NodeKind::kKey) ? to_lower_ascii(document_.text(at))
                                                             : std::string();
  }

  void read_flag(NodeId node) {
    if (!document_.is_true(node)) {
      return;
    }
    const std::string key = key_of(node);
    const auto words = split_identifier(key, 8);
    if (first_among(kEveryKeys, words) != nullptr) {
      action_.add(kCategoryBulk, "argument `" + shorten(key, kWordsShown) + "`");
    } else if (key == "recursive" && !action_.creates) {
      action_.add(kCategoryBulk, "argument `recursive`");
    } else if (key == "force") {
      action_.add(kCategoryDeletion, "argument `force`");
    }
  }

  void read_selector(NodeId node) {
    std::string scratch;
    const std::string_view text = document_.text(node, scratch);
    if (text.size() > 10 || std::ranges::none_of(kEveryValues, [text](std::string_view every) {
          return equals_ignoring_case(every, text);
        })) {
      return;
    }
    const std::string key = key_of(node);
    if (std::ranges::find(kTextKeys, key) == kTextKeys.end()) {
      action_.add(kCategoryBulk, "argument `" + shorten(key, kWordsShown) + "` names everything");
    }
  }

  void read_list(NodeId node) {
    // The last element knows how many there are; nothing is copied.
    std::size_t count = 0;
    const NodeId end = document_.node(node).next;
    for (NodeId at = node + 1; at < end && count <= most_; at = document_.node(at).next) {
      ++count;
    }
    if (count > most_) {
      action_.add(kCategoryBulk, "a list of more than " + std::to_string(most_) + " items");
    }
  }

  const Document& document_;
  NodeId arguments_;
  ActionClass& action_;
  std::size_t most_;
};

}  // namespace

std::span<const CategoryInfo, kCategoryCount> category_infos() {
  return kCategoryInfos;
}

std::optional<NeverAutomatic> parse_category(std::string_view name) {
  for (const CategoryInfo& info : kCategoryInfos) {
    if (info.name == name) {
      return info.category;
    }
  }
  return std::nullopt;
}

std::string to_category_list(CategorySet set) {
  std::string out;
  for (const CategoryInfo& info : kCategoryInfos) {
    if ((set & info.category) != 0) {
      out.append(out.empty() ? "" : ", ").append(info.name);
    }
  }
  return out.empty() ? "none" : out;
}

void ActionClass::add(CategorySet set, std::string_view words) {
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    if ((set & kCategoryInfos[i].category) != 0 && why[i].empty()) {
      why[i] = shorten(words, kWordsShown);
    }
  }
  categories = static_cast<CategorySet>(categories | set);
}

void ActionClass::raise(ActionTier to, std::string_view words) {
  if (to > tier) {
    tier = to;
    tier_words = shorten(words, kWordsShown);
  }
}

void ActionClass::merge(const ActionClass& other) {
  raise(other.tier, other.tier_words);
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    if ((other.categories & kCategoryInfos[i].category) != 0) {
      add(kCategoryInfos[i].category, other.why[i]);
    }
  }
  capabilities = static_cast<CapabilitySet>(capabilities | other.capabilities);
  database = database || other.database;
  creates = creates && other.creates;
}

ActionClass classify_action(const Document& document, const ToolNodes& tool) {
  return ActionClassifier(document, tool).run();
}

ActionClass unknown_action() {
  ActionClass out;
  out.capabilities = 0xFF;
  out.database = true;
  out.raise(ActionTier::kAdmin, "nothing is known of the tool");
  return out;
}

void raise_by_arguments(const Document& document, NodeId arguments, ActionClass& action,
                        std::size_t bulk_items) {
  if (document.is(arguments, NodeKind::kObject)) {
    ArgumentReader(document, arguments, action, std::min(bulk_items, kBulkItems)).run();
  }
}

}  // namespace merlon
