#include <cstddef>
#include <cstdint>
#include <string>

#include "base/yaml/yaml_reader.h"
#include "fuzz/document_invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  merlon::Limits limits;
  limits.yaml_nodes = 10'000;
  const auto documents = merlon::parse_yaml(merlon::SourceText::copy_of("fuzz", text), limits);
  if (!documents) {
    merlon::test::check_error(documents.error());
    return 0;
  }
  std::size_t nodes = 0;
  for (const merlon::Document& document : *documents) {
    merlon::test::check_document(document);
    nodes += document.size();
  }
  if (nodes > limits.yaml_nodes) {
    merlon::test::broken("more nodes than the limit");
  }
  return 0;
}
