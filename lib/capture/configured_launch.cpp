#include "capture/configured_launch.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "manifest/format.h"

namespace merlon {
namespace {

constexpr std::size_t kShownNameBytes = 60;

std::string shown_name(std::string_view text) {
  return escape_for_display(shorten(text, kShownNameBytes));
}

const Server* find_server(const std::vector<Manifest>& manifests, const std::string& name,
                          const Manifest** owner) {
  for (const Manifest& manifest : manifests) {
    for (const Server& server : manifest.servers) {
      if (server.name != name) {
        continue;
      }
      *owner = &manifest;
      return &server;
    }
  }
  return nullptr;
}

Error no_such_server(const std::vector<Manifest>& manifests, const std::string& file,
                     const std::string& name) {
  Error error = make_error(ErrorCode::kUsage, "`", shown_name(file), "` has no server `",
                           shown_name(name), "`");
  std::vector<std::string> names;
  for (const Manifest& manifest : manifests) {
    for (const Server& server : manifest.servers) {
      if (!server.name.empty()) {
        names.push_back(shown_name(server.name));
      }
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  error.hints.push_back(names.empty() ? "it names no server at all"
                                      : "it has: " + join(names, ", "));
  return error;
}

Error unreadable(const LoadedFile& loaded, const std::string& file) {
  std::string why = "not a configuration in any known format";
  for (const CoverageEntry& entry : loaded.coverage) {
    if (entry.state == CoverageState::kFailed && !entry.reason.empty()) {
      why = entry.reason;
    }
  }
  return make_error(ErrorCode::kFormat, "cannot use `", shown_name(file), "`: ", why);
}

void sort_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

Result<ConfiguredLaunch> find_configured_launch(std::shared_ptr<const SourceText> source,
                                                const std::string& server,
                                                PlaceholderSources sources, const Limits& limits) {
  const std::string file = source->name();
  const LoadedFile loaded =
      load_manifests(std::move(source), LoadOptions{.format = {}, .limits = limits});
  if (loaded.manifests.empty()) {
    return std::unexpected(unreadable(loaded, file));
  }
  const Manifest* manifest = nullptr;
  const Server* found = find_server(loaded.manifests, server, &manifest);
  if (found == nullptr) {
    return std::unexpected(no_such_server(loaded.manifests, file, server));
  }
  if (found->launch.empty()) {
    Error error = make_error(ErrorCode::kUnsupported, "the server `", shown_name(server),
                             "` has no command to start");
    error.hints.emplace_back("capture speaks to servers over standard input and output only");
    return std::unexpected(std::move(error));
  }
  ConfiguredLaunch out;
  out.name = server;
  const VariableLookup lookup = sources.lookup;
  sources.style = placeholder_style(manifest->format);
  PlaceholderFiller filler(std::move(sources));
  for (const LaunchWord& word : found->launch) {
    out.words.push_back(word.text);
    out.argv.push_back(filler.fill(word.text));
  }
  for (const NameValue& entry : found->environment) {
    const std::string name = manifest->document.text(entry.name);
    out.variables.push_back(name);
    if (entry.value == kNoNode) {  // passed on from ours
      if (const auto value = lookup(name)) {
        set_variable(out.environment, name, *value);
      }
      continue;
    }
    set_variable(out.environment, name, filler.fill(manifest->document.text(entry.value)));
  }
  if (auto error = filler.error()) {
    error->message = "the server `" + shown_name(server) + "` cannot be started: " + error->message;
    return std::unexpected(*std::move(error));
  }
  out.variables.insert(out.variables.end(), filler.variables().begin(), filler.variables().end());
  sort_unique(out.variables);
  out.filled_in = filler.filled_in();
  return out;
}

}  // namespace merlon
