#pragma once
/// What the words of a name or sentence say is done to what.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capability/capability_words.h"
#include "capability/word_tokens.h"

namespace merlon {

/// A verb with the words it acts on.
struct ActionPhrase {
  WordToken verb;
  WordClasses verb_classes{0};
  bool sure{false};  ///< the verb is no noun as well
  std::vector<WordToken> objects;
  WordClasses object_classes{0};

  /// The first object of one of these classes, or null.
  [[nodiscard]] const WordToken* object_of(WordClasses classes) const;
};

/// What an identifier says: the first verb that is no noun as well, else the first verb; after
/// `and` or `or` another one. All its other words are objects. A name without any verb gives one
/// phrase without verb.
[[nodiscard]] std::vector<ActionPhrase> phrases_of_name(std::string_view name);

/// What the first sentence of a description says is done, and what a later one says *will* be done
/// or is done permanently. What is negated ("never deletes") is left out. Objects are the words
/// that follow.
[[nodiscard]] std::vector<ActionPhrase> phrases_of_description(std::string_view text);

}  // namespace merlon
