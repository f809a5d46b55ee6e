#include <algorithm>
#include <array>

#include "replay/importer.h"

namespace merlon {
namespace {

constexpr std::string_view kNoTime =
    "when messages came: all stand at one time, and limits over time say nothing";
constexpr std::string_view kNoIdentity = "who the user was, and which facts were gathered";
constexpr std::string_view kNoTools = "what the server offered (`--tools FILE` says it)";
constexpr std::string_view kOnlyCalls = "anything but calls of tools and their answers";
constexpr std::string_view kTextOnly = "answers other than text";

constexpr std::array kJsonRpcGaps{
    kNoTime, std::string_view("which side said what: taken from the methods"), kNoIdentity};
constexpr std::array kMcporterGaps{kNoIdentity};
constexpr std::array kRecorderGaps{
    kNoTime, std::string_view("in which order messages crossed: each answer follows its request"),
    kNoIdentity};
constexpr std::array kTranscriptGaps{kNoTools, kOnlyCalls, kTextOnly, kNoIdentity};
constexpr std::array kOpenAiGaps{kNoTime, kNoTools, kOnlyCalls, kTextOnly, kNoIdentity};

constexpr std::array kImporters{
    ImporterKind{"claude-code", "transcripts of Claude Code", ImportShape::kLines,
                 looks_like_claude_code, make_claude_code_importer, kTranscriptGaps},
    ImporterKind{"codex", "rollouts of Codex", ImportShape::kLines, looks_like_codex,
                 make_codex_importer, kTranscriptGaps},
    ImporterKind{"json-rpc", "messages as they stood on the wire, one a line", ImportShape::kLines,
                 looks_like_json_rpc, make_json_rpc_importer, kJsonRpcGaps},
    ImporterKind{"mcp-recorder", "cassettes of mcp-recorder", ImportShape::kWhole,
                 looks_like_mcp_recorder, make_mcp_recorder_importer, kRecorderGaps},
    ImporterKind{"mcporter", "recordings of mcporter (NDJSON)", ImportShape::kLines,
                 looks_like_mcporter, make_mcporter_importer, kMcporterGaps},
    ImporterKind{"openai-messages", "chat messages with tool calls, as OpenAI's interface has them",
                 ImportShape::kWhole, looks_like_openai_messages, make_openai_messages_importer,
                 kOpenAiGaps},
};

}  // namespace

std::span<const ImporterKind> importer_kinds() {
  return kImporters;
}

const ImporterKind* find_importer(std::string_view name) {
  const auto* const found =
      std::find_if(kImporters.begin(), kImporters.end(),
                   [&](const ImporterKind& kind) { return kind.name == name; });
  return found == kImporters.end() ? nullptr : found;
}

}  // namespace merlon
