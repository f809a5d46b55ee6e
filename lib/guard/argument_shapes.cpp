#include "guard/argument_shapes.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "base/name_memo.h"
#include "base/regex/regex.h"
#include "base/safe_path.h"
#include "base/text.h"
#include "base/url_host.h"
#include "capability/capability_words.h"
#include "capability/tool_nodes.h"
#include "capability/word_tokens.h"
#include "guard/place_rules.h"

namespace merlon {
namespace {

/// Parameters that hold what people or programs write: nothing in them is handed to a shell, a
/// database or a file system as such.
constexpr std::array<std::string_view, 46> kTextWords{
    "text",     "content",  "contents", "body",         "message",  "title",       "description",
    "comment",  "note",     "notes",    "summary",      "prompt",   "html",        "markdown",
    "css",      "diff",     "patch",    "subject",      "question", "answer",      "thought",
    "caption",  "snippet",  "document", "readme",       "data",     "observation", "observations",
    "str",      "template", "regex",    "pattern",      "xml",      "json",        "yaml",
    "csv",      "source",   "input",    "instructions", "task",     "explanation", "reason",
    "selector", "xpath",    "value",    "bio"};
constexpr std::array<std::string_view, 17> kStatementWords{
    "sql",      "statement",  "code",       "script",   "command",  "cmd",
    "commands", "expression", "javascript", "js",       "python",   "shell",
    "function", "program",    "cypher",     "pipeline", "aggregate"};
constexpr std::array<std::string_view, 12> kFetchedSchemes{
    "", "http", "https", "ws", "wss", "ftp", "ftps", "gopher", "dict", "ldap", "tftp", "jar"};
constexpr std::array<std::string_view, 12> kBypassKeys{
    "isadmin",       "issuperuser", "isroot",     "bypassauth", "skipauth",    "noauth",
    "authenticated", "authorized",  "privileged", "superuser",  "disableauth", "impersonate"};
constexpr std::size_t kShortestBypassKey = 6;
constexpr std::array<std::string_view, 6> kLoginWords{"user",   "username", "password",
                                                      "passwd", "token",    "email"};
constexpr std::array<std::string_view, 8> kOperatorKeys{"$ne", "$gt",  "$gte",   "$lt",
                                                        "$in", "$nin", "$regex", "$where"};

// PCRE2, case ignored. What stands before a statement has to end something first: a quote, a
// bracket, a semicolon.
constexpr std::string_view kSqlPattern =
    R"((?:['"]\s*\)*\s*(?:or|and)\s+\(?\s*['"]?\w{1,64}['"]?\s*(?:=|<>|<|>|like\b))"
    R"(|\b(?:or|and)\s+(\d{1,9})\s*=\s*\g{1}\b)"
    R"(|['")]\s*;?\s*union\s+(?:all\s+)?select\b)"
    R"(|\w['"]\s?(?:--|#)\s*$)"
    R"(|['")\d]\s*;\s*(?:drop|truncate|alter|create)\s+(?:table|database|schema|user|view|index)\b)"
    R"(|['")\d]\s*;\s*(?:delete\s+from|insert\s+into|update\s+\w{1,64}\s+set|exec(?:ute)?\s+\w|shutdown\b))"
    R"(|\bwaitfor\s+delay\s+'|\bpg_sleep\s*\(|\bxp_cmdshell\b|['")]\s*(?:or|and)\s+sleep\s*\()"
    R"(|\bbenchmark\s*\(\s*\d{4,}|\binto\s+(?:out|dump)file\s+['"]))";
constexpr std::string_view kShellPattern =
    R"((?:\$\(\s*(?:\w{1,32}=\S{0,64}\s+)?[a-z/][\w./-]{0,64}(?:\s|\)))"
    R"(|`\s*(?:/\S{0,64}/)?(?:id|whoami|uname|curl|wget|cat|ls|rm|nc|bash|sh|env|sleep|touch|ping|nslookup)\b[^`]{0,400}`)"
    R"(|(?:;|\|\|?|&&?)\s*(?:/\S{0,64}/)?(?:rm|curl|wget|nc|ncat|bash|zsh|python3?|perl|chmod|chown|sudo|whoami|uname|nslookup|powershell|cmd\.exe|mkfifo|base64|printenv|xargs)(?:\s|;|$))"
    R"(|(?:;|\|\|?|&&?|[\r\n])\s*(?:/\S{0,64}/)?(?:rm|curl|wget|nc|bash|sh|cat|ls|find|env|touch|echo|kill|ping|dig|eval|exec|tee|ssh|scp|dd|id|sleep)\s+(?:[-/~$]|\.{1,2}/|https?:|\d+\s*$))"
    R"(|(?:;|\|\|?|&&)\s*(?:id|ls|env)\s*$)"
    R"(|\$\{?IFS\b|/dev/(?:tcp|udp)/|\|\s*(?:ba|z|da)?sh\b))";
