#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/detector_functions.h"
#include "rules/launch_line.h"
#include "rules/mount_risk.h"
#include "rules/secret_names.h"

namespace merlon {
namespace {

template <std::size_t N>
bool is_one_of_flags(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Looks at one launch command line.
class LaunchInspector {
 public:
  LaunchInspector(const Server& server, std::size_t manifest, CheckSink& sink)
      : words_(server.launch),
        line_(effective_launch(server.launch)),
        manifest_(manifest),
        sink_(sink) {}

  void inspect() {
    if (words_.empty()) {
      return;
    }
    inspect_programs();
    inspect_inline_code();
    for (std::size_t i = 0; i < words_.size(); ++i) {
      inspect_word(words_[i]);
    }
    inspect_secret_options();
    inspect_temporary_paths();
    for (const ContainerOption& option : container_options(line_)) {
      inspect_container(option);
    }
  }

 private:
  void report(std::string_view rule, NodeId node, std::string message) {
    sink_.report({.rule_id = std::string(rule),
                  .manifest = manifest_,
                  .node = node,
                  .message = std::move(message)});
  }

  // The wrappers that effective_launch() takes off are looked at here.
  void inspect_programs() {
    constexpr std::array<std::string_view, 5> kRaising{"sudo", "doas", "pkexec", "runas", "gsudo"};
    for (const LaunchWord& word : words_) {
      const std::string name = program_name(word.text);
      if (is_one_of_flags(kRaising, name)) {
        report("launch-as-administrator", word.node, "starts the server through " + in_ticks(name));
        return;
      }
      if (name == line_.program) {
        return;
      }
    }
  }

  // `python -c CODE`, `node -e CODE`, `sh -c CODE`.
  void inspect_inline_code() {
    struct Interpreter {
      std::string_view program;
      std::string_view options;  ///< separated by blanks
    };
    constexpr std::array kInterpreters{
        Interpreter{"python", "-c"},
        Interpreter{"python3", "-c"},
        Interpreter{"node", "-e -p --eval --print"},
        Interpreter{"bun", "-e --eval"},
        Interpreter{"deno", "eval"},
        Interpreter{"perl", "-e -E"},
        Interpreter{"ruby", "-e"},
        Interpreter{"php", "-r"},
        Interpreter{"lua", "-e"},
        Interpreter{"sh", "-c"},
        Interpreter{"bash", "-c -lc -ic"},
        Interpreter{"zsh", "-c -lc -ic"},
        Interpreter{"dash", "-c"},
        Interpreter{"fish", "-c"},
        Interpreter{"osascript", "-e"},
        Interpreter{"powershell", "-c -command -encodedcommand -enc -e"},
        Interpreter{"pwsh", "-c -command -encodedcommand -enc -e"},
    };
    for (const Interpreter& interpreter : kInterpreters) {
      if (interpreter.program != line_.program) {
        continue;
      }
      for (const LaunchWord& word : line_.arguments) {
        const std::string option = to_lower_ascii(word.text);
        const auto options = split(interpreter.options, ' ');
        if (std::find(options.begin(), options.end(), option) != options.end()) {
          report("launch-inline-code", word.node,
                 in_ticks(line_.program) + " is given its program on the command line");
          return;
        }
        // The first word that is no option is a script; what follows belongs to it.
        if (!option.starts_with('-')) {
          return;
        }
      }
    }
  }

  void inspect_word(const LaunchWord& word) {
    std::vector<DetectorHit> pipes;
    find_shell_pipes(word.text, pipes);
    if (!pipes.empty()) {
      report("launch-download-and-run", word.node, "runs what it downloads at each start");
      return;
    }
    const std::string lower = to_lower_ascii(word.text);
    if (is_destructive(lower)) {
      report("launch-destructive", word.node, "a destructive command stands in the launch");
      return;
    }
    if (has_chained_command(lower)) {
      report("launch-chained-command", word.node, "another command is chained to the launch");
    }
  }

  static bool is_destructive(std::string_view lower) {
    constexpr std::array<std::string_view, 9> kCommands{"rm -rf ",   "rm -fr ",  "rm -r -f ",
                                                        "mkfs.",     "dd if=",   ":(){",
                                                        "del /f /s", "rd /s /q", "format c:"};
    return std::any_of(kCommands.begin(), kCommands.end(), [&](std::string_view command) {
      const std::size_t at = lower.find(command);
      return at != std::string_view::npos &&
             (at == 0 || lower[at - 1] == ' ' || lower[at - 1] == ';' || lower[at - 1] == '&' ||
              lower[at - 1] == '|' || lower[at - 1] == '(');
    });
  }

  // `&& curl …`, `; wget …`, `$(nc …)`: a sign that joins commands, then a program of the network.
  static bool has_chained_command(std::string_view lower) {
    constexpr std::array<std::string_view, 12> kPrograms{
        "curl ", "wget ", "nc ",  "ncat ",   "scp ",      "ssh ",
        "rm -",  "sudo ", "ftp ", "telnet ", "certutil ", "invoke-webrequest"};
    for (std::size_t at = lower.find_first_of(";&|`$("); at != std::string_view::npos;
         at = lower.find_first_of(";&|`$(", at + 1)) {
      const std::size_t start = lower.find_first_not_of(";&|`$( ", at);
      if (start == std::string_view::npos) {
        return false;
      }
      if (is_program_at(lower, start, kPrograms)) {
        return true;
      }
    }
    return false;
  }

  template <std::size_t N>
  static bool is_program_at(std::string_view lower, std::size_t at,
                            const std::array<std::string_view, N>& programs) {
    return std::any_of(programs.begin(), programs.end(), [&](std::string_view program) {
      return lower.substr(at).starts_with(program);
    });
  }

  // `--api-key VALUE` in two words; in one word the rules for assignments see it.
  void inspect_secret_options() {
    for (std::size_t i = 0; i + 1 < line_.arguments.size(); ++i) {
      const std::string_view option = line_.arguments[i].text;
      const LaunchWord& value = line_.arguments[i + 1];
      if (!option.starts_with("--") || option.find('=') != std::string_view::npos ||
          value.text.starts_with('-')) {
        continue;
      }
      const SecretName kind = classify_secret_name(option);
      if (kind == SecretName::kNo || !could_be_secret(kind, value.text)) {
        continue;
      }
      CheckHit hit{.rule_id = "launch-secret-argument",
                   .manifest = manifest_,
                   .node = value.node,
                   .message = "the value of " + in_ticks(option) + " stands on the command line",
                   .secret = true};
      sink_.report(std::move(hit));
    }
  }

  // The program itself, and the script that an interpreter is given first.
  void inspect_temporary_paths() {
    std::vector<const LaunchWord*> started;
    for (const LaunchWord& word : words_) {
      if (program_name(word.text) == line_.program) {
        started.push_back(&word);
        break;
      }
    }
    constexpr std::array<std::string_view, 14> kInterpreters{
        "node", "python", "python3", "bash", "sh",   "zsh", "deno",
        "bun",  "ruby",   "perl",    "php",  "java", "tsx", "uv"};
    if (is_one_of_flags(kInterpreters, line_.program)) {
      for (const LaunchWord& word : line_.arguments) {
        if (word.text.starts_with('-') || word.text == "run") {
          continue;
        }
        started.push_back(&word);
        break;
      }
    }
    for (const LaunchWord* word : started) {
      if (is_temporary(to_lower_ascii(word->text))) {
        report("launch-from-temporary-folder", word->node,
               "runs a program from a folder that others can write to");
        return;
      }
    }
  }

  static bool is_temporary(std::string_view lower) {
    constexpr std::array<std::string_view, 5> kStarts{"/tmp/", "/var/tmp/", "/dev/shm/",
                                                      "/private/tmp/", "%temp%"};
    constexpr std::array<std::string_view, 4> kParts{
        "\\appdata\\local\\temp\\", "\\windows\\temp\\", "/users/public/", "\\users\\public\\"};
    return std::any_of(kStarts.begin(), kStarts.end(),
                       [&](std::string_view part) { return lower.starts_with(part); }) ||
           std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) {
             return lower.find(part) != std::string_view::npos;
           });
  }

