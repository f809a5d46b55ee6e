#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/process/launch_digest.h"
#include "base/text.h"
#include "capability/lock.h"
#include "proof/canonical_json.h"

namespace merlon {
namespace {

constexpr std::uint64_t kFirstFormat = 1;
constexpr std::string_view kDigestPrefix = "sha256:";

bool is_digest(std::string_view text) {
  return text.size() == kDigestPrefix.size() + 64 && text.starts_with(kDigestPrefix) &&
         text.find_first_not_of("0123456789abcdef", kDigestPrefix.size()) == std::string_view::npos;
}

class LockReader {
 public:
  explicit LockReader(Document document) { lock_.document = std::move(document); }

  Checked<Lock> read() {
    const NodeId root = document().root();
    if (!document().is(root, NodeKind::kObject)) {
      problem(root, "a lock is a JSON object");
      return std::unexpected(std::move(errors_));
    }
    const auto format = number(root, "merlon_lock");
    if (format && (*format < kFirstFormat || *format > kLockFormat)) {
      // What another format means is not known: its members are not judged.
      problem(document().find(root, "merlon_lock").value_or(root),
              "this is lock format " + std::to_string(*format) + "; this program reads formats " +
                  std::to_string(kFirstFormat) + " to " + std::to_string(kLockFormat));
      return std::unexpected(std::move(errors_));
    }
    resources_by_name_ = format == kFirstFormat;
    check_keys(root, {"merlon_lock", "version", "servers"});
    lock_.version = number(root, "version").value_or(0);
    for (const NodeId server : list(root, "servers", true)) {
      read_server(server);
    }
    check_names();
    if (!errors_.empty()) {
      return std::unexpected(std::move(errors_));
    }
    return std::move(lock_);
  }

 private:
  [[nodiscard]] const Document& document() const { return lock_.document; }

  /// Names from the file may hold line breaks; a message is one line.
  void problem(NodeId node, const std::string& message, std::string hint = {}) {
    Error error{.code = ErrorCode::kBadConfig,
                .message = escape_for_display(message),
                .where = document().locate(node),
                .hints = {}};
    if (!hint.empty()) {
      error.hints.push_back(std::move(hint));
    }
    errors_.push_back(std::move(error));
  }

