#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/detector.h"
#include "rules/secret_names.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// Values that a rule with a detector of its own reports already.
bool has_own_rule(std::string_view value) {
  std::vector<DetectorHit> hits;
  for (const DetectorKind& kind : detector_kinds()) {
    const bool secret =
        kind.name.ends_with("-key") || kind.name.ends_with("-token") || kind.name == "url-password";
    if (secret) {
      kind.find(value, hits);
    }
    if (!hits.empty()) {
      return true;
    }
  }
  return false;
}

struct Credential {
  std::size_t begin{0};  ///< after `Bearer `
  std::string_view text;
  bool basic{false};
};

Credential credential_of(std::string_view value) {
  for (const std::string_view scheme : {"bearer ", "basic ", "token ", "apikey "}) {
    if (value.size() > scheme.size() &&
        equals_ignoring_case(value.substr(0, scheme.size()), scheme)) {
      const std::string_view rest = trim(value.substr(scheme.size()));
      return {.begin = static_cast<std::size_t>(rest.data() - value.data()),
              .text = rest,
              .basic = scheme == "basic "};
    }
  }
  return {.begin = 0, .text = value, .basic = false};
}

// `Basic dXNlcjpwYXNz`: a colon in the decoded text, and a password after it.
bool is_basic_credential(std::string_view text) {
  const std::string decoded = decode_base64_lenient(text);
  const std::size_t colon = decoded.find(':');
  return colon != std::string::npos && colon + 1 < decoded.size() &&
         decoded.find("password") == std::string::npos && decoded.find("your") == std::string::npos;
}

void inspect_configuration(const Document& document, std::size_t manifest, const NameValue& pair,
                           bool header, CheckSink& sink) {
  if (pair.name == kNoNode || pair.value == kNoNode ||
      !document.is(pair.value, NodeKind::kString)) {
    return;
  }
  const SecretName kind = classify_secret_name(document.text(pair.name));
  const std::string value = document.text(pair.value);
  if (kind == SecretName::kNo || value.size() > 8192) {
    return;
  }
  const Credential credential = credential_of(value);
  const bool real = credential.basic ? is_basic_credential(credential.text)
                                     : could_be_secret(kind, credential.text);
  if (!real || has_own_rule(value)) {
    return;
  }
  sink.report({.rule_id = header ? "secret-in-header" : "secret-in-environment",
               .manifest = manifest,
               .node = pair.value,
               .begin = credential.begin,
               .end = credential.begin + credential.text.size(),
               .message = in_ticks(document.text(pair.name)) + " holds a secret in clear",
               .secret = true});
}

}  // namespace

void check_config_secrets(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Server& server : manifest.servers) {
      for (const NameValue& pair : server.environment) {
        inspect_configuration(manifest.document, index, pair, false, sink);
      }
      for (const NameValue& pair : server.headers) {
        inspect_configuration(manifest.document, index, pair, true, sink);
      }
    }
    const auto settings = manifest.document.empty()
                              ? std::nullopt
                              : manifest.document.find(manifest.document.root(), "env");
    if (!settings) {
      continue;
    }
    for (const auto& [key, value] : manifest.document.members(*settings)) {
      inspect_configuration(manifest.document, index, {.name = key, .value = value}, false, sink);
    }
  }
}

}  // namespace merlon