  void inspect_container(const ContainerOption& option) {
    const std::string value = to_lower_ascii(option.value);
    if (option.name == "--privileged" && value != "false") {
      report("launch-privileged-container", option.node, "the container is privileged");
    } else if (option.name == "--cap-add") {
      constexpr std::array<std::string_view, 7> kStrong{
          "all", "sys_admin", "sys_ptrace", "sys_module", "dac_read_search", "net_admin", "bpf"};
      std::string_view capability = value;
      if (capability.starts_with("cap_")) {
        capability.remove_prefix(4);
      }
      if (is_one_of_flags(kStrong, capability)) {
        report("launch-privileged-container", option.node,
               "the container gets the capability " + in_ticks(option.value));
      }
    } else if (option.name == "--security-opt") {
      if (value.find("unconfined") != std::string::npos ||
          value.find("label=disable") != std::string::npos ||
          value.find("label:disable") != std::string::npos) {
        report("launch-privileged-container", option.node,
               "a protection of the container is switched off");
      }
    } else if (option.name == "--pid" || option.name == "--ipc" || option.name == "--userns" ||
               option.name == "--uts" || option.name == "--cgroupns") {
      if (value == "host") {
        report("launch-privileged-container", option.node,
               "the container shares " + in_ticks(option.name) + " with the host");
      }
    } else if (option.name == "--network") {
      if (value == "host") {
        report("launch-host-network", option.node, "the container shares the network of the host");
      }
    } else if (option.name == "--volume" || option.name == "--mount") {
      inspect_mount(mount_source(option.value), option.node);
    }
  }

  void inspect_mount(const std::string& source, NodeId node) {
    switch (judge_mount(source)) {
      case MountRisk::kNone: return;
      case MountRisk::kDocker:
        report("launch-docker-socket", node,
               "the container can control the container engine of the host");
        return;
      case MountRisk::kBroad:
        report("launch-host-mount", node,
               "the container sees " + in_ticks(source) + " of the host");
        return;
    }
  }

  std::span<const LaunchWord> words_;
  LaunchLine line_;
  std::size_t manifest_;
  CheckSink& sink_;
};

}  // namespace

void check_launch_arguments(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    for (const Server& server : input.manifests[index]->servers) {
      LaunchInspector(server, index, sink).inspect();
    }
  }
}

}  // namespace merlon
