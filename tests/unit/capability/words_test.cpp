#include <algorithm>

#include <doctest/doctest.h>

#include "capability/capability_words.h"
#include "capability/word_tokens.h"

using namespace merlon;

namespace {

std::string joined(const std::vector<WordToken>& words) {
  std::string out;
  for (const WordToken& word : words) {
    out += (out.empty() ? "" : " ") + word.text;
  }
  return out;
}

}  // namespace

TEST_CASE("words: identifiers are split at case, digits and separators") {
  CHECK(joined(split_identifier("get_userInfo-now")) == "get user info now");
  CHECK(joined(split_identifier("HTTPRequest2XML")) == "http request 2 xml");
  CHECK(joined(split_identifier("API-post-search")) == "api post search");
  CHECK(joined(split_identifier("__")) == "");
  CHECK(joined(split_identifier("\xC3\xA9t\xC3\xA9_run")) == "t run");
  CHECK(split_identifier(std::string(1000, '_') + "a_b_c_d", 3).size() == 3);
}

TEST_CASE("words: prose keeps what ended the clause before a word") {
  const auto words = split_prose("Don't stop. Run (it)");
  CHECK(joined(words) == "dont stop run it");
  CHECK(words[0].before == '\0');
  CHECK(words[1].before == ' ');
  CHECK(words[2].before == '.');
  CHECK(words[3].before == '(');
  CHECK(words[3].begin == 17);
  CHECK(words[3].end == 19);
}

TEST_CASE("words: inflected forms are found") {
  for (const char* word : {"delete", "deletes", "deleted", "deleting"}) {
    CAPTURE(word);
    CHECK((classify_word(word) & kVerbDestroy) != 0);
  }
  CHECK((classify_word("running") & kVerbExecute) != 0);
  CHECK((classify_word("dropped") & kVerbChange) != 0);
  CHECK((classify_word("queries") & kVerbRead) != 0);
  CHECK((classify_word("messages") & kNounMessage) != 0);
  CHECK(classify_word("weather") == 0);
  CHECK(classify_word("") == 0);
  CHECK(classify_word(std::string(5000, 'a')) == 0);
  for (const char* word :
       {"s", "es", "ies", "ing", "ed", "sing", "xing", "aing", "ss", "ees", "eed"}) {
    CAPTURE(word);
    CHECK((classify_word(word) & kVerbDestroy) == 0);
  }
}

TEST_CASE("words: parameters where data or commands go") {
  CHECK(sink_of_parameter("url") == SinkKind::kUrl);
  CHECK(sink_of_parameter("callback_url") == SinkKind::kUrl);
  CHECK(sink_of_parameter("webhookURL") == SinkKind::kUrl);
  CHECK(sink_of_parameter("host") == SinkKind::kHost);
  CHECK(sink_of_parameter("to") == SinkKind::kRecipient);
  CHECK(sink_of_parameter("recipientEmail") == SinkKind::kRecipient);
  CHECK(sink_of_parameter("email_address") == SinkKind::kRecipient);
  CHECK(sink_of_parameter("command") == SinkKind::kCommand);
  CHECK(sink_of_parameter("output_path") == SinkKind::kPath);
  CHECK(sink_of_parameter("amount") == SinkKind::kMoney);
  for (const char* name :
       {"query", "limit", "city", "country_code", "start_to", "id", "", "__", "address"}) {
    CAPTURE(name);
    CHECK_FALSE(sink_of_parameter(name).has_value());
  }
}
