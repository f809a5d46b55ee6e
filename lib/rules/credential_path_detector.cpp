#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "rules/credential_paths.h"
#include "rules/detector_functions.h"

namespace merlon {
namespace {

struct Place {
  std::string_view path;  ///< lower case
  std::string_view what;
};

constexpr std::array kPlaces{
    Place{".aws/config", "AWS credentials"},
    Place{".aws/credentials", "AWS credentials"},
    Place{".azure/accesstokens", "Azure tokens"},
    Place{".azure/msal_token", "Azure tokens"},
    Place{".bash_history", "shell history"},
    Place{".bitcoin/wallet", "wallet"},
    Place{".config/gcloud", "Google Cloud credentials"},
    Place{".config/gh/hosts.yml", "GitHub credentials"},
    Place{".config/solana/id.json", "wallet"},
    Place{".cursor/mcp.json", "client configuration"},
    Place{".docker/config.json", "registry credentials"},
    Place{".electrum/wallets", "wallet"},
    Place{".env", "environment file"},
    Place{".ethereum/keystore", "wallet"},
    Place{".git-credentials", "Git credentials"},
    Place{".gnupg", "GnuPG keys"},
    Place{".kube/config", "Kubernetes credentials"},
    Place{".mozilla/firefox", "browser profile"},
    Place{".my.cnf", "database password"},
    Place{".netrc", "network passwords"},
    Place{".npmrc", "npm token"},
    Place{".password-store", "password store"},
    Place{".pgpass", "database password"},
    Place{".pypirc", "PyPI token"},
    Place{".ssh", "SSH keys"},
    Place{".terraform.d/credentials", "Terraform token"},
    Place{".vault-token", "Vault token"},
    Place{".zsh_history", "shell history"},
    Place{"/etc/passwd", "accounts of the system"},
    Place{"/etc/shadow", "password hashes"},
    Place{"/etc/sudoers", "rights of the system"},
    Place{"/proc/self/environ", "environment of the process"},
    Place{"/var/run/secrets/kubernetes.io", "Kubernetes token"},
    Place{"application_default_credentials.json", "Google Cloud credentials"},
    Place{"claude_desktop_config.json", "client configuration"},
    Place{"cookies.sqlite", "browser profile"},
    Place{"google/chrome/default", "browser profile"},
    Place{"google/chrome/user data", "browser profile"},
    Place{"google\\chrome\\user data", "browser profile"},
    Place{"id_dsa", "SSH key"},
    Place{"id_ecdsa", "SSH key"},
    Place{"id_ed25519", "SSH key"},
    Place{"id_rsa", "SSH key"},
    Place{"key4.db", "browser profile"},
    Place{"login.keychain", "keychain"},
    Place{"logins.json", "browser profile"},
    Place{"ntds.dit", "password hashes"},
    Place{"wallet.dat", "wallet"},
};

template <std::size_t... I>
constexpr std::array<std::string_view, sizeof...(I)> paths_of(
    std::index_sequence<I...> /*unused*/) {
  return {kPlaces[I].path...};
}
constexpr auto kPaths = paths_of(std::make_index_sequence<kPlaces.size()>());

bool is_path_word_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// `process.env`, `import.meta.env` and `env.example` are no files of secrets.
bool is_whole(std::string_view lower, std::size_t at, std::size_t end) {
  if (at > 0 &&
      (is_path_word_char(lower[at - 1]) || lower[at - 1] == '.' || lower[at - 1] == ']')) {
    return false;
  }
  const std::string_view rest = lower.substr(end);
  if (!rest.empty() && is_path_word_char(rest.front())) {
    return false;
  }
  for (const std::string_view harmless : {".example", ".sample", ".template", ".dist", ".pub",
                                          ".schema", ".defaults", "-example", ".md"}) {
    if (rest.starts_with(harmless)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::span<const std::string_view> credential_path_literals() {
  return kPaths;
}

void find_credential_paths(std::string_view text, DetectorHits& hits) {
  const std::string lower = to_lower_ascii(text);
  const auto first = static_cast<std::ptrdiff_t>(hits.size());
  for (const Place& place : kPlaces) {
    for (std::size_t at = lower.find(place.path); at != std::string::npos;
         at = lower.find(place.path, at + place.path.size())) {
      const std::size_t end = at + place.path.size();
      if (is_whole(lower, at, end)) {
        hits.push_back({.begin = at, .end = end, .what = std::string(place.what)});
      }
    }
  }
  std::sort(hits.begin() + first, hits.end(), [](const DetectorHit& a, const DetectorHit& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
}

}  // namespace merlon
