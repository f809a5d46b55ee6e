#include "proxy/secret_redactor.h"

#include <array>

#include <doctest/doctest.h>

#include "base/base64.h"

using merlon::EnvironmentVariable;
using merlon::SecretRedactor;

namespace {

constexpr std::string_view kToken = "s3cr?t/Value+7";

SecretRedactor redactor_of(std::vector<EnvironmentVariable> secrets) {
  auto made = SecretRedactor::make(secrets);
  REQUIRE(made);
  return *std::move(made);
}

std::string redacted(const SecretRedactor& redactor, std::string text) {
  redactor.redact(text);
  return text;
}

std::string with_token(std::string_view text) {
  return redacted(redactor_of({{"TOKEN", std::string(kToken)}}), std::string(text));
}

}  // namespace

TEST_CASE("secret redactor: a value is taken out wherever it stands, and nothing else is") {
  CHECK(with_token(R"({"a":"x s3cr?t/Value+7 y s3cr?t/Value+7"})") ==
        R"({"a":"x [redacted:TOKEN] y [redacted:TOKEN]"})");
  CHECK(with_token("s3cr?t/Value+") == "s3cr?t/Value+");
  CHECK(with_token("").empty());
  CHECK(with_token("s3cr?t/Value+7") == "[redacted:TOKEN]");
}

TEST_CASE("secret redactor: escapes of JSON hide nothing, and none is cut in two") {
  CHECK(with_token(R"("\u0073\u0033cr?t\/Value+7")") == R"("[redacted:TOKEN]")");
  // A result of JSON as text: what is escaped there is escaped again.
  CHECK(with_token(R"("{\"a\":\"s3cr?t\\/Value+7\"}")") == R"("{\"a\":\"[redacted:TOKEN]\"}")");
  CHECK(with_token(R"("\\u0073\\\\u0033cr?t/Value+7")") == R"("[redacted:TOKEN]")");
  const SecretRedactor newline = redactor_of({{"N", "nabcdefgh"}});
  CHECK(redacted(newline, R"("\nabcdefgh")") == R"("[redacted:N]")");
  const SecretRedactor wide = redactor_of({{"W", "p\xC3\xA4ss\xF0\x9F\x98\x80word"}});
  CHECK(redacted(wide, R"("p\u00e4ss\ud83d\ude00word.")") == R"("[redacted:W].")");
  const SecretRedactor quoted = redactor_of({{"Q", "say \"hello\" \\ now"}});
  CHECK(redacted(quoted, R"("say \"hello\" \\ now")") == R"("[redacted:Q]")");
  CHECK(redacted(quoted, R"("say \\\"hello\\\" \\\\ now")") == R"("[redacted:Q]")");
}

TEST_CASE("secret redactor: base64 at every alignment, in both alphabets") {
  for (const std::string_view before : {"", "x", "xy", "xyz", "user:"}) {
    for (const std::string_view behind : {"", "!", "!!", ":tail"}) {
      CAPTURE(before);
      CAPTURE(behind);
      const std::string whole =
          merlon::to_base64(std::string(before) + std::string(kToken) + std::string(behind));
      const std::string out = with_token("{\"data\":\"" + whole + "\"}");
      CHECK(out.find("[redacted:TOKEN]") != std::string::npos);
      // At most the characters at its edges are left.
      CHECK(out.size() <= std::string_view("{\"data\":\"[redacted:TOKEN]\"}").size() +
                              ((before.size() + behind.size()) * 4 / 3) + 6);
    }
  }
  const SecretRedactor marks = redactor_of({{"M", "\x7F\x7E?>?>\x7E\x7E?>"}});
  CHECK(redacted(marks, "f34_Pj8-fn4_Pg") == "[redacted:M]g");
}

TEST_CASE("secret redactor: hex and percent-encoding") {
  CHECK(with_token("733363723f742f56616c75652b37") == "[redacted:TOKEN]");
  CHECK(with_token("733363723F742F56616C75652B37") == "[redacted:TOKEN]");
  CHECK(with_token("https://h/?t=s3cr%3Ft%2fValue%2B7&u=1") == "https://h/?t=[redacted:TOKEN]&u=1");
  CHECK(with_token("%733cr%3Ft%2FValue%2B7 100%") == "[redacted:TOKEN] 100%");
}

TEST_CASE("secret redactor: each line of a secret of several lines") {
  const SecretRedactor key = redactor_of(
      {{"KEY", "-----BEGIN X KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\nshort\n-----END X KEY-----"}});
  CHECK(redacted(key, "at MIGHAgEAMBMGByqGSM49AgEG end") == "at [redacted:KEY] end");
  CHECK(redacted(key, "-----BEGIN X KEY----- short") == "-----BEGIN X KEY----- short");
}

TEST_CASE("secret redactor: of values that overlap the whole of both goes") {
  const SecretRedactor two = redactor_of({{"A", "abcdefgh"}, {"B", "efghijkl"}});
  CHECK(redacted(two, "-abcdefghijkl-") == "-[redacted:A]-");
  CHECK(redacted(two, "efghijkl abcdefgh") == "[redacted:B] [redacted:A]");
}

TEST_CASE("secret redactor: what cannot be found reliably is refused, without showing it") {
  const auto refusal = [](std::string name, std::string value) {
    const std::array<EnvironmentVariable, 1> one{{{std::move(name), std::move(value)}}};
    const auto made = SecretRedactor::make(one);
    REQUIRE_FALSE(made);
    return made.error().message;
  };
  CHECK(refusal("T", "1234567") == "the secret `T` has less than 8 bytes");
  CHECK(refusal("T", "") == "the secret `T` has less than 8 bytes");
  CHECK(refusal("T", std::string(16385, 'x')) == "the secret `T` has more than 16384 bytes");
  CHECK(refusal("T", std::string("0123\0"
                                 "56789",
                                 10)) == "the value of `T` holds a NUL byte");
  CHECK(refusal("A-B", "0123456789") == "`A-B` cannot be the name of a secret");
  CHECK(refusal("", "0123456789") == "`` cannot be the name of a secret");
}
