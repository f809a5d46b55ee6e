#include "capability/action_phrase.h"

#include <algorithm>

namespace merlon {
namespace {

constexpr std::size_t kObjectReach = 8;
constexpr std::size_t kSentenceWords = 40;

bool joins(std::string_view word) {
  return word == "and" || word == "or" || word == "then";
}
bool introduces(std::string_view word) {
  return word == "to" || word == "can" || word == "will" || word == "for";
}
bool ends_sentence(char before) {
  return before == '.' || before == '!' || before == '?' || before == '\n' || before == ':' ||
         before == ';';
}

bool is_verb(WordClasses classes) {
  return (classes & kAnyVerb) != 0;
}

std::vector<WordClasses> classes_of(const std::vector<WordToken>& words) {
  std::vector<WordClasses> classes;
  classes.reserve(words.size());
  for (const WordToken& word : words) {
    classes.push_back(classify_word(word.text));
  }
  return classes;
}

/// In a name, a verb with -s behind other words is a plural (`vault_transfers`), and so is one in
/// front that is a noun as well (`emails_search`).
bool is_plural(const std::vector<WordToken>& words, const std::vector<WordClasses>& classes,
               std::size_t i) {
  if (!words[i].text.ends_with('s') || words[i].text.ends_with("ss")) {
    return false;
  }
  return i > 0 ||
         (words.size() > 1 && (classes[i] & kAlsoNoun) != 0 && exact_word(words[i].text) == 0);
}

std::optional<std::size_t> leading_verb(const std::vector<WordToken>& words,
                                        const std::vector<WordClasses>& classes) {
  std::optional<std::size_t> noun_like;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (!is_verb(classes[i]) || is_plural(words, classes, i)) {
      continue;
    }
    if ((classes[i] & kAlsoNoun) == 0) {
      return i;
    }
    if (!noun_like) {
      noun_like = i;
    }
  }
  return noun_like;
}

ActionPhrase start_phrase(const WordToken& verb, WordClasses classes) {
  return {.verb = verb,
          .verb_classes = classes & (kAnyVerb | kNeedsMoney | kVerbCreate),
          .sure = (classes & kAlsoNoun) == 0};
}

/// The words of a description with the sentence each belongs to.
struct Prose {
  std::vector<WordToken> words;
  std::vector<WordClasses> classes;

  [[nodiscard]] bool starts_sentence(std::size_t i) const {
    return i == 0 || ends_sentence(words[i].before);
  }
  /// Whether one of the four words before `i` in its sentence negates.
  [[nodiscard]] bool negated(std::size_t i) const {
    for (std::size_t back = 0; back < 4 && !starts_sentence(i); ++back) {
      --i;
      if ((classes[i] & kNegation) != 0) {
        return true;
      }
    }
    return false;
  }
};

ActionPhrase phrase_at(const Prose& prose, std::size_t verb) {
  ActionPhrase phrase = start_phrase(prose.words[verb], prose.classes[verb]);
  for (std::size_t i = verb + 1; i < prose.words.size() && i <= verb + kObjectReach; ++i) {
    if (prose.starts_sentence(i)) {
      break;
    }
    phrase.objects.push_back(prose.words[i]);
    if ((prose.classes[i] & kNameOnly) == 0) {
      phrase.object_classes |= prose.classes[i] & ~kAnyVerb;
    }
  }
  return phrase;
}

/// Whether the word at `i` of the first sentence says what is done. `led` says whether a verb was
/// there already.
bool acts_in_first_sentence(const Prose& prose, std::size_t i, bool led) {
  if (prose.starts_sentence(i)) {
    return true;
  }
  if ((prose.classes[i] & kNameOnly) != 0) {
    return false;
  }
  const bool ambiguous = (prose.classes[i] & kAlsoNoun) != 0;
  const std::string& last = prose.words[i - 1].text;
  if (introduces(last)) {
    return !led;
  }
  return led && joins(last) && !ambiguous;
}

bool acts_in_later_sentence(const Prose& prose, std::size_t i) {
  if (i == 0 || prose.starts_sentence(i) || (prose.classes[i] & (kAlsoNoun | kNameOnly)) != 0) {
    return false;
  }
  const std::string& last = prose.words[i - 1].text;
  if (last == "will") {
    const std::string& who = prose.words[i >= 2 ? i - 2 : 0].text;
    return who == "this" || who == "it" || who == "tool" || who == "which" || who == "and";
  }
  return last == "permanently" || last == "irreversibly" || last == "also" || last == "silently" ||
         last == "automatically";
}

}  // namespace

const WordToken* ActionPhrase::object_of(WordClasses classes) const {
  for (const WordToken& word : objects) {
    if ((classify_word(word.text) & classes) != 0) {
      return &word;
    }
  }
  return nullptr;
}

std::vector<ActionPhrase> phrases_of_name(std::string_view name) {
  const auto words = split_identifier(name);
  const auto classes = classes_of(words);
  const auto lead = leading_verb(words, classes);
  std::vector<ActionPhrase> phrases;
  if (lead) {
    phrases.push_back(start_phrase(words[*lead], classes[*lead]));
  } else {
    phrases.emplace_back();
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (lead == i) {
      continue;
    }
    if (i > 0 && joins(words[i - 1].text) && is_verb(classes[i]) && lead) {
      phrases.push_back(start_phrase(words[i], classes[i]));
    }
  }
  for (ActionPhrase& phrase : phrases) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].begin == phrase.verb.begin && words[i].end == phrase.verb.end) {
        continue;
      }
      phrase.objects.push_back(words[i]);
      phrase.object_classes |= classes[i] & ~kAnyVerb;
    }
  }
  return phrases;
}

std::vector<ActionPhrase> phrases_of_description(std::string_view text) {
  Prose prose{.words = split_prose(text), .classes = {}};
  prose.classes = classes_of(prose.words);
  std::vector<ActionPhrase> phrases;
  bool first_sentence = true;
  bool led = false;
  for (std::size_t i = 0; i < prose.words.size(); ++i) {
    if (i > 0 && (prose.starts_sentence(i) || i == kSentenceWords)) {
      first_sentence = false;
    }
    if (!is_verb(prose.classes[i]) || prose.negated(i)) {
      continue;
    }
    if (first_sentence ? acts_in_first_sentence(prose, i, led) : acts_in_later_sentence(prose, i)) {
      phrases.push_back(phrase_at(prose, i));
      led = true;
    }
  }
  return phrases;
}

}  // namespace merlon
