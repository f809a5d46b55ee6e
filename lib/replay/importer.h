#pragma once
/// Files of other programs as sessions: one file <name>_importer.cpp and one row in
/// importer_registry.cpp each.
///
/// An importer never makes up what its format does not hold; the row says what that is, and the
/// report repeats it. Nothing that is imported has decisions: it is as if everything had passed.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/message.h"
#include "replay/session_source.h"

namespace merlon {

/// One message of an imported session.
struct ImportedMessage {
  Direction direction{Direction::kToServer};
  std::int64_t time_ms{0};
  std::string json;
  std::uint64_t line{0};    ///< in the file, from 1
  std::uint64_t offset{0};  ///< of that line
};

struct ImportedSession {
  std::string name;
  std::string server;
  bool has_tool_list{false};  ///< what the server offers is among the messages
  std::vector<ImportedMessage> messages;
};

/// One value of the file: a line of JSON lines, or all of it.
struct ImportedValue {
  const Document& json;
  std::uint64_t line{1};
  std::uint64_t offset{0};
};

/// Reads one file.
class SessionImporter {
 public:
  SessionImporter() = default;
  SessionImporter(const SessionImporter&) = delete;
  SessionImporter& operator=(const SessionImporter&) = delete;
  virtual ~SessionImporter() = default;

  /// An error's place is the importer's driver's business.
  [[nodiscard]] virtual Status take(const ImportedValue& value) = 0;
  /// In the order in which they began.
  [[nodiscard]] virtual std::vector<ImportedSession> finish() = 0;
};

enum class ImportShape : std::uint8_t {
  kLines,  ///< JSON lines
  kWhole,  ///< one JSON value
};

struct ImporterKind {
  std::string_view name;
  std::string_view summary;
  ImportShape shape;
  /// Whether the first value of a file looks like this format.
  bool (*recognises)(const Document& first);
  std::unique_ptr<SessionImporter> (*make)();
  std::span<const std::string_view> cannot_tell;
};

/// Sorted by name; no file looks like two of them.
[[nodiscard]] std::span<const ImporterKind> importer_kinds();
[[nodiscard]] const ImporterKind* find_importer(std::string_view name);

struct ImportOptions {
  const ImporterKind* kind{nullptr};  ///< null: what the file looks like
  /// A `tools/list` result, as JSON, for sessions that do not say what their server offers; empty:
  /// none.
  std::string tools;
  Limits limits;
};

/// What was read, and the lines that could not be.
struct ImportedFile {
  std::vector<std::unique_ptr<SessionSource>> sessions;
  std::vector<Error> errors;
};
/// `kFormat` when the file looks like nothing that is known.
[[nodiscard]] Result<ImportedFile> import_sessions(const std::shared_ptr<const SourceText>& source,
                                                   const ImportOptions& options);

[[nodiscard]] std::unique_ptr<SessionImporter> make_claude_code_importer();
[[nodiscard]] std::unique_ptr<SessionImporter> make_codex_importer();
[[nodiscard]] std::unique_ptr<SessionImporter> make_mcp_recorder_importer();
[[nodiscard]] std::unique_ptr<SessionImporter> make_mcporter_importer();
[[nodiscard]] std::unique_ptr<SessionImporter> make_json_rpc_importer();
[[nodiscard]] std::unique_ptr<SessionImporter> make_openai_messages_importer();
[[nodiscard]] bool looks_like_claude_code(const Document& first);
[[nodiscard]] bool looks_like_codex(const Document& first);
[[nodiscard]] bool looks_like_mcp_recorder(const Document& first);
[[nodiscard]] bool looks_like_mcporter(const Document& first);
[[nodiscard]] bool looks_like_json_rpc(const Document& first);
[[nodiscard]] bool looks_like_openai_messages(const Document& first);

}  // namespace merlon
