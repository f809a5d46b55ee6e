#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/scripts.h"

namespace merlon {
namespace {

struct Point {
  char32_t c{0};
  std::size_t begin{0};
  std::size_t end{0};
};

/// A run of hidden characters in one text.
struct HiddenRun {
  std::size_t begin{0};
  std::size_t end{0};
  std::size_t count{0};
  std::string decoded;  ///< what it spells, if anything
};

bool is_tag(char32_t c) {
  return c >= 0xE0000 && c <= 0xE007F;
}
bool is_selector(char32_t c) {
  return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}
bool is_private(char32_t c) {
  return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0xFFFFD) ||
         (c >= 0x100000 && c <= 0x10FFFD);
}
bool is_bidi_control(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}
bool is_bidi_mark(char32_t c) {
  return c == 0x200E || c == 0x200F || c == 0x061C;
}

// Characters without a width that are none of the above.
bool is_zero_width(char32_t c) {
  return c == 0x00AD || c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
         c == 0x180E || (c >= 0x200B && c <= 0x200D) || (c >= 0x2060 && c <= 0x2064) ||
         (c >= 0x206A && c <= 0x206F) || c == 0x3164 || c == 0xFEFF || c == 0xFFA0 ||
         (c >= 0x1D173 && c <= 0x1D17A) || is_bidi_mark(c);
}

std::vector<Point> code_points_of(std::string_view text) {
  std::vector<Point> points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    points.push_back({.c = c, .begin = begin, .end = at});
  }
  return points;
}

class TextInspector {
 public:
  TextInspector(std::string_view text, std::size_t manifest, NodeId node, CheckSink& sink)
      : points_(code_points_of(text)), manifest_(manifest), node_(node), sink_(sink) {
    for (const Point& point : points_) {
      const Script script = script_of(point.c);
      right_to_left_ = right_to_left_ || script == Script::kRightToLeft;
    }
  }

  void inspect() {
    inspect_tags();
    inspect_selectors();
    inspect_bidi();
    inspect_zero_width();
    inspect_private();
  }

 private:
  [[nodiscard]] char32_t at(std::size_t index) const {
    return index < points_.size() ? points_[index].c : 0;
  }

  HiddenRun& add(std::optional<HiddenRun>& run, std::size_t index) const {
    if (!run) {
      run = HiddenRun{.begin = points_[index].begin};
    }
    run->end = points_[index].end;
    ++run->count;
    return *run;
  }

  void report(std::string_view rule, const HiddenRun& run, std::string message,
              std::optional<Severity> severity = std::nullopt) {
    CheckHit hit{.rule_id = std::string(rule),
                 .manifest = manifest_,
                 .node = node_,
                 .begin = run.begin,
                 .end = run.end,
                 .message = std::move(message)};
    hit.severity = severity;
    if (!run.decoded.empty()) {
      hit.evidence = {
          .text = run.decoded,
          .decoded_by = {std::string(rule == "hidden-tag-characters" ? "tag characters"
                                                                     : "variation selectors")}};
    }
    sink_.report(std::move(hit));
  }

  // A black flag, lower-case tags, the end tag: the flag of England and its like.
  [[nodiscard]] bool is_flag(std::size_t flag, std::size_t& end) const {
    std::size_t index = flag + 1;
    while (index < points_.size() && index < flag + 8 && is_tag(points_[index].c) &&
           points_[index].c != 0xE007F) {
      ++index;
    }
    if (index < flag + 3 || at(index) != 0xE007F) {
      return false;
    }
    end = index + 1;
    return true;
  }

