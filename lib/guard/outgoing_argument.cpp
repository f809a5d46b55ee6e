#include "guard/outgoing_argument.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/name_memo.h"
#include "base/text.h"
#include "rules/placeholder.h"

namespace merlon {
namespace {

/// Longer parts of an address that are no words carry something.
constexpr std::size_t kLongPart = 24;
constexpr std::size_t kLongWords = 128;
constexpr std::size_t kLongAddress = 1024;

constexpr std::array<std::string_view, 13> kAddressKeys{
    "url",    "uri",     "href",     "link",   "endpoint",   "host",  "hostname",
    "domain", "webhook", "callback", "server", "target_url", "origin"};
constexpr std::array<std::string_view, 10> kRecipientKeys{
    "recipient", "recipients", "to",      "cc",       "bcc",
    "email",     "mailto",     "webhook", "callback", "send_to"};
constexpr std::array<std::string_view, 9> kBodyKeys{
    "body", "data", "payload", "form", "post_data", "json", "headers", "cookies", "content"};

bool is_one_of(std::span<const std::string_view> words, std::string_view key) {
  return std::any_of(words.begin(), words.end(), [key](std::string_view word) {
    return word.size() == key.size() && equals_ignoring_case(word, key);
  });
}

/// What the name of an argument says of its value.
struct KeyWords {
  bool address{false};
  bool recipient{false};
  bool body{false};
};

KeyWords words_of_key(std::string_view key) {
  thread_local NameMemo<KeyWords> memo;
  return memo.get(key, [](std::string_view asked) {
    return KeyWords{.address = is_one_of(kAddressKeys, asked),
                    .recipient = is_one_of(kRecipientKeys, asked),
                    .body = is_one_of(kBodyKeys, asked)};
  });
}

bool is_scheme_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

bool ends_address(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\'' || c == '<' || c == '>' ||
         c == '`' || c == '\\';
}

bool carries_data(std::string_view part) {
  return part.size() >= kLongWords || (part.size() >= kLongPart && looks_random(part));
}

bool any_part_carries_data(std::string_view text, char separator) {
  const std::vector<std::string_view> parts = split(text, separator);
  return std::any_of(parts.begin(), parts.end(), carries_data);
}

/// One pass over the arguments.
class ArgumentWalk {
 public:
  ArgumentWalk(const Document& document, AddressRule rule) : document_(document), rule_(rule) {}

  std::optional<OutgoingArgument> run(NodeId arguments) {
    KeyWords key;
    for (NodeId node = arguments; node < document_.node(arguments).next; ++node) {
      if (document_.kind(node) == NodeKind::kKey) {
        key = words_of_key(document_.text(node, scratch_));
        if (body_ == kNoNode && key.body) {
          body_ = node + 1;
        }
      } else if (document_.kind(node) == NodeKind::kString && judge(node, key)) {
        return found_;
      }
    }
    if (has_address_ && body_ != kNoNode) {
      return OutgoingArgument{.node = body_, .why = "a body beside an address"};
    }
    return std::nullopt;
  }

 private:
  bool judge(NodeId node, KeyWords key) {
    const std::string_view text = document_.text(node, scratch_);
    if (key.recipient &&
        (text.find('@') != std::string_view::npos || !find_address(text).empty())) {
      found_ = {.node = node, .why = "a recipient"};
      return true;
    }
    std::string_view address = find_address(text);
    if (address.empty() && key.address && !text.starts_with('/') && !text.starts_with("file:")) {
      address = text;
    }
    // Every address of a text is looked at: the first may be the harmless one.
    while (!address.empty()) {
      has_address_ = true;
      if (rule_ == AddressRule::kAny) {
        found_ = {.node = node, .why = "an address"};
        return true;
      }
      if (const std::string_view what = data_of_address(address); !what.empty()) {
        found_ = {.node = node, .why = "an address with " + std::string(what)};
        return true;
      }
      const auto after = static_cast<std::size_t>(address.data() - text.data()) + address.size();
      address = find_address(text.substr(after));
    }
    return false;
  }

  const Document& document_;
  AddressRule rule_;
  OutgoingArgument found_;
  NodeId body_{kNoNode};
  bool has_address_{false};
  std::string scratch_;
};

}  // namespace

std::string_view find_address(std::string_view text) {
  for (std::size_t at = text.find("://"); at != std::string_view::npos;
       at = text.find("://", at + 3)) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 16 && is_scheme_char(text[begin - 1])) {
      --begin;
    }
    std::size_t end = at + 3;
    while (end < text.size() && !ends_address(text[end])) {
      ++end;
    }
    const std::string_view scheme = text.substr(begin, at - begin);
    if (!scheme.empty() && !equals_ignoring_case(scheme, "file") && end > at + 3) {
      return text.substr(begin, end - begin);
    }
  }
  return {};
}

std::string_view data_of_address(std::string_view address) {
  if (const std::size_t scheme = address.find("://"); scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  }
  const bool is_long = address.size() >= kLongAddress;
  address = address.substr(0, address.find('#'));
  const std::size_t query = address.find('?');
  if (query != std::string_view::npos && query + 1 < address.size()) {
    return "a query";
  }
  address = address.substr(0, query);
  const std::size_t slash = std::min(address.find('/'), address.size());
  const std::string_view authority = address.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) {
    return "a user";
  }
  if (any_part_carries_data(authority, '.')) {
    return "data in its host";
  }
  return is_long || any_part_carries_data(address.substr(slash), '/') ? "data in its path"
                                                                      : std::string_view{};
}

std::optional<OutgoingArgument> find_outgoing_argument(const Document& document, NodeId arguments,
                                                       AddressRule rule) {
  if (arguments == kNoNode || rule == AddressRule::kNever) {
    return std::nullopt;
  }
  return ArgumentWalk(document, rule).run(arguments);
}

}  // namespace merlon
