// JSON Schema: every schema compiles or is refused in words, every value gets an answer within the
// bounds, and the same one twice. The input is {"schema": ..., "data": ...}.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/json/json_reader.h"
#include "fuzz/document_invariants.h"
#include "guard/schema/compiled_schema.h"
#include "guard/schema/schema_validator.h"

namespace {

using merlon::SchemaOutcome;

void check_answer(const merlon::CompiledSchema& schema, const merlon::Document& document,
                  merlon::NodeId data) {
  const merlon::SchemaLimits limits{.steps = 20'000};
  const auto first = merlon::validate(schema, document, data, limits);
  const auto again = merlon::validate(schema, document, data, limits);
  if (first.outcome != again.outcome || first.instance != again.instance ||
      first.keyword != again.keyword) {
    merlon::test::broken("two answers about one value");
  }
  const bool is_wrong = first.outcome == SchemaOutcome::kInvalid;
  if (is_wrong != !first.keyword.empty() || is_wrong != (first.instance != merlon::kNoNode)) {
    merlon::test::broken("a wrong value without a place, or a place without one");
  }
  if (is_wrong && (first.instance < data || first.instance >= document.node(data).next)) {
    merlon::test::broken("a place outside the value");
  }
  if (first.outcome == SchemaOutcome::kUnknown && schema.notes().empty()) {
    merlon::test::broken("something is not checked and nothing says what");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto document = merlon::parse_json(merlon::SourceText::copy_of("input", text),
                                           merlon::JsonDialect::kStrict, {.json_depth = 64});
  if (!document) {
    return 0;
  }
  const auto schema = document->find(document->root(), "schema");
  const auto data = document->find(document->root(), "data");
  if (!schema || !data) {
    return 0;
  }
  for (const auto draft : {merlon::SchemaDraft::kDraft7, merlon::SchemaDraft::kDraft202012}) {
    const auto compiled =
        merlon::compile_schema(*document, *schema, {.draft = draft, .max_schemas = 512});
    if (compiled) {
      check_answer(*compiled, *document, *data);
    } else if (compiled.error().message.empty()) {
      merlon::test::broken("a schema is refused without a word");
    }
  }
  return 0;
}
