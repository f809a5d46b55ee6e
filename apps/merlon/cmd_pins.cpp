#include <array>
#include <ostream>

#include "base/text.h"
#include "capability/pins.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "policy_actions.h"
#include "proof/canonical_json.h"
#include "scan_lock.h"
#include "state_places.h"

namespace merlon::cli {

int cmd_pins(Env& env, std::span<const std::string> args);

namespace {

constexpr std::size_t kShownDefinition = 400;

std::string pins_folder(const Env& env) {
  return state_place(env, "pins");
}

int fail_pins(Env& env, const std::vector<Error>& errors, int code) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  return code;
}

int no_pins_folder(Env& env) {
  return fail_pins(env,
                   {make_error(ErrorCode::kUnsupported,
                               "neither XDG_STATE_HOME nor HOME says where pins are kept")},
                   kEnvironment);
}

int pins_list(Env& env, std::span<const std::string> args) {
  Options options("pins list", "list what has been approved");
  options.example("merlon pins list", "one line a server: its name, version and definitions");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const std::string folder = pins_folder(env);
  if (folder.empty()) {
    return no_pins_folder(env);
  }
  const auto stored = PinStore(env.files, folder, {}).list();
  if (!stored) {
    return fail_pins(env, stored.error(), kIncomplete);
  }
  for (const StoredPins& pins : *stored) {
    for (const LockedServer& server : pins.lock.servers) {
      env.out << escape_for_display(server.name) << "  version " << pins.lock.version << "  "
              << counted(server.items.size(), "definition") << "  " << escape_for_display(pins.file)
              << '\n';
    }
  }
  return kYes;
}

struct PinsChoice {
  std::string server;
  std::vector<std::string> files;

  void declare(Options& options) {
    options.value("--server,-s", server, "NAME", "the name under which the server is configured");
    options.positional("FILE", files, "a snapshot of `merlon capture`, or any manifest");
  }
};

/// What approving would do; else `code` is set and problems are written.
std::optional<PinDraft> draft_of(Env& env, const PinsChoice& choice, int& code) {
  if (choice.server.empty() || choice.files.empty()) {
    code = fail_pins(
        env, {make_error(ErrorCode::kUsage, "`--server NAME` and at least one FILE are needed")},
        kUsageError);
    return std::nullopt;
  }
  const std::string folder = pins_folder(env);
  if (folder.empty()) {
    code = no_pins_folder(env);
    return std::nullopt;
  }
  code = kYes;
  std::vector<Manifest> kept;
  for (Manifest& manifest : manifests_of(env, choice.files, code)) {
    auto one = manifest_of_server(std::move(manifest), choice.server);
    if (!one) {
      code = fail_pins(env, {one.error()}, kIncomplete);
      return std::nullopt;
    }
    kept.push_back(*std::move(one));
  }
  const auto rules = CompiledRules::built_in();
  if (code != kYes || !rules) {
    code = rules ? code : fail_pins(env, {rules.error()}, kBug);
    return std::nullopt;
  }
  std::vector<const Manifest*> manifests;
  manifests.reserve(kept.size());
  for (const Manifest& manifest : kept) {
    manifests.push_back(&manifest);
  }
  auto draft =
      PinStore(env.files, folder, {}).draft(choice.server, manifests, lock_options(*rules));
  if (!draft) {
    code = fail_pins(env, draft.error(), kIncomplete);
    return std::nullopt;
  }
  return *std::move(draft);
}

/// Of a server of which nothing was approved: everything that would be.
void write_definitions(Env& env, const PinDraft& draft) {
  const auto lock = load_lock(SourceText::copy_of(draft.path, draft.text), {});
  if (!lock) {
    return;
  }
  for (const LockedServer& server : lock->servers) {
    for (const LockedItem& item : server.items) {
      env.out << "  + " << to_string(item.list);
      if (!item.name.empty()) {
        env.out << " `" << escape_for_display(item.name) << '`';
      }
      if (item.definition != kNoNode) {
        const auto text = canonical_json(lock->document, item.definition);
        env.out << ' ' << escape_for_display(shorten(text.value_or(""), kShownDefinition));
      }
      env.out << '\n';
    }
  }
}

void write_drift(Env& env, const PinDraft& draft) {
  if (draft.first) {
    env.out << "nothing of this server was approved before\n";
    write_definitions(env, draft);
    return;
  }
  if (draft.same) {
    env.out << "as approved\n";
  }
  for (const LockDrift& drift : draft.drift) {
    env.out << (drift.risk_grew ? "! " : "  ") << escape_for_display(drift.message) << '\n';
    for (const DefinitionChange& change : drift.changes) {
      env.out << (change.risk_grew ? "  ! " : "    ") << to_string(change.kind) << ' '
              << escape_for_display(change.pointer.empty() ? "/" : change.pointer);
      if (!change.before.empty()) {
        env.out << ", was " << escape_for_display(change.before);
      }
      if (!change.after.empty()) {
        env.out << ", now " << escape_for_display(change.after);
      }
      env.out << '\n';
    }
  }
}

int pins_diff(Env& env, std::span<const std::string> args) {
  PinsChoice choice;
  Options options("pins diff", "hold a snapshot against what has been approved");
  options.describe("Lines with ! add risk. Exit code 1 when something is not as approved.");
  choice.declare(options);
  options.example("merlon pins diff --server files files.json", "what changed since the approval");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  int code = kYes;
  const auto draft = draft_of(env, choice, code);
  if (!draft) {
    return code;
  }
  write_drift(env, *draft);
  return draft->same ? kYes : kNo;
}

int pins_approve(Env& env, std::span<const std::string> args) {
  PinsChoice choice;
  bool yes = false;
  Options options("pins approve", "approve what a snapshot holds of a server");
  options.describe(
      "Shows first what changes. Without --yes nothing is approved, and the exit code is 1. What "
      "was approved before of this server and launch command is replaced; the version rises.");
  choice.declare(options);
  options.flag("--yes,-y", yes, "approve what is shown");
  options.example("merlon pins approve --server files files.json --yes",
                  "from now on calls are held against this");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  int code = kYes;
  const auto draft = draft_of(env, choice, code);
  if (!draft) {
    return code;
  }
  write_drift(env, *draft);
  if (draft->same) {
    return kYes;
  }
  if (!yes) {
    env.err << "merlon: nothing was approved; read the above, then say --yes\n";
    return kNo;
  }
  if (const Status status = PinStore(env.files, pins_folder(env), {}).keep(*draft); !status) {
    return fail_pins(env, {status.error()}, kEnvironment);
  }
  env.out << "approved: version " << draft->version << '\n';
  return kYes;
}

constexpr std::array kPinsActions{
    Command{"list", "list what has been approved", pins_list},
    Command{"diff", "hold a snapshot against what has been approved", pins_diff},
    Command{"approve", "approve what a snapshot holds of a server", pins_approve},
};

std::string pins_help() {
  std::string text =
      "usage: merlon pins COMMAND [options] [arguments]\n\n"
      "Approve what servers offer, and see what has changed since.\n\nCommands:\n";
  for (const Command& command : kPinsActions) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int cmd_pins(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << pins_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << pins_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kPinsActions) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  Error error = make_error(ErrorCode::kUsage, "unknown command `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? "`merlon pins --help` lists the commands"
                                     : "did you mean `merlon pins " + std::string(near) + "`?");
  env.err << render(error);
  return kUsageError;
}

}  // namespace merlon::cli
