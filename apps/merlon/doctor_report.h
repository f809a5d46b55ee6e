#pragma once
/// What `merlon doctor` finds, as plain values, and how it is found.
#include <string>
#include <vector>

#include "env.h"
#include "wrap/wrap_plan.h"

namespace merlon::cli {

/// One configuration of a client that names servers, or that could not be read.
struct CheckedClient {
  std::string client;
  std::string file;     ///< `~` for the home folder
  std::string problem;  ///< why it could not be read; empty: it was
  std::vector<ServerPlan> servers;
};

/// A file that decides what the gate does.
struct CheckedFile {
  std::string what;
  std::string path;
  bool exists{false};
  bool changeable{false};  ///< by this account: written, or replaced in its folder
};

struct DoctorReport {
  std::vector<CheckedClient> clients;
  std::vector<std::string> hosts_without_hook;  ///< whose settings are there, but no hook of ours
  std::vector<CheckedFile> files;
  int landlock{0};  ///< version; 0: the kernel has none
  bool seccomp{false};
  bool is_root{false};

  [[nodiscard]] bool protects_all() const;
  [[nodiscard]] bool complete() const;
};

/// Looks, starts nothing and changes nothing.
[[nodiscard]] DoctorReport examine(Env& env);

}  // namespace merlon::cli
