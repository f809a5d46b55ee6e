#pragma once
/// The words that say what a tool does. The lists stand in capability_words.cpp, one per class, to
/// be read and argued about.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "capability/word_tokens.h"

namespace merlon {

/// What a word can mean. A word may be in several classes.
enum WordClass : std::uint32_t {
  kVerbRead = 1U << 0U,      ///< get, list, search: something comes in
  kVerbPure = 1U << 1U,      ///< calculate, convert: nothing but its input is touched
  kVerbChange = 1U << 2U,    ///< create, update, move
  kVerbDestroy = 1U << 3U,   ///< delete, drop, purge
  kVerbSend = 1U << 4U,      ///< send, reply, publish: to somebody
  kVerbExecute = 1U << 5U,   ///< execute, eval; with a code noun or parameter
  kVerbSpend = 1U << 6U,     ///< pay, buy, withdraw
  kVerbRemember = 1U << 7U,  ///< remember, memorize
  kAlsoNoun =
      1U << 8U,  ///< a verb only when no other verb stands before it: post, order, email, comment
  kNounPrivate = 1U << 9U,     ///< email, file, customer, secret
  kNounUntrusted = 1U << 10U,  ///< web, page, inbox, issue: strangers write it
  kNounMessage =
      1U << 11U,  ///< who creates one of these speaks to others: message, tweet, issue, invitation
  kNounMemory = 1U << 12U,
  kNounMoney = 1U << 13U,
  kNounCode = 1U << 14U,      ///< command, script, shell, javascript
  kNounDatabase = 1U << 15U,  ///< sql, postgres, table
  kNegation = 1U << 16U,
  kNounQuery = 1U << 18U,   ///< what a database executes
  kNeedsMoney = 1U << 19U,  ///< a verb of spending only with an amount or a noun of money
  kVerbCreate = 1U << 20U,  ///< with a message noun, speaks to others: create, update, submit
  kNameOnly = 1U << 17U,    ///< too common in prose to count there
};
using WordClasses = std::uint32_t;

inline constexpr WordClasses kAnyVerb = kVerbRead | kVerbPure | kVerbChange | kVerbDestroy |
                                        kVerbSend | kVerbExecute | kVerbSpend | kVerbRemember;

/// The classes of a lower-case word; plural and -s, -ed, -ing forms are found too. 0 for an unknown
/// word.
[[nodiscard]] WordClasses classify_word(std::string_view word);
/// The same without looking for inflected forms.
[[nodiscard]] WordClasses exact_word(std::string_view word);

/// Where a parameter's value goes: what an attacker would want to have a say in.
enum class SinkKind : std::uint8_t { kUrl, kHost, kRecipient, kCommand, kPath, kMoney };
inline constexpr std::size_t kSinkKindCount = 6;
[[nodiscard]] std::string_view to_string(SinkKind kind);

/// What the name of a parameter says, e.g. `webhook_url`, `recipientEmail`, `command`; nothing for
/// most names.
[[nodiscard]] std::optional<SinkKind> sink_of_parameter(std::string_view name);
/// The same of a name that is split already, into at most kSinkNameWords.
[[nodiscard]] std::optional<SinkKind> sink_of_words(std::span<const WordToken> words);
inline constexpr std::size_t kSinkNameWords = 8;

}  // namespace merlon
