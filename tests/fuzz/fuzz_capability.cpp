/// Canonical JSON, classification, the semantic diff and the lock over any definitions. The bytes
/// before the first NUL are one definition, those after it another one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/json/json_reader.h"
#include "capability/classify.h"
#include "capability/lock.h"
#include "proof/canonical_json.h"

namespace {

using namespace merlon;

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

std::optional<Document> parse(std::string text) {
  auto document =
      parse_json(SourceText::copy_of("fuzz", std::move(text)), JsonDialect::kStrict, {});
  if (!document) {
    return std::nullopt;
  }
  return *std::move(document);
}

void check_canonical(const Document& document) {
  const auto text = canonical_json(document, document.root());
  if (!text) {
    return;
  }
  for (const std::string& form :
       {*text, canonical_json_lines(document, document.root(), 4).value()}) {
    const auto again = parse(form);
    require(again.has_value());
    const auto same = canonical_json(*again, again->root());
    require(same.has_value() && *same == *text);
  }
}

Manifest manifest_of(const Document& document) {
  Manifest manifest{.format = "fuzz", .document = document};
  manifest.servers.push_back({.name = "s", .node = document.root()});
  const ToolNodes nodes = find_tool_nodes(document, document.root());
  manifest.items.push_back({.kind = ItemKind::kTool,
                            .server = 0,
                            .node = nodes.node,
                            .name = nodes.name,
                            .description = nodes.description,
                            .input_schema = nodes.input_schema,
                            .annotations = nodes.annotations});
  return manifest;
}

/// What was locked has not drifted from itself; another definition has unless it is the same value.
void check_lock(const Document& document, const Document& other) {
  const Manifest manifest = manifest_of(document);
  const Manifest* pointer = &manifest;
  const auto text = lock_text({&pointer, 1}, {}, 1);
  if (!text) {
    return;
  }
  const auto lock = load_lock(SourceText::copy_of("merlon.lock", *text), {});
  require(lock.has_value());
  require(compare_lock(*lock, {&pointer, 1}, {}).empty());
  const Manifest changed = manifest_of(other);
  const Manifest* second = &changed;
  const auto a = canonical_json(document, document.root());
  const auto b = canonical_json(other, other.root());
  const bool same = a && b && *a == *b;
  require(compare_lock(*lock, {&second, 1}, {}).empty() == same);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = text.find('\0');
  const auto first = parse(text.substr(0, middle));
  (void)load_lock(merlon::SourceText::copy_of("merlon.lock", text), {});
  if (!first) {
    return 0;
  }
  check_canonical(*first);
  (void)merlon::classify_tool(*first, merlon::find_tool_nodes(*first, first->root()));
  const auto second =
      parse(middle == std::string::npos ? R"({"name":"t"})" : text.substr(middle + 1));
  if (!second) {
    return 0;
  }
  (void)merlon::diff_tools(*first, first->root(), *second, second->root());
  (void)merlon::definition_similarity(*first, first->root(), *second, second->root());
  check_lock(*first, *second);
  return 0;
}
