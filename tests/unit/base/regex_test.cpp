#include "base/regex/regex.h"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "base/regex/folded_text.h"
#include "base/regex/literal_index.h"
#include "base/regex/literals.h"
#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

struct Answer {
  RegexOutcome outcome;
  std::size_t begin;
  std::size_t end;
  bool operator==(const Answer&) const = default;
};

Answer find(std::string_view pattern, std::string_view text, std::size_t from = 0) {
  const Regex regex(pattern);
  const Limits limits;
  RegexScratch scratch(limits);
  RegexPlace place;
  const RegexOutcome outcome = regex.find(text, from, scratch, place);
  return {outcome, place.begin, place.end};
}

using Sets = std::vector<LiteralSet>;

Sets literal_sets(std::string_view pattern) {
  return pattern_needs(pattern).sets;
}

}  // namespace

TEST_CASE("regex: finds the first match from an offset, ignoring case") {
  CHECK(find("ignore (?:all )?previous", "Please IGNORE previous") ==
        Answer{RegexOutcome::kMatch, 7, 22});
  CHECK(find("a", "banana", 2) == Answer{RegexOutcome::kMatch, 3, 4});
  CHECK(find("(?-i)A", "banana") == Answer{RegexOutcome::kNoMatch, 0, 0});
  CHECK(find("ü", "GRÜN") == Answer{RegexOutcome::kMatch, 2, 4});
  CHECK(find("^$", "") == Answer{RegexOutcome::kMatch, 0, 0});
  CHECK(find("a", "a", 2) == Answer{RegexOutcome::kNoMatch, 0, 0});
}

