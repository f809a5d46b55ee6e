#include "wrap_inputs.h"

#include <algorithm>

#include "base/text.h"
#include "manifest/format.h"
#include "rules/secret_names.h"
#include "scan/client_locations.h"

namespace merlon::cli {
namespace {

/// `Claude Code` as part of a name: `claude-code`.
std::string dashed(std::string_view name) {
  std::string out = to_lower_ascii(name);
  std::ranges::replace(out, ' ', '-');
  return out;
}

}  // namespace

Result<Manifest> read_configuration(Env& env, const std::string& path) {
  const Limits limits;
  MERLON_TRY(const auto source, env.files.read(path, limits.file_bytes));
  LoadedFile loaded = load_manifests(source, {.mask_excerpt = {}});
  if (loaded.manifests.size() != 1) {
    const bool said = loaded.coverage.size() == 1 && !loaded.coverage.front().reason.empty();
    return fail(ErrorCode::kFormat, "`", path, "` is no configuration of a client",
                said ? ": " + loaded.coverage.front().reason : "");
  }
  return std::move(loaded.manifests.front());
}

std::string group_of_configuration(Env& env, const std::string& path, const Manifest& manifest) {
  const ClientSurroundings here{.variable = env.variable};
  for (const FoundLocation& place : find_client_locations(env.files, here)) {
    const auto real = place.exists && !place.folder ? env.files.canonical(place.path)
                                                    : Result<std::string>(std::string());
    if (real && *real == path) {
      return dashed(place.client);
    }
  }
  return manifest.format;
}

ConfigSecrets::ConfigSecrets(std::shared_ptr<const CompiledRules> rules)
    : rules_(std::move(rules)), finder_(*rules_, Limits{}) {
  texts_.finish();
}

Result<std::unique_ptr<ConfigSecrets>> ConfigSecrets::make() {
  MERLON_TRY(auto rules, CompiledRules::built_in());
  return std::unique_ptr<ConfigSecrets>(new ConfigSecrets(std::move(rules)));
}

bool ConfigSecrets::is_secret(std::string_view name, std::string_view value) {
  const SecretName kind = classify_secret_name(name);
  return (kind != SecretName::kNo && could_be_secret(kind, value)) || finder_.holds_secret(value);
}

void ConfigSecrets::learn_values(const Document& document, const std::vector<NameValue>& pairs) {
  for (const NameValue& pair : pairs) {
    if (pair.name == kNoNode || !document.is(pair.value, NodeKind::kString)) {
      continue;
    }
    const std::string value = document.text(pair.value);
    if (is_secret(document.text(pair.name), value)) {
      texts_.add(value);
    }
  }
}

void ConfigSecrets::learn(const Manifest& manifest) {
  for (const Server& server : manifest.servers) {
    learn_values(manifest.document, server.environment);
    learn_values(manifest.document, server.headers);
  }
  texts_.finish();
}

std::string ConfigSecrets::shown(std::string_view text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    out.append(escape_for_display(finder_.mask(texts_.mask(line)))).push_back('\n');
  }
  out.pop_back();
  return out;
}

}  // namespace merlon::cli