  /// Every key is known and there once.
  void check_keys(NodeId object, std::initializer_list<std::string_view> known) {
    const std::vector<std::string_view> choices(known);
    std::set<std::string> seen;
    for (const auto& [key, value] : document().members(object)) {
      const std::string name = document().text(key);
      if (std::ranges::find(choices, name) == choices.end()) {
        const std::string_view near = nearest(name, choices);
        problem(key, "unknown key `" + shorten(name, 60) + "`",
                near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
      } else if (!seen.insert(name).second) {
        problem(key, "the key `" + name + "` is there twice");
      }
    }
  }

  std::optional<std::uint64_t> number(NodeId object, std::string_view key) {
    const auto node = document().find(object, key);
    if (!node) {
      problem(object, "`" + std::string(key) + "` is missing");
      return std::nullopt;
    }
    const auto value = document().is(*node, NodeKind::kNumber)
                           ? parse_unsigned(document().text(*node))
                           : std::nullopt;
    if (!value) {
      problem(*node, "`" + std::string(key) + "` is a whole number");
    }
    return value;
  }

  std::string text(NodeId object, std::string_view key) {
    const auto node = document().find(object, key);
    if (!node) {
      return "";
    }
    if (!document().is(*node, NodeKind::kString)) {
      problem(*node, "`" + std::string(key) + "` is a text");
      return "";
    }
    return document().text(*node);
  }

  std::vector<NodeId> list(NodeId object, std::string_view key, bool required) {
    const auto node = document().find(object, key);
    if (!node) {
      if (required) {
        problem(object, "`" + std::string(key) + "` is missing");
      }
      return {};
    }
    if (!document().is(*node, NodeKind::kArray)) {
      problem(*node, "`" + std::string(key) + "` is a list");
    }
    return document().elements(*node);
  }

  void read_server(NodeId node) {
    if (!document().is(node, NodeKind::kObject)) {
      return problem(node, "a server is an object");
    }
    check_keys(node, {"name", "file", "launch", "url", "instructions", "tools", "prompts",
                      "resources", "resource_templates", "skills"});
    LockedServer server{.node = node};
    server.name = text(node, "name");
    server.file = text(node, "file");
    if (server.name.empty() == server.file.empty()) {
      problem(node, "a server has either a `name` or a `file`");
    }
    server.url = text(node, "url");
    if (const auto launch = document().find(node, "launch")) {
      read_launch(*launch, server);
    }
    for (const LockList kind :
         {LockList::kInstructions, LockList::kTools, LockList::kPrompts, LockList::kResources,
          LockList::kResourceTemplates, LockList::kSkills}) {
      for (const NodeId item : list(node, to_string(kind), false)) {
        read_item(item, kind, server);
      }
    }
    lock_.servers.push_back(std::move(server));
  }

  void read_launch(NodeId node, LockedServer& server) {
    if (!document().is(node, NodeKind::kObject)) {
      return problem(node, "`launch` is an object");
    }
    check_keys(node, {"words", "digest"});
    for (const NodeId word : list(node, "words", true)) {
      if (!document().is(word, NodeKind::kString)) {
        problem(word, "a word of a launch is a text");
      }
      server.launch.push_back(document().text(word));
    }
    server.launch_digest = digest(node);
    if (!server.launch.empty() && !server.launch_digest.empty() &&
        launch_digest(server.launch) != server.launch_digest) {
      problem(node, "the digest does not belong to the words of this launch",
              "write the lock anew after a review");
    }
  }

  std::string digest(NodeId object) {
    const auto node = document().find(object, "digest", NodeKind::kString);
    std::string value = node ? document().text(*node) : "";
    if (is_digest(value)) {
      return value;
    }
    problem(node.value_or(object), "`digest` is `sha256:` and 64 hexadecimal digits");
    return "";
  }

  void read_item(NodeId node, LockList list, LockedServer& server) {
    if (!document().is(node, NodeKind::kObject)) {
      return problem(node, "an entry is an object");
    }
    LockedItem item{.list = list, .node = node};
    if (list == LockList::kInstructions) {
      check_keys(node, {"digest", "definition"});
    } else {
      const std::string_view member = resources_by_name_ ? "name" : identity_member(list);
      check_keys(node, {member, "digest", "definition"});
      if (!document().find(node, member)) {
        problem(node, "`" + std::string(member) + "` is missing");
      }
      item.name = text(node, member);
    }
    item.digest = digest(node);
    if (const auto definition = document().find(node, "definition")) {
      item.definition = *definition;
      check_definition(item);
    }
    if (resources_by_name_) {
      name_by_uri(item);
    }
    server.items.push_back(std::move(item));
  }

  /// Format 1 has the names of resources, which are no more than titles.
  void name_by_uri(LockedItem& item) {
    if (item.list != LockList::kResources && item.list != LockList::kResourceTemplates) {
      return;
    }
    const auto uri = item.definition == kNoNode
                         ? std::nullopt
                         : document().find(item.definition, identity_member(item.list));
    if (uri && document().is(*uri, NodeKind::kString)) {
      item.name = document().text(*uri);
      return;
    }
    problem(item.node, "this entry of lock format 1 does not say which resource it is",
            "write the lock anew after a review");
  }

  void check_definition(const LockedItem& item) {
    auto canonical = canonical_json(document(), item.definition);
    if (!canonical) {
      errors_.push_back(std::move(canonical).error());
      errors_.back().code = ErrorCode::kBadConfig;
    } else if (!item.digest.empty() && "sha256:" + sha256_hex(*canonical) != item.digest) {
      problem(item.node, "the digest does not belong to this definition",
              "write the lock anew after a review");
    }
  }

  /// The same server, and the same definition of a server, stand there once.
  void check_names() {
    std::set<std::tuple<std::string, std::string, std::string, std::string>> servers;
    for (const LockedServer& server : lock_.servers) {
      if (!servers.emplace(server.name, server.file, server.launch_digest, server.url).second) {
        problem(server.node, "this server is there twice");
      }
      std::set<std::tuple<LockList, std::string, std::string>> items;
      for (const LockedItem& item : server.items) {
        if (!items.emplace(item.list, item.name, item.digest).second) {
          problem(item.node, "this entry is there twice");
        }
      }
    }
  }

  Lock lock_;
  bool resources_by_name_{false};
  std::vector<Error> errors_;
};

}  // namespace

Checked<Lock> load_lock(std::shared_ptr<const SourceText> source, const Limits& limits) {
  auto document = parse_json(std::move(source), JsonDialect::kStrict, limits);
  if (!document) {
    return std::unexpected(std::vector{std::move(document).error()});
  }
  return LockReader(*std::move(document)).read();
}

}  // namespace merlon