TEST_CASE("regex: a match far into a long text is found") {
  const std::string text = std::string(100'000, 'x') + "needle";
  CHECK(find("x+needle$", text).outcome == RegexOutcome::kMatch);
  CHECK(find("needle", text) == Answer{RegexOutcome::kMatch, 100'000, 100'006});
}

TEST_CASE("regex: a search may be told where a match begins at the latest") {
  const auto begins = [](std::string_view pattern, std::string_view text, std::size_t from,
                         std::size_t last) {
    const Regex regex(pattern);
    const Limits limits;
    RegexScratch scratch(limits);
    RegexPlace place;
    const RegexOutcome outcome = regex.find(text, from, last, scratch, place);
    return Answer{outcome, place.begin, place.end};
  };
  const Answer none{RegexOutcome::kNoMatch, 0, 0};
  CHECK(begins("b+", "aabbb", 0, 1) == none);
  CHECK(begins("b+", "aabbb", 0, 2) == Answer{RegexOutcome::kMatch, 2, 5});
  CHECK(begins("(?<=a)b", "aabbb", 2, 3) == Answer{RegexOutcome::kMatch, 2, 3});
  CHECK(begins("b", "aabbb", 3, 2) == none);
  CHECK(begins("$", "ab", 0, 99) == Answer{RegexOutcome::kMatch, 2, 2});
  const std::string text = std::string(100'000, 'x') + "needle";
  CHECK(begins("x*needle", text, 99'000, 99'500) == Answer{RegexOutcome::kMatch, 99'000, 100'006});
  CHECK(begins("needle", text, 99'000, 99'999) == none);
}

TEST_CASE("regex: a problem is reported with its place in the pattern") {
  const auto problem = find_regex_problem("abc(def");
  REQUIRE(problem);
  CHECK(problem->offset == 7);
  CHECK(problem->message == "missing closing parenthesis");
  CHECK(!find_regex_problem("abc"));
  CHECK(find("abc(def", "abc").outcome == RegexOutcome::kBudget);
}

TEST_CASE("regex: catastrophic patterns end in `budget`, in bounded time") {
  const std::string many(100'000, 'a');
  CHECK(find("(?:a|b)+?\\d", many).outcome == RegexOutcome::kBudget);
  CHECK(find("(a+)+$", std::string(5000, 'a') + "!").outcome == RegexOutcome::kBudget);
  CHECK(find("(?:.*x){20}[yz]", std::string(3000, 'x')).outcome == RegexOutcome::kBudget);
}

TEST_CASE("regex: the answer does not depend on how often the pattern ran before") {
  const Limits limits;
  const std::vector<std::string> patterns{"(?:a|b)+?\\d", "(a+)+$",      "a{1,300}b",
                                          "(?:ab?)+c",    "(?:.*x){8}y", "[a-z]+\\d|\\s+$",
                                          "\\s+$"};
  std::vector<std::string> texts{"", "a", "aab1", std::string(300, 'a'),
                                 std::string(2000, 'a') + "b"};
  texts.push_back(std::string(500, ' ') + "x");
  texts.push_back(std::string(300, 'x') + "y");
  for (std::size_t length = 10; length < 400; length += 13) {
    texts.push_back(std::string(length, 'a') + "1");
  }
  RegexScratch scratch(limits);
  for (const std::string& pattern : patterns) {
    const Regex warm(pattern);
    for (int i = 0; i < 100; ++i) {
      RegexPlace place;
      (void)warm.find("warm up", 0, scratch, place);
    }
    for (const std::string& text : texts) {
      RegexPlace place;
      scratch.start();
      const RegexOutcome outcome = warm.find(text, 0, scratch, place);
      const Answer answer{outcome, place.begin, place.end};
      CHECK_MESSAGE(answer == find(pattern, text), pattern, " ", text.size());
    }
  }
}

TEST_CASE("regex: one object serves many threads") {
  const Regex regex("need(?:le)+s");
  const std::string text = std::string(1000, '-') + "needlelles needleles";
  std::vector<std::thread> threads;
  std::vector<Answer> answers(4, Answer{RegexOutcome::kNoMatch, 0, 0});
  for (Answer& answer : answers) {
    threads.emplace_back([&regex, &text, &answer] {
      const Limits limits;
      RegexScratch scratch(limits);
      for (int i = 0; i < 200; ++i) {
        RegexPlace place;
        const RegexOutcome outcome = regex.find(text, 0, scratch, place);
        answer = {outcome, place.begin, place.end};
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const Answer& answer : answers) {
    CHECK(answer == Answer{RegexOutcome::kMatch, 1011, 1020});
  }
}

TEST_CASE("literals: what a pattern cannot do without") {
  CHECK(literal_sets("password") == Sets{{"password"}});
  CHECK(literal_sets("ignore\\s+(?:all\\s+)?previous") ==
        Sets{{"ignore all previous", "ignore previous"}});
  CHECK(literal_sets("(?:hide|conceal)\\b.{0,40}secret") == Sets{{"secret"}, {"conceal", "hide"}});
  CHECK(literal_sets("colou?r") == Sets{{"color", "colour"}});
  CHECK(literal_sets("id[_-]?rsa") == Sets{{"id-rsa", "id_rsa", "idrsa"}});
  CHECK(literal_sets("(?:very )+important") == Sets{{"very important"}, {"very "}});
  CHECK(literal_sets("x{3}yz") == Sets{{"xyz"}});
  CHECK(literal_sets("Übergröße") == Sets{{"übergröße"}});
  CHECK(literal_sets("\\x41BC\\x{64}") == Sets{{"abcd"}});
  CHECK(literal_sets("foo(?=bar)baz") == Sets{{"foobaz"}});
}

TEST_CASE("literals: unknown where a match may lack them, or the syntax is not understood") {
  for (const char* pattern : {"",
                              "ab",
                              "a|password",
                              "(?:password)?",
                              "password*x",
                              "pass*",
                              "[a-z]{40}",
                              "(?x) pass word",
                              "\\Qpassword\\E",
                              "(?(?=a)password|secret)",
                              "(*ANYCRLF)password",
                              "password{0}",
                              "password{0,1}|",
                              "(?!password)",
                              "pass\\Kword",
                              "(a)\\1password",
                              "password{,3}",
                              "x{2}{0}password",
                              "(?#password)",
                              "(?R)password",
                              "\\p{L}+"}) {
    const std::vector<LiteralSet> sets = literal_sets(pattern);
    for (const LiteralSet& set : sets) {
      for (const std::string& literal : set) {
        CHECK_MESSAGE(literal.find("password") == std::string::npos, pattern);
      }
    }
  }
  CHECK(literal_sets("[a-z]{40}").empty());
  CHECK(literal_sets("a|password").empty());
}

TEST_CASE("literals: how far behind a match's beginning they stand at most") {
  const auto reach = [](std::string_view pattern, std::string_view literal) -> std::size_t {
    const PatternNeeds needs = pattern_needs(pattern);
    for (std::size_t i = 0; i < needs.sets.size(); ++i) {
      if (needs.sets[i] == LiteralSet{std::string(literal)}) {
        return needs.reaches.at(i);
      }
    }
    return 999;
  };
  CHECK(reach("password", "password") == 0);
  CHECK(reach(".{0,40}password", "password") == 40);
  CHECK(reach("[^.\\n]{2,8}password", "password") == 8);
  CHECK(reach("\\d(?:x|yes)password", "xpassword") == 999);
  CHECK(reach("\\d(?:x|.{3})password", "password") == 4);
  CHECK(reach("(?:\\d{2}){1,3}password", "password") == 6);
  CHECK(reach("hidden\\s*.\\s+password", " password") == 8);
  CHECK(reach("ab{2,5}password", "bpassword") == 5);
  CHECK(reach("(?<=hidden .)password", "password") == 0);
  CHECK(reach("\\w+password", "password") == kNoReach);
  CHECK(reach("b{3,}password", "bpassword") == kNoReach);
}

TEST_CASE("literals: runs of token characters") {
  CHECK(pattern_needs("[A-Za-z0-9+/]{80,}={0,2}").token_run == 80);
  CHECK(pattern_needs("(?:0x)?[0-9a-f]{128}").token_run == 128);
  CHECK(pattern_needs("[a-z]{20}|[0-9]{10,}").token_run == 10);
  CHECK(pattern_needs("(?:[a-z]{20})?x").token_run == 0);
  CHECK(pattern_needs("(?=[a-z]{20})x").token_run == 0);
  CHECK(pattern_needs("[a-z ]{20}").token_run == 0);
  CHECK(pattern_needs("[^a-z]{20}").token_run == 0);
  CHECK(pattern_needs("[A-z]{20}").token_run == 0);
  CHECK(pattern_needs("[\\w]{20}").token_run == 0);
  CHECK(pattern_needs("[\\d+]{20}").token_run == 0);
  CHECK(pattern_needs("[a-]{20}").token_run == 20);
  CHECK(pattern_needs("[\\--z]{20}").token_run == 0);
  CHECK(pattern_needs("[]a]{20}").token_run == 0);
}

TEST_CASE("literals: runs of digits of any script") {
  CHECK(pattern_needs("\\d{4,20}").digit_run == 4);
  CHECK(pattern_needs("no\\.?\\s?[0-9]{6}").digit_run == 6);
  CHECK(pattern_needs("[\\d]{5}|x[0-4]{3}").digit_run == 3);
  CHECK(pattern_needs("(?:id )?\\d{4}").digit_run == 4);
  CHECK(pattern_needs("(?:\\d{4})?x").digit_run == 0);
  CHECK(pattern_needs("\\d{4}|x").digit_run == 0);
  CHECK(pattern_needs("(?=\\d{4})x").digit_run == 0);
  CHECK(pattern_needs("\\d*").digit_run == 0);
  CHECK(pattern_needs("[\\d,]{5}").digit_run == 0);
  CHECK(pattern_needs("[^\\d]{5}").digit_run == 0);
  CHECK(pattern_needs("[0-9a-f]{8}").digit_run == 0);
  CHECK(pattern_needs("[+-9]{8}").digit_run == 0);
  CHECK(pattern_needs("\\D{8}").digit_run == 0);
}

TEST_CASE("folded text: a run of digits is told, and never denied beyond ASCII") {
  FoldedText folded;
  folded.assign("case 123 of 45");
  CHECK(folded.may_have_digit_run(0));
  CHECK(folded.may_have_digit_run(3));
  CHECK_FALSE(folded.may_have_digit_run(4));
  folded.assign("\xD9\xA1\xD9\xA2\xD9\xA3\xD9\xA4");
  CHECK(folded.may_have_digit_run(4));
  folded.assign("");
  CHECK_FALSE(folded.may_have_digit_run(1));
}

TEST_CASE("folded text: case and blanks folded, places kept") {
  FoldedText folded;
  folded.assign("Do \t\n NOT\xC2\xA0 tell \xE2\x84\xAA!");  // NBSP; KELVIN SIGN
  CHECK(folded.text() == "do not tell k!");
  CHECK(folded.source_of(0) == 0);
  CHECK(folded.source_of(3) == 6);    // N
  CHECK(folded.source_of(7) == 12);   // t of tell
  CHECK(folded.source_of(12) == 17);  // the kelvin sign
  CHECK(folded.source_of(13) == 20);
  CHECK(folded.source_of(14) == 21);
  CHECK(folded.has_folded('k'));
  CHECK(!folded.has_folded('K'));
  CHECK(!folded.source_is_ascii());
  CHECK(folded.has_token_run(4));
  CHECK(!folded.has_token_run(5));
}

TEST_CASE("folded text: code points that PCRE2 takes for equal fold to the same") {
  // Every cased code point against the members of its own and the neighbouring case pairs.
  std::vector<char32_t> cased;
  for (char32_t c = 0x41; c < 0x1E944; ++c) {
    if (c >= 0xD800 && c < 0xE000) {
      continue;
    }
    if (fold_case(c) != c) {
      cased.push_back(c);
    }
  }
  CHECK(cased.size() > 1300);
  std::string all;
  for (const char32_t c : cased) {
    append_utf8(all, c);
    append_utf8(all, fold_case(c));
  }
  for (char32_t c = 0x7F; c < 0x600; ++c) {
    append_utf8(all, c);
  }
  const Limits limits;
  RegexScratch scratch(limits);
  for (const char32_t c : cased) {
    std::string pattern = "\\x{";
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (int shift = 20; shift >= 0; shift -= 4) {
      pattern.push_back(
          kDigits[(static_cast<std::uint32_t>(c) >> static_cast<unsigned>(shift)) & 0xFU]);
    }
    pattern.push_back('}');
    const Regex regex(pattern);
    RegexPlace place;
    for (std::size_t from = 0; regex.find(all, from, scratch, place) == RegexOutcome::kMatch;
         from = place.end) {
      std::size_t at = place.begin;
      const char32_t found = next_code_point(all, at);
      REQUIRE_MESSAGE(fold_case(found) == fold_case(c), static_cast<std::uint32_t>(c), " ",
                      static_cast<std::uint32_t>(found));
    }
  }
}

TEST_CASE("literal index: reports each literal that stands in the text") {
  const std::vector<std::string_view> literals{"password",      "ssh", "do not tell",
                                               "tell the user", "ab",  "sword"};
  const LiteralTables tables = build_literal_tables(literals);
  const LiteralTableView four{tables.four.bitmap, tables.four.buckets, tables.four.entries};
  const LiteralTableView three{tables.three.bitmap, tables.three.buckets, tables.three.entries};
  CHECK(valid_literal_table(four, literals.size()));
  CHECK(valid_literal_table(three, literals.size()));
  FoldedText folded;
  folded.assign("Do not TELL the user the password");
  std::vector<std::pair<std::string_view, std::size_t>> found;
  const auto compare = [&](std::uint32_t literal, std::size_t begin) {
    if (folded.text().substr(begin).starts_with(literals[literal])) {
      found.emplace_back(literals[literal], begin);
    }
  };
  scan_literals<4>(four, folded.text(), compare);
  scan_literals<3>(three, folded.text(), compare);
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::pair<std::string_view, std::size_t>>{
                     {"do not tell", 0}, {"password", 25}, {"sword", 28}, {"tell the user", 7}});
}

TEST_CASE("literal index: one pass over both tables finds what two passes find") {
  const std::vector<std::string_view> literals{"tell", "ell", "l u", "password", "ord", "wor"};
  const LiteralTables tables = build_literal_tables(literals);
  const LiteralTableView four{tables.four.bitmap, tables.four.buckets, tables.four.entries};
  const LiteralTableView three{tables.three.bitmap, tables.three.buckets, tables.three.entries};
  FoldedText folded;
  for (const std::string_view text :
       {"", "el", "ell", "tell", "xtell user password", "the word", "or"}) {
    folded.assign(text);
    std::vector<std::pair<std::uint32_t, std::size_t>> twice;
    std::vector<std::pair<std::uint32_t, std::size_t>> once;
    const auto note = [&](auto& list) {
      return [&](std::uint32_t literal, std::size_t begin) {
        if (has_literal_at(folded.text(), begin, literals[literal])) {
          list.emplace_back(literal, begin);
        }
      };
    };
    scan_literals<4>(four, folded.text(), note(twice));
    scan_literals<3>(three, folded.text(), note(twice));
    scan_literals(four, three, folded.text(), note(once));
    std::sort(twice.begin(), twice.end());
    std::sort(once.begin(), once.end());
    CHECK(once == twice);
  }
}

TEST_CASE("gram places: eight at a time are the ones that are found one by one") {
  std::vector<std::uint64_t> four(LiteralTable::kBitmapWords);
  std::vector<std::uint64_t> three(LiteralTable::kBitmapWords);
  std::uint64_t random = 0x9E3779B97F4A7C15ULL;
  const auto next = [&random] { return random = (random * 6364136223846793005ULL) + 1; };
  for (std::uint64_t& word : four) {
    word = next() & next();
  }
  for (std::uint64_t& word : three) {
    word = next() & next() & next();
  }
  for (std::size_t size = 0; size < 700; size += size < 40 ? 1 : 37) {
    std::string text(size + GramPlaces::kPadding, '\0');
    for (std::size_t i = 0; i < size; ++i) {
      text[i] = static_cast<char>(next() >> 56U);
    }
    const std::string_view seen = std::string_view(text).substr(0, size);
    for (const GramBitmaps maps : {GramBitmaps{.four = four.data(), .three = three.data()},
                                   GramBitmaps{.four = nullptr, .three = three.data()}}) {
      const auto all = [&](GramLooks looks) {
        std::vector<GramPlace> out;
        GramPlaces places(maps, seen, looks);
        for (auto found = places.next(); !found.empty(); found = places.next()) {
          out.insert(out.end(), found.begin(), found.end());
        }
        return out;
      };
      const std::vector<GramPlace> best = all(GramLooks::kBest);
      CHECK(best == all(GramLooks::kOneByOne));
      CHECK((size < 200 || best.size() > size / 16));
      for (const GramPlace& place : best) {
        CHECK(place.at + (place.four ? 4U : 3U) <= size);
      }
    }
  }
}

TEST_CASE("literal index: a table with an index out of bounds is refused") {
  const std::vector<std::string_view> literals{"password"};
  LiteralTables tables = build_literal_tables(literals);
  tables.four.entries[0].literal = 1;
  CHECK(!valid_literal_table({tables.four.bitmap, tables.four.buckets, tables.four.entries}, 1));
}

}  // namespace merlon