constexpr std::string_view kEscapePattern =
    R"((?:/proc/(?:self|thread-self|\d{1,9}|\*)/(?:root|cwd|environ|mem|fd|exe|ns|maps)\b)"
    R"(|/(?:docker|containerd|podman|crio)[\w/-]{0,32}\.sock\b|\bnsenter\s+-|\brelease_agent\b)"
    R"(|/proc/sys/kernel/core_pattern|\bunshare\s+-|\bLD_PRELOAD\s*=)"
    R"(|__(?:subclasses|globals|builtins|mro)__|\bconstructor\.constructor\s*\()"
    R"(|\bprocess\.(?:mainModule|binding)\b|__import__\s*\(|\$\{jndi:|\{\{.{0,64}__class__)"
    R"(|\brequire\s*\(\s*['"]child_process['"])"
    R"(|\beyJ(?:0eXAiOiJKV1QiLCJ)?hbGciOiJ(?:ub25l|Ob25l|OT05F))"
    R"(|(?:\r\n|\n|%0d%0a)\s{0,4}(?:set-cookie|location|host|authorization|cookie|transfer-encoding|x-forwarded-for|x-original-url)\s*:))";

/// Compiled once for the program, at their first use, and immutable.
const Regex& sql_regex() {
  static const Regex regex(kSqlPattern);
  return regex;
}
const Regex& shell_regex() {
  static const Regex regex(kShellPattern);
  return regex;
}
const Regex& escape_regex() {
  static const Regex regex(kEscapePattern);
  return regex;
}

template <std::size_t kCount>
constexpr std::array<std::string_view, kCount> in_order(
    std::array<std::string_view, kCount> words) {
  std::ranges::sort(words);
  return words;
}
constexpr auto kTextWordsInOrder = in_order(kTextWords);
constexpr auto kStatementWordsInOrder = in_order(kStatementWords);

/// Whether a name may be a statement where the tool is one of a database: `query`, `filterBy`.
bool may_be_database_parameter(std::string_view name) {
  constexpr std::size_t kShortest = 5;
  for (std::size_t at = 0; at + kShortest <= name.size(); ++at) {
    if (equals_ignoring_case(name.substr(at, 5), "query") ||
        equals_ignoring_case(name.substr(at, 6), "filter")) {
      return true;
    }
  }
  return false;
}

bool holds(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

/// What of a text makes a search worth its while.
struct TextSigns {
  bool sql{false};
  bool shell{false};
  bool escape{false};
  bool path{false};
};

constexpr TextSigns kAllSigns{.sql = true, .shell = true, .escape = true, .path = true};

constexpr std::uint8_t kSqlSign = 1;
constexpr std::uint8_t kShellSign = 2;
constexpr std::uint8_t kEscapeSign = 4;
constexpr std::uint8_t kPathSign = 8;
constexpr std::uint8_t kCapital = 16;
// Bytes without which no word that has them needs to be looked for.
constexpr std::uint8_t kSlash = 32;
constexpr std::uint8_t kDot = 64;
constexpr std::uint8_t kLowLine = 128;

constexpr std::array<std::uint8_t, 256> kSignTable = [] {
  std::array<std::uint8_t, 256> out{};
  const auto mark = [&out](std::string_view bytes, std::uint8_t sign) {
    for (const char c : bytes) {
      auto& entry = out[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | sign);
    }
  };
  mark("'\";=(", kSqlSign);
  mark(";|&`$\n\r", kShellSign);
  mark("_{(\n%=", kEscapeSign);
  mark(std::string_view("%\\\0", 3), kPathSign);
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", kCapital);
  mark("/", kSlash);
  mark(".", kDot);
  mark("_", kLowLine);
  for (std::size_t byte = 0x80; byte < out.size(); ++byte) {
    // Of some the lower case is ASCII: U+212A is a k.
    out[byte] = kPathSign | kEscapeSign;
  }
  return out;
}();

TextSigns signs_of(std::string_view text) {
  std::uint8_t signs = 0;
  std::string lower;
  for (const char c : text) {
    signs = static_cast<std::uint8_t>(signs | kSignTable[static_cast<unsigned char>(c)]);
  }
  // The patterns do not mind the case, so their signs must not.
  if ((signs & kCapital) != 0) {
    lower = to_lower_ascii(text);
    text = lower;
  }
  const auto has = [text](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  };
  const bool slash = (signs & kSlash) != 0;
  const bool dot = (signs & kDot) != 0;
  const bool proc = slash && has("/proc/");
  TextSigns out;
  out.sql = (signs & kSqlSign) != 0 || ((signs & kLowLine) != 0 && has("xp_cmdshell"));
  out.shell = (signs & kShellSign) != 0 || (slash && has("/dev/"));
  out.path = (signs & kPathSign) != 0 || proc || (dot && has(".."));
  // `core_pattern` has one of the signs.
  out.escape = (signs & kEscapeSign) != 0 || proc || (dot && has(".sock")) || has("eyj") ||
               has("nsenter") || has("unshare");
  return out;
}

/// One search of a text.
struct ShapeSearch {
  const Regex& regex;
  ShapeKind kind;
  std::string_view rule;
  std::string_view message;
};

class ShapeFinder {
 public:
  ShapeFinder(const Message& message, NodeId root, const KnownDefinition* tool,
              const Limits& limits, Prefilter prefilter)
      : document_(message.document), root_(root), limits_(limits), prefilter_(prefilter) {
    if (tool != nullptr && tool->document != nullptr && tool->definition != kNoNode) {
      definition_ = tool->document.get();
      tool_ = tool->definition;
    }
  }

  std::vector<ShapeFinding> run() {
    const NodeId end = document_.node(root_).next;
    for (NodeId node = root_; node < end; ++node) {
      if (document_.is(node, NodeKind::kString)) {
        judge_string(node);
      } else if (document_.is(node, NodeKind::kKey)) {
        judge_key(node);
      }
    }
    return std::move(found_);
  }

 private:
  void add(ShapeKind kind, std::string_view rule, std::string_view message, NodeId node,
           bool failed = false) {
    found_.push_back({.kind = kind,
                      .rule_id = std::string(rule),
                      .message = std::string(message),
                      .node = node,
                      .failed = failed});
  }

  void judge_string(NodeId node) {
    std::string scratch;
    const std::string_view text = document_.text(node, scratch);
    const std::string key = argument_key(document_, root_, node);
    const ParameterRole role = role_of(key);
    if (role == ParameterRole::kText || role == ParameterRole::kStatement) {
      return;
    }
    const TextSigns signs = prefilter_ == Prefilter::kOff ? kAllSigns : signs_of(text);
    judge_path(text, role, signs, node);
    const bool slashes =
        text.find("//") != std::string_view::npos || text.find('\\') != std::string_view::npos;
    if (slashes || role == ParameterRole::kUrl || role == ParameterRole::kHost) {
      judge_url(text, role, node);
    }
    if (signs.sql) {
      search(text, node,
             {.regex = sql_regex(),
              .kind = ShapeKind::kInjection,
              .rule = "sql-injection",
              .message = "has the shape of an SQL injection"});
    }
    if (signs.shell) {
      search(text, node,
             {.regex = shell_regex(),
              .kind = ShapeKind::kInjection,
              .rule = "shell-injection",
              .message = "has the shape of a shell injection"});
    }
    if (signs.escape) {
      search(text, node,
             {.regex = escape_regex(),
              .kind = ShapeKind::kEscape,
              .rule = "escape-shape",
              .message = "has the shape of a way out of a sandbox or around a login"});
    }
  }

  void search(std::string_view text, NodeId node, const ShapeSearch& search) {
    if (!scratch_) {
      scratch_ = std::make_unique<RegexScratch>(limits_);
    }
    if (text.size() > limits_.text_bytes) {
      add(search.kind, "argument-too-long", "is too long to be searched", node, true);
      return;
    }
    scratch_->start();
    RegexPlace place;
    switch (search.regex.find(text, 0, *scratch_, place)) {
      case RegexOutcome::kNoMatch: return;
      case RegexOutcome::kMatch: add(search.kind, search.rule, search.message, node); return;
      case RegexOutcome::kBudget:
        add(search.kind, "shape-bound", "could not be searched within the bound of steps", node,
            true);
        return;
    }
  }

  void judge_path(std::string_view text, ParameterRole role, const TextSigns& signs, NodeId node) {
    const bool file_url = text.size() > 5 && equals_ignoring_case(text.substr(0, 5), "file:");
    const bool climbing = text.starts_with("../") || text.starts_with("..\\") ||
                          text.find("/../") != std::string_view::npos;
    if (!signs.path || (role != ParameterRole::kPath && !file_url && !climbing)) {
      return;
    }
    const PathReadings path = read_path(text);
    if (path.nul) {
      add(ShapeKind::kTraversal, "path-nul", "is a path with a NUL byte", node);
    } else if (path.process) {
      add(ShapeKind::kTraversal, "path-process", "is a path around through /proc", node);
    } else if (path.climbs) {
      add(ShapeKind::kTraversal, "path-traversal", "is a path that leads out of its folder", node);
    } else if (path.dotdot && path.encoded) {
      add(ShapeKind::kTraversal, "path-encoded", "is a path that hides a way up in code", node);
    }
  }

  void judge_url(std::string_view text, ParameterRole role, NodeId node) {
    auto url = read_url_host(text);
    if (!url && role == ParameterRole::kHost) {
      judge_bare_host(text, node);
      return;
    }
    if (!url && role == ParameterRole::kUrl) {
      judge_unfinished_url(text, node);
      return;
    }
    // `\\host\share` and `//host` outside of a URL's place are paths.
    if (!url || !holds(kFetchedSchemes, url->scheme) ||
        (url->scheme.empty() && role != ParameterRole::kUrl)) {
      return;
    }
    const bool local = url->addresses.empty() && is_local_name(url->host);
    const auto inside = inside_address(url->addresses);
    if (inside || (local && !url->host.empty())) {
      add(ShapeKind::kPrivateAddress, "private-address",
          inside ? "leads to " + *inside : "leads to a name of this machine or network", node);
    } else if (url->ambiguous && text.find(' ') == std::string_view::npos) {
      add(ShapeKind::kInjection, "url-ambiguous", "is a URL whose host programs disagree about",
          node);
    }
  }

  /// `127.0.0.1:8080/x`: many programs put `http://` before it. A single number is no address here,
  /// and a single word no host.
  void judge_unfinished_url(std::string_view text, NodeId node) {
    constexpr std::size_t kShortestNumber = 7;  // 16777216 and more: not 0.x.y.z
    const UrlHost url = read_bare_host(text);
    const bool address =
        url.host.find_first_of(".:x") != std::string::npos || url.host.size() >= kShortestNumber;
    const bool name = url.host == "localhost" || url.host.ends_with(".localhost") ||
                      url.host == "metadata.google.internal";
    const auto inside = address ? inside_address(url.addresses) : std::nullopt;
    if (inside || name) {
      add(ShapeKind::kPrivateAddress, "private-address",
          inside ? "leads to " + *inside : "leads to a name of this machine or network", node);
    }
  }

  /// A host alone need not be fetched: only where credentials are handed out.
  void judge_bare_host(std::string_view text, NodeId node) {
    const UrlHost host = read_bare_host(text);
    const bool metadata = host.host == "metadata.google.internal" ||
                          std::ranges::any_of(host.addresses, [](const IpAddress& address) {
                            const IpRange range = range_of(address);
                            return range == IpRange::kMetadata || range == IpRange::kLinkLocal;
                          });
    if (metadata) {
      add(ShapeKind::kPrivateAddress, "private-address", "is a cloud metadata address", node);
    }
  }

  /// Keys that no schema of the tool declares and that ask for a right.
  void judge_key(NodeId key) {
    std::string scratch;
    const std::string_view name = document_.text(key, scratch);
    if (name == "__proto__") {
      add(ShapeKind::kEscape, "prototype-key", "holds a key that changes prototypes", key);
      return;
    }
    const bool top = document_.node(key).parent == root_;
    if (!name.empty() && name.front() == '$' && holds(kOperatorKeys, name)) {
      judge_operator(key);
    }
    if (!top || name.size() > 32 || name.size() < kShortestBypassKey ||
        document_.text(key + 1) == "false") {
      return;
    }
    std::string plain;
    for (const WordToken& word : split_identifier(name, 8)) {
      plain += word.text;
    }
    if (holds(kBypassKeys, plain) && definition_ != nullptr && !is_declared(name)) {
      add(ShapeKind::kEscape, "undeclared-right", "asks for a right that the tool does not declare",
          key);
    }
  }

  /// Whether the tool is one of a database counts for few names: it is found out for those.
  [[nodiscard]] ParameterRole role_of(std::string_view key) const {
    const ParameterRole role = role_of_parameter(key, false);
    return definition_ != nullptr && may_be_database_parameter(key) && is_database_tool()
               ? role_of_parameter(key, true)
               : role;
  }

  [[nodiscard]] bool is_database_tool() const {
    const std::string name = definition_->string_or(find_tool_nodes(*definition_, tool_).name, "");
    return std::ranges::any_of(split_identifier(name, 16), [](const WordToken& word) {
      return (classify_word(word.text) & kNounDatabase) != 0 || word.text == "db" ||
             word.text == "database" || word.text == "sql";
    });
  }

  [[nodiscard]] bool is_declared(std::string_view name) const {
    const auto properties =
        definition_->find(find_tool_nodes(*definition_, tool_).input_schema, "properties");
    return properties && definition_->find(*properties, name).has_value();
  }

  /// `{"password": {"$ne": null}}`
  void judge_operator(NodeId key) {
    const NodeId object = document_.node(key).parent;
    const NodeId owner = document_.node(object).parent;
    if (owner == kNoNode || owner <= root_ || !document_.is(owner, NodeKind::kKey) ||
        document_.node(owner).parent != root_) {
      return;
    }
    if (holds(kLoginWords, to_lower_ascii(document_.text(owner)))) {
      add(ShapeKind::kEscape, "operator-for-login", "is an operator where a login is expected",
          key);
    }
  }

  const Document& document_;
  NodeId root_;
  const Limits& limits_;
  Prefilter prefilter_;
  const Document* definition_{nullptr};
  NodeId tool_{kNoNode};
  std::unique_ptr<RegexScratch> scratch_;
  std::vector<ShapeFinding> found_;
};

ParameterRole find_parameter_role(std::string_view name, bool database) {
  // Most names are one word in lower case, which is what splitting would make of them.
  const bool one_word =
      !name.empty() && std::ranges::all_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
  WordToken word;
  std::vector<WordToken> several;
  if (one_word) {
    word = {.text = std::string(name), .begin = 0, .end = name.size(), .before = '\0'};
  } else {
    several = split_identifier(name, 16);
  }
  const std::span<const WordToken> words =
      one_word ? std::span<const WordToken>(&word, 1) : std::span<const WordToken>(several);
  if (words.empty()) {
    return ParameterRole::kPlain;
  }
  const std::string_view last = words.back().text;
  if (std::ranges::binary_search(kStatementWordsInOrder, last) ||
      (database && (last == "query" || last == "filter"))) {
    return ParameterRole::kStatement;
  }
  if (const auto sink =
          words.size() <= kSinkNameWords ? sink_of_words(words) : sink_of_parameter(name)) {
    switch (*sink) {
      case SinkKind::kPath: return ParameterRole::kPath;
      case SinkKind::kUrl: return ParameterRole::kUrl;
      case SinkKind::kHost: return ParameterRole::kHost;
      case SinkKind::kCommand: return ParameterRole::kStatement;
      case SinkKind::kRecipient:
      case SinkKind::kMoney: return ParameterRole::kPlain;
    }
  }
  return std::ranges::binary_search(kTextWordsInOrder, last) ? ParameterRole::kText
                                                             : ParameterRole::kPlain;
}

}  // namespace

ParameterRole role_of_parameter(std::string_view name, bool database) {
  thread_local std::array<NameMemo<ParameterRole>, 2> memo;
  return memo[database ? 1 : 0].get(
      name, [database](std::string_view asked) { return find_parameter_role(asked, database); });
}

std::string argument_key(const Document& document, NodeId root, NodeId node) {
  if (node == root) {
    return {};
  }
  NodeId at = document.node(node).parent;
  while (at != kNoNode && at > root && document.is(at, NodeKind::kArray)) {
    at = document.node(at).parent;
  }
  const bool key = at != kNoNode && at > root && document.is(at, NodeKind::kKey);
  return key ? document.text(at) : std::string();
}

std::vector<ShapeFinding> find_shapes(const Message& message, NodeId root,
                                      const KnownDefinition* tool, const Limits& limits,
                                      Prefilter prefilter) {
  return root == kNoNode ? std::vector<ShapeFinding>{}
                         : ShapeFinder(message, root, tool, limits, prefilter).run();
}

}  // namespace merlon
