#include "capture/configured_launch.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "manifest/format.h"

namespace merlon {
namespace {

constexpr std::size_t kShownBytes = 60;

std::string shown(std::string_view text) {
  return escape_for_display(shorten(text, kShownBytes));
}

bool is_name(std::string_view text) {
  return !text.empty() && (text.front() < '0' || text.front() > '9') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

// What stands for the inner text of one `${...}`, or nothing when nobody knows.
std::optional<std::string> value_of(std::string_view inner, const VariableLookup& lookup,
                                    std::vector<std::string>& used) {
  if (inner == "userHome") {
    return lookup("HOME");
  }
  std::string_view name = inner.starts_with("env:") ? inner.substr(4) : inner;
  std::optional<std::string> fallback;
  if (const std::size_t split = name.find(":-"); split != std::string_view::npos) {
    fallback = std::string(name.substr(split + 2));
    name = name.substr(0, split);
  }
  if (!is_name(name)) {
    return std::nullopt;
  }
  used.emplace_back(name);
  const std::optional<std::string> value = lookup(name);
  return value && !(value->empty() && fallback) ? value : fallback;
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
  Error error =
      make_error(ErrorCode::kUsage, "`", shown(file), "` has no server `", shown(name), "`");
  std::vector<std::string> names;
  for (const Manifest& manifest : manifests) {
    for (const Server& server : manifest.servers) {
      if (!server.name.empty()) {
        names.push_back(shown(server.name));
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
  return make_error(ErrorCode::kFormat, "cannot use `", shown(file), "`: ", why);
}

void sort_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

std::string fill_placeholders(std::string_view text, const VariableLookup& lookup,
                              std::vector<std::string>& used, std::vector<std::string>& unknown) {
  std::string out;
  for (;;) {
    const std::size_t begin = text.find("${");
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) {
      return out.append(text);
    }
    out.append(text.substr(0, begin));
    if (const auto value = value_of(text.substr(begin + 2, end - begin - 2), lookup, used)) {
      out.append(*value);
    } else {
      out.append(text.substr(begin, end + 1 - begin));
      unknown.emplace_back(text.substr(begin, end + 1 - begin));
    }
    text.remove_prefix(end + 1);
  }
}

Result<ConfiguredLaunch> find_configured_launch(std::shared_ptr<const SourceText> source,
                                                const std::string& server,
                                                const VariableLookup& lookup,
                                                const Limits& limits) {
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
    Error error = make_error(ErrorCode::kUnsupported, "the server `", shown(server),
                             "` has no command to start");
    error.hints.emplace_back("capture speaks to servers over standard input and output only");
    return std::unexpected(std::move(error));
  }
  ConfiguredLaunch out;
  out.name = server;
  std::vector<std::string> unknown;
  for (const LaunchWord& word : found->launch) {
    out.words.push_back(word.text);
    out.argv.push_back(fill_placeholders(word.text, lookup, out.variables, unknown));
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
    set_variable(
        out.environment, name,
        fill_placeholders(manifest->document.text(entry.value), lookup, out.variables, unknown));
  }
  sort_unique(out.variables);
  sort_unique(unknown);
  for (const std::string& name : out.variables) {
    if (const auto value = lookup(name)) {
      out.filled_in.push_back({name, *value});
    }
  }
  for (const std::string& placeholder : unknown) {
    out.warnings.push_back("nobody here knows what `" + shown(placeholder) +
                           "` stands for; it was left as it is");
  }
  return out;
}

}  // namespace merlon
