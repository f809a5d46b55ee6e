#include <string>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/normalise_confusables.h"
#include "rules/scripts.h"

namespace merlon {
namespace {

constexpr SurfaceSet kNames = surface_bit(Surface::kToolName) | surface_bit(Surface::kPromptName) |
                              surface_bit(Surface::kServerName) | surface_bit(Surface::kSkillName) |
                              surface_bit(Surface::kSchemaKey) | surface_bit(Surface::kPackage) |
                              surface_bit(Surface::kCommand) | surface_bit(Surface::kUrl) |
                              surface_bit(Surface::kEnvName) | surface_bit(Surface::kHeaderName);

bool is_name(Surface surface) {
  return (kNames & surface_bit(surface)) != 0;
}

bool imitates(Script script) {
  return script == Script::kGreek || script == Script::kCyrillic || script == Script::kArmenian ||
         script == Script::kCherokee || script == Script::kStyled;
}

/// What stands in one word of a name.
struct Word {
  std::size_t latin{0};
  std::size_t foreign{0};    ///< letters of a script that has look-alikes of Latin letters
  std::size_t lookalike{0};  ///< of those, the ones that look like a Latin letter
  std::size_t begin{0};
  std::string latin_reading;
};

// Latin and others in one word, or a word of nothing but look-alikes: `раy`, `ѕсоре`.
bool deceives(const Word& word) {
  if (word.foreign == 0) {
    return false;
  }
  if (word.latin > 0) {
    return word.lookalike > 0;
  }
  return word.lookalike == word.foreign && word.foreign >= 4;
}

void inspect_scripts(std::string_view text, std::size_t manifest, NodeId node, CheckSink& sink) {
  Word word;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t begin = at;
    const char32_t c = at < text.size() ? next_code_point(text, at) : U' ';
    const Script script = script_of(c);
    if (script == Script::kNone || begin == text.size()) {
      if (deceives(word)) {
        sink.report({.rule_id = "name-of-mixed-scripts",
                     .manifest = manifest,
                     .node = node,
                     .begin = word.begin,
                     .end = begin,
                     .message = "a name looks like " + in_ticks(word.latin_reading) +
                                " and is written with other letters"});
        return;
      }
      word = Word{.begin = at};
      if (begin == text.size()) {
        return;
      }
      continue;
    }
    const char latin = latin_lookalike(c);
    if (script == Script::kLatin) {
      ++word.latin;
    }
    if (imitates(script)) {
      ++word.foreign;
      if (latin != 0 || script == Script::kStyled) {
        ++word.lookalike;
      }
    }
    if (latin != 0) {
      word.latin_reading.push_back(latin);
    } else {
      append_utf8(word.latin_reading, c);
    }
  }
}

}  // namespace

void check_mixed_script(const CheckInput& input, CheckSink& sink) {
  std::string scratch;
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (NodeId node = 0; node < manifest.document.size(); ++node) {
      if (!is_name(manifest.surface_of(node)) || !is_text_node(manifest.document, node) ||
          is_plain_ascii(manifest.document, node)) {
        continue;
      }
      const std::string_view text = manifest.document.text(node, scratch);
      if (text.size() <= 4096) {
        inspect_scripts(text, index, node, sink);
      }
    }
  }
}

}  // namespace merlon