  void inspect_tags() {
    std::optional<HiddenRun> run;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      std::size_t end = 0;
      if (points_[i].c == 0x1F3F4 && is_flag(i, end)) {
        i = end - 1;
        continue;
      }
      if (!is_tag(points_[i].c)) {
        continue;
      }
      HiddenRun& extended = add(run, i);
      const char32_t letter = points_[i].c - 0xE0000;
      if (letter >= 0x20 && letter < 0x7F) {
        extended.decoded.push_back(static_cast<char>(letter));
      }
    }
    if (run) {
      report("hidden-tag-characters", *run,
             "holds " + std::to_string(run->count) + " invisible tag characters" +
                 (run->decoded.empty() ? std::string() : " that spell " + in_ticks(run->decoded)));
    }
  }

  // One selector after a sign chooses how it is drawn. A second one in a row has nothing to choose:
  // that is how bytes are hidden, sixteen in the first block and 240 in the second.
  void inspect_selectors() {
    std::optional<HiddenRun> run;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (!is_selector(points_[i].c)) {
        continue;
      }
      const bool follows = i > 0 && is_selector(points_[i - 1].c);
      const bool odd =
          points_[i].c >= 0xE0100 && (i == 0 || script_of(points_[i - 1].c) != Script::kOther);
      if (!follows && !odd) {
        continue;
      }
      if (follows && (!run || run->end != points_[i - 1].end)) {
        append_selector(run, i - 1);
      }
      append_selector(run, i);
    }
    if (!run) {
      return;
    }
    const bool readable = std::all_of(run->decoded.begin(), run->decoded.end(),
                                      [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); });
    if (!readable) {
      run->decoded.clear();
    }
    report("hidden-variation-selectors", *run,
           "holds " + std::to_string(run->count) + " variation selectors that select nothing" +
               (run->decoded.empty() ? std::string() : " and spell " + in_ticks(run->decoded)));
  }

  void append_selector(std::optional<HiddenRun>& run, std::size_t index) const {
    const char32_t c = points_[index].c;
    add(run, index)
        .decoded.push_back(static_cast<char>(c < 0xE0100 ? c - 0xFE00 : c - 0xE0100 + 16));
  }

  // Isolates and embeddings belong to texts with right-to-left letters; overrides turn what is read
  // around and belong nowhere.
  void inspect_bidi() {
    std::optional<HiddenRun> run;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const char32_t c = points_[i].c;
      if (!is_bidi_control(c)) {
        continue;
      }
      const bool override = c == 0x202D || c == 0x202E;
      if (!override && right_to_left_) {
        continue;
      }
      add(run, i);
    }
    if (run) {
      report("hidden-bidi-controls", *run,
             "holds " + counted(run->count, "character") +
                 (run->count == 1 ? " that changes" : " that change") +
                 " the direction of writing");
    }
  }

  [[nodiscard]] bool is_at_home(std::size_t index) const {
    const char32_t c = points_[index].c;
    const char32_t before = index > 0 ? points_[index - 1].c : 0;
    const char32_t after = at(index + 1);
    if (c == 0xFEFF) {
      return index == 0;
    }
    if (is_bidi_mark(c)) {
      return right_to_left_;
    }
    const auto joins = [](Script script) {
      return script == Script::kRightToLeft || script == Script::kJoining;
    };
    if (c == 0x200D || c == 0x200C) {
      if (c == 0x200D && is_emoji_part(before) && is_emoji_part(after)) {
        return true;
      }
      return joins(script_of(before)) || joins(script_of(after)) ||
             (is_mark(before) && index > 1 && joins(script_of(points_[index - 2].c)));
    }
    if (c == 0x200B) {
      return is_written_without_blanks(before) || is_written_without_blanks(after);
    }
    if (c == 0x3164 || c == 0x115F || c == 0x1160 || c == 0xFFA0) {
      return is_written_without_blanks(before) || is_written_without_blanks(after);
    }
    return false;
  }

  void inspect_zero_width() {
    std::optional<HiddenRun> run;
    std::size_t inside = 0;
    std::size_t soft = 0;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (!is_zero_width(points_[i].c) || is_at_home(i)) {
        continue;
      }
      add(run, i);
      if (points_[i].c == 0x00AD) {
        ++soft;
      }
      if (i > 0 && is_word_char(points_[i - 1].c) && is_word_char(at(i + 1))) {
        ++inside;
      }
    }
    if (!run) {
      return;
    }
    // Soft hyphens and a stray mark come with text that was copied from a page.
    const bool stray = soft == run->count || (run->count <= 2 && inside == 0);
    report("hidden-zero-width", *run,
           "holds " + counted(run->count, "character") + " without a width" +
               (inside > 0 && soft < run->count
                    ? ", " + std::to_string(inside) + " of them inside of words"
                    : std::string()),
           stray ? std::optional(Severity::kLow) : std::nullopt);
  }

  void inspect_private() {
    std::optional<HiddenRun> run;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (is_private(points_[i].c)) {
        add(run, i);
      }
    }
    if (run) {
      report("hidden-private-use", *run,
             "holds " + counted(run->count, "character") +
                 (run->count == 1 ? " without a meaning of its own"
                                  : " without a meaning of their own"));
    }
  }

  std::vector<Point> points_;
  std::size_t manifest_;
  NodeId node_;
  CheckSink& sink_;
  bool right_to_left_{false};
};

// Lead bytes of everything that is looked for. Text in other scripts passes without a second look.
bool may_hide(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto a = static_cast<unsigned char>(text[i]);
    if (a < 0xC2) {
      continue;
    }
    const auto b = static_cast<unsigned char>(text[i + 1]);
    if (a == 0xC2 && b == 0xAD) {
      return true;
    }
    if ((a == 0xCD && b == 0x8F) || (a == 0xD8 && b == 0x9C)) {
      return true;
    }
    if (a == 0xE1 && (b == 0x85 || b == 0x9E || b == 0xA0)) {
      return true;
    }
    if (a == 0xE2 && (b == 0x80 || b == 0x81)) {
      return true;
    }
    if (a == 0xE3 && b == 0x85) {
      return true;
    }
    if (a == 0xEE || (a == 0xEF && (b <= 0xA3 || b == 0xB8 || b == 0xBB || b == 0xBE))) {
      return true;
    }
    if (a == 0xF3 || a == 0xF4 || (a == 0xF0 && b == 0x9D)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void check_hidden_unicode(const CheckInput& input, CheckSink& sink) {
  std::string scratch;
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Document& document = input.manifests[index]->document;
    for (NodeId node = 0; node < document.size(); ++node) {
      if (!is_text_node(document, node) || is_plain_ascii(document, node)) {
        continue;
      }
      std::string_view text = document.text(node, scratch);
      if (text.size() > input.limits.text_bytes) {
        text = text.substr(0, input.limits.text_bytes);
      }
      if (!may_hide(text)) {
        continue;
      }
      TextInspector(text, index, node, sink).inspect();
    }
  }
}

}  // namespace merlon
