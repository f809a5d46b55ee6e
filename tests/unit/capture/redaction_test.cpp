#include "capture/redaction.h"

#include <doctest/doctest.h>

using namespace merlon;
using Strings = std::vector<std::string>;

TEST_CASE("arguments: secrets by option, by name, by form and in URLs are replaced") {
  const MaskedWords masked =
      mask_words({"docker", "run", "--token", "abc", "-e", "GITHUB_TOKEN=ghp_x", "--api-key=k1",
                  "--apiKey", "k2", "--header", "Authorization: Bearer b1",
                  "postgres://ann:pw@db/x", "sk-abcdefghij0123456789", "dbPassword=p"});
  CHECK(masked.words == Strings{"docker", "run", "--token", "<secret>", "-e",
                                "GITHUB_TOKEN=<secret>", "--api-key=<secret>", "--apiKey",
                                "<secret>", "--header", "Authorization: Bearer <secret>",
                                "postgres://ann:<secret>@db/x", "<secret>", "dbPassword=<secret>"});
  CHECK(masked.secrets ==
        Strings{"abc", "ghp_x", "k1", "k2", "b1", "pw", "sk-abcdefghij0123456789", "p"});
}

TEST_CASE("arguments: what is no secret stays") {
  const Strings words{"npx",          "-y",         "@scope/token-server@1.0",
                      "--key-file",   "/etc/key",   "--token",
                      "${TOKEN}",     "--token",    "--verbose",
                      "-e",           "TOKEN=${T}", "--mode=x",
                      "--key",        "./key.pem",  "--public-key=abc",
                      "https://h/@x", "sk-",        "--keyboard=de",
                      "key",          "--auth",     "$AUTH"};
  const MaskedWords masked = mask_words(words);
  CHECK(masked.words == words);
  CHECK(masked.secrets.empty());
}

TEST_CASE("redactor: longest value first, every occurrence, short values never") {
  const Redactor redactor({"secret-1", "secret-12", "abc", ""});
  CHECK(redactor.apply("secret-12 secret-1secret-1 abc") == "<secret> <secret><secret> abc");
}

TEST_CASE("redactor: in JSON only strings and keys, however they are escaped; other bytes stay") {
  const Redactor redactor({"p\"w/12345", "12345678"});
  const std::string json = R"({ "n":12345678, "p\"w\/12345":"x\u0070\"w/12345y" , "o":"\u0061" })";
  CHECK(redactor.apply_to_json(json, Limits{}) ==
        R"({ "n":12345678, "<secret>":"x<secret>y" , "o":"\u0061" })");
  CHECK_FALSE(redactor.apply_to_json(R"({"a":"\u0062"})", Limits{}).has_value());
}
