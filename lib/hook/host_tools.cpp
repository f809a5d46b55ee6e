#include "hook/host_tools.h"

#include <algorithm>
#include <array>

#include "base/json/json_writer.h"

namespace merlon {
namespace {

struct HostTool {
  std::string_view name;
  std::string_view description;
  std::string_view parameter;
};

constexpr std::string_view kRuns = "Runs a shell command.";
constexpr std::string_view kReads = "Reads a file.";
constexpr std::string_view kWrites = "Writes a file.";
constexpr std::string_view kLists = "Lists files.";
constexpr std::string_view kFetches = "Fetches a web page.";
constexpr std::string_view kSearches = "Searches the web.";

// Sorted by name.
constexpr std::array kHostTools{
    HostTool{"Bash", kRuns, "command"},
    HostTool{"Edit", kWrites, "file_path"},
    HostTool{"Glob", kLists, "pattern"},
    HostTool{"Grep", kReads, "path"},
    HostTool{"MultiEdit", kWrites, "file_path"},
    HostTool{"NotebookEdit", kWrites, "notebook_path"},
    HostTool{"Read", kReads, "file_path"},
    HostTool{"Shell", kRuns, "command"},
    HostTool{"WebFetch", kFetches, "url"},
    HostTool{"WebSearch", kSearches, "query"},
    HostTool{"Write", kWrites, "file_path"},
    HostTool{"bash", kRuns, "command"},
    HostTool{"create", kWrites, "path"},
    HostTool{"edit", kWrites, "path"},
    HostTool{"fetch", kFetches, "url"},
    HostTool{"glob", kLists, "pattern"},
    HostTool{"google_web_search", kSearches, "query"},
    HostTool{"list_directory", kLists, "path"},
    HostTool{"read_file", kReads, "file_path"},
    HostTool{"read_many_files", kReads, "paths"},
    HostTool{"replace", kWrites, "file_path"},
    HostTool{"run_shell_command", kRuns, "command"},
    HostTool{"shell", kRuns, "command"},
    HostTool{"view", kReads, "path"},
    HostTool{"web_fetch", kFetches, "url"},
    HostTool{"write_file", kWrites, "file_path"},
};
static_assert(std::ranges::is_sorted(kHostTools, {}, &HostTool::name));

std::string tool_definition(std::string_view name, const HostTool* known) {
  JsonWriter json;
  json.begin_object().field("name", name);
  if (known != nullptr) {
    json.field("description", known->description);
  }
  json.key("inputSchema").begin_object().field("type", "object");
  if (known != nullptr) {
    json.key("properties").begin_object().key(known->parameter).begin_object();
    json.field("type", "string").end_object().end_object();
  }
  json.end_object().end_object();
  return std::move(json).take();
}

}  // namespace

std::string host_tool_definition(std::string_view name) {
  const auto* const found = std::ranges::lower_bound(kHostTools, name, {}, &HostTool::name);
  return tool_definition(name, found != kHostTools.end() && found->name == name ? found : nullptr);
}

std::string bare_tool_definition(std::string_view name) {
  return tool_definition(name, nullptr);
}

}  // namespace merlon
