#include "rules/secret_names.h"

#include <string>

#include <doctest/doctest.h>

#include "rules/placeholder.h"

namespace merlon {

TEST_CASE("secret names: words decide, in any spelling") {
  for (const std::string name : {"API_KEY", "apiKey", "api-key", "GITHUB_TOKEN", "githubToken",
                                 "Authorization", "X-Api-Key", "client_secret", "SENTRY_DSN"}) {
    CAPTURE(name);
    CHECK(classify_secret_name(name) == SecretName::kKey);
  }
  for (const std::string name : {"PASSWORD", "db_passwd", "pgPassword", "PASSPHRASE"}) {
    CAPTURE(name);
    CHECK(classify_secret_name(name) == SecretName::kPassword);
  }
  for (const std::string name :
       {"TOKEN_LIMIT", "PASSWORD_FILE", "KEY", "AWS_ACCESS_KEY_ID", "monkey", "PATH",
        "STRIPE_PUBLISHABLE_KEY", "max_tokens", "compass", ""}) {
    CAPTURE(name);
    CHECK(classify_secret_name(name) == SecretName::kNo);
  }
}

TEST_CASE("placeholders: references, words for them, and values without variety") {
  for (const std::string value :
       {"", "${TOKEN}", "$TOKEN", "%TOKEN%", "<token>", "{{token}}", "your-key", "xxxxxxxx",
        "aaaaaaaa", "1234567890", "abcdefghij", "changeme", "op://vault/item/field", "${input:key}",
        "sk-...", "string"}) {
    CAPTURE(value);
    CHECK(is_placeholder(value));
  }
  for (const std::string value : {"k9ZqL2mXw7RtY4uBvC1n", "Tr0mbone#Sunset", "q7RzL0pW"}) {
    CAPTURE(value);
    CHECK_FALSE(is_placeholder(value));
  }
}

TEST_CASE("random: tokens are, words, paths and numbers are not") {
  for (const std::string value : {"k9ZqL2mXw7RtY4uBvC1n", "9f86d081884c7d659a2feaa0c55ad015",
                                  "c2f1b0aa-93be-4d0e-8f11-0c9d4be7a6f2"}) {
    CAPTURE(value);
    CHECK(looks_random(value));
  }
  for (const std::string value :
       {"production", "/usr/local/share/app2", "https://example.com/v1", "gpt-4o-mini-2024",
        "20251121093000", "my-cool-project-name", "short1A", "two words 1A2b3C4d"}) {
    CAPTURE(value);
    CHECK_FALSE(looks_random(value));
  }
}

TEST_CASE("entropy: none for one byte repeated, one bit for two") {
  CHECK(entropy_per_byte("") == 0);
  CHECK(entropy_per_byte("aaaa") == 0);
  CHECK(entropy_per_byte("abab") == 1);
}

}  // namespace merlon
