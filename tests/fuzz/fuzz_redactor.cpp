// What servers say, with secrets in it in any spelling. What has been redacted holds none of them
// any more, and is left alone the next time.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proxy/secret_redactor.h"

namespace {

void demand(bool promise) {
  if (!promise) {
    std::abort();
  }
}

const std::array<merlon::EnvironmentVariable, 4> kSecrets{
    {{"TOKEN", "s3cr?t/Value+7"},
     {"WIDE", "p\xC3\xA4ssw\xF0\x9F\x98\x80rd"},
     {"LINES", "first line of a secret\nsecond line of a secret"},
     {"OVERLAP", "abcdefghijkl"}}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto redactor = merlon::SecretRedactor::make(kSecrets);
  demand(redactor.has_value());
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string out = text;
  const std::size_t places = redactor->redact(out);
  demand((places == 0) == (out == text));
  for (const merlon::EnvironmentVariable& secret : kSecrets) {
    demand(out.find(secret.value) == std::string::npos);
  }
  std::string again = out;
  demand(redactor->redact(again) == 0 && again == out);
  return 0;
}
