#include "capability/statement_words.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 15> kDeletingWords{
    "rm",     "rmdir",    "unlink", "shred",   "mkfs",        "wipefs", "del",         "drop",
    "delete", "truncate", "dropdb", "-delete", "remove-item", "purge",  "dropdatabase"};
constexpr std::array<std::string_view, 16> kPrivilegeWords{
    "sudo",    "su",     "doas",   "chown",  "chgrp",   "setfacl", "usermod", "useradd",
    "adduser", "passwd", "visudo", "setcap", "gpasswd", "grant",   "revoke",  "pkexec"};
constexpr std::array<std::string_view, 2> kRoleNouns{"user", "role"};

bool is_statement_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '+';
}

bool among_statement_words(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::any_of(
      list, [word](std::string_view one) { return equals_ignoring_case(one, word); });
}

bool ends_statement(char c) {
  return c == ';' || c == '\n' || c == '|' || c == '&';
}

class StatementReader {
 public:
  StatementEffects run(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
      if (!is_statement_byte(text[at])) {
        if (ends_statement(text[at])) {
          finish_statement();
        }
        ++at;
        continue;
      }
      std::size_t end = at + 1;
      while (end < text.size() && is_statement_byte(text[end])) {
        ++end;
      }
      read_word(text.substr(at, end - at));
      at = end;
    }
    finish_statement();
    return std::move(out_);
  }

 private:
  void say(std::size_t category, std::string_view words) {
    if (out_.why[category].empty()) {
      out_.why[category] = to_lower_ascii(words);
    }
  }

  void read_word(std::string_view word) {
    const auto is = [word](std::string_view other) { return equals_ignoring_case(word, other); };
    if (among_statement_words(kDeletingWords, word)) {
      say(0, word);
    }
    if (among_statement_words(kPrivilegeWords, word) ||
        (last_ == "chmod" &&
         (word.ends_with("777") || word.find("+s") != std::string_view::npos || is("-R"))) ||
        ((equals_ignoring_case(last_, "alter") || equals_ignoring_case(last_, "create")) &&
         among_statement_words(kRoleNouns, word))) {
      say(2, word);
    }
    if (last_ == "push" && (is("--force") || is("-f") || is("--force-with-lease"))) {
      say(0, "push --force");
    }
    if (last_ == "reset" && is("--hard")) {
      say(0, "reset --hard");
    }
    const bool changes = is("update") || is("delete");
    changes_ = changes_ || (changes && !after_grant_);
    sets_ = sets_ || is("set") || is("from");
    where_ = where_ || is("where");
    after_grant_ = after_grant_ || is("grant");
    last_ = word;
  }

  /// An UPDATE or DELETE that names no rows means all of them.
  void finish_statement() {
    if (changes_ && sets_ && !where_) {
      say(1, "no WHERE");
    }
    changes_ = sets_ = where_ = after_grant_ = false;
  }

  StatementEffects out_;
  std::string_view last_;
  bool changes_{false};
  bool sets_{false};
  bool where_{false};
  bool after_grant_{false};
};

}  // namespace

StatementEffects read_statement_effects(std::string_view text) {
  return StatementReader().run(text);
}

}  // namespace merlon
