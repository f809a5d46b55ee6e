#include <cstddef>
#include <cstdint>
#include <string>

#include "base/toml/toml_reader.h"
#include "fuzz/document_invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = merlon::parse_toml(merlon::SourceText::copy_of("fuzz", text), {});
  if (document) {
    merlon::test::check_document(*document);
  } else {
    merlon::test::check_error(document.error());
  }
  return 0;
}
