#include "rules/mount_risk.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "rules/detector_functions.h"

namespace merlon {

MountRisk judge_mount(std::string_view source) {
  std::string lower = to_lower_ascii(source);
  if (lower.find("docker.sock") != std::string::npos ||
      lower.find("containerd.sock") != std::string::npos ||
      lower.find("podman.sock") != std::string::npos) {
    return MountRisk::kDocker;
  }
  while (lower.size() > 1 && (lower.back() == '/' || lower.back() == '\\')) {
    lower.pop_back();
  }
  constexpr std::array<std::string_view, 24> kBroad{
      "/",        "/etc",          "/root", "/home",     "/users", "/var",
      "/usr",     "/boot",         "/dev",  "/proc",     "/sys",   "/run",
      "/var/run", "/opt",          "/mnt",  "~",         "$home",  "${home}",
      "$pwd/..",  "%userprofile%", "c:",    "c:\\users", "/host",  "/var/lib/docker"};
  if (std::find(kBroad.begin(), kBroad.end(), lower) != kBroad.end()) {
    return MountRisk::kBroad;
  }
  // A whole home folder.
  for (const std::string_view parent : {"/home/", "/users/", "c:\\users\\"}) {
    if (lower.starts_with(parent) &&
        lower.find_first_of("/\\", parent.size()) == std::string::npos) {
      return MountRisk::kBroad;
    }
  }
  // Folders that hold credentials and little else.
  for (const std::string_view folder :
       {"/.aws", "/.azure", "/.kube", "/.docker", "/.config", "/.config/gcloud", "/.config/gh",
        "/.mozilla", "/.gnupg", "/.ssh", "/.password-store", "/library/keychains"}) {
    if (lower.ends_with(folder)) {
      return MountRisk::kBroad;
    }
  }
  std::vector<DetectorHit> hits;
  find_credential_paths(lower, hits);
  return hits.empty() ? MountRisk::kNone : MountRisk::kBroad;
}

}  // namespace merlon
