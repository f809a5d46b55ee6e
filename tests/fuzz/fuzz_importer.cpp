// Importers: files of other programs, recognised or named. Nothing but words and places comes of
// what is wrong; every message that an importer makes is one, or an error of its own; times,
// sequences and lines are those of a session.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "fuzz/document_invariants.h"
#include "replay/importer.h"

namespace {

void read_session(merlon::SessionSource& session, std::size_t most) {
  std::uint64_t sequence = 0;
  for (std::size_t calls = 0;; ++calls) {
    if (calls > most) {
      merlon::test::broken("a session that does not end");
    }
    const auto line = session.next();
    if (!line) {
      merlon::test::check_error(line.error());
      continue;
    }
    if (!*line) {
      return;
    }
    const auto* const event = std::get_if<merlon::RecordedEvent>(&**line);
    if (event == nullptr || event->event.sequence != ++sequence || !event->decision.empty()) {
      merlon::test::broken("an imported line that is no event of its turn, or that is decided");
    }
  }
}

void import_as(const std::shared_ptr<const merlon::SourceText>& source,
               const merlon::ImportOptions& options) {
  const auto file = merlon::import_sessions(source, options);
  if (!file) {
    merlon::test::check_error(file.error());
    return;
  }
  for (const merlon::Error& error : file->errors) {
    merlon::test::check_error(error);
  }
  // No message is shorter than a byte; the proxy's own question and its answer stand before them.
  const std::size_t most = source->bytes().size() + 4;
  for (const auto& session : file->sessions) {
    read_session(*session, most);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto source = merlon::SourceText::copy_of("fuzz", text);
  import_as(source, {});
  for (const merlon::ImporterKind& kind : merlon::importer_kinds()) {
    import_as(source, {.kind = &kind,
                       .tools = R"({"tools":[{"name":"look","inputSchema":{"type":"object"}}]})"});
  }
  return 0;
}
