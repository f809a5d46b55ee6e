#include <algorithm>
#include <ostream>
#include <utility>

#include "base/digest/digest.h"
#include "base/text.h"
#include "exit_code.h"
#include "line_inputs.h"
#include "options.h"
#include "replay/replay_files.h"
#include "replay/replay_writer.h"
#include "replay_audit.h"
#include "replay_inputs.h"
#include "replay_run.h"
#include "rules/matcher.h"

namespace merlon::cli {

int cmd_replay(Env& env, std::span<const std::string> args);

namespace {

struct ReplayArguments {
  std::vector<std::string> inputs;
  ReplayPolicyChoice policy;
  std::string format{"text"};
  std::string messages{"notable"};
  std::string from;
  std::string tools;
  std::string labels;
  std::string min_coverage;
  std::uint64_t seed{1};
  std::uint64_t jobs{0};
  bool keep_going{false};
  bool fail_on_change{false};
  bool ndjson{false};
  std::string resume;
  std::vector<std::string> audit_keys;
};

void declare_replay(Options& options, ReplayArguments& arguments) {
  options.describe(
      "Decides every message of recorded sessions again, on the state of then. Without a policy, "
      "each recording is decided by the policies that it holds, and the decisions must be the "
      "recorded ones, byte for byte. With one, what it would have decided differently is shown. "
      "Exit code 1 when the same policy decides otherwise than recorded, 3 when something could "
      "not be told.");
  options.positional("FILE", arguments.inputs,
                     "recordings, or folders of them (`merlon proxy --record` makes one); audit "
                     "logs, for what they hold");
  options.value("--policy,-p", arguments.policy.policy, "POLICY",
                "decide by this one: a file, or the name of an installed or shipped policy");
  options.value("--against,-a", arguments.policy.against, "POLICY",
                "and by this one, and show what changes between the two");
  options.flag("--fail-on-change", arguments.fail_on_change,
               "exit 1 when a decision changes (warnings count as allowed)");
  options.value("--labels,-l", arguments.labels, "FILE",
                "which sessions are attacks and which are not: shares with their intervals");
  options.value("--seed", arguments.seed, "N", "of the bootstrap (1)");
  options.value("--min-coverage", arguments.min_coverage, "PERCENT",
                "exit 1 when fewer of the policy's guards and tool entries spoke");
  options.value("--system", arguments.policy.system, "FILE",
                "the minimum that policies can only tighten (/etc/merlon/policy.toml)");
  options.flag("--no-system", arguments.policy.no_system, "leave the system's minimum out");
  options.value("--policy-key", arguments.policy.policy_keys, "KEY",
                "named policies must be signed by this key; a key, or a file of keys");
  arguments.policy.key_lists.declare(options);
  options.flag("--keep-going,-k", arguments.keep_going,
               "go on behind lines and files that cannot be read");
  std::vector<std::string> importers;
  for (const ImporterKind& kind : importer_kinds()) {
    importers.emplace_back(kind.name);
  }
  options.choice("--from", arguments.from, importers,
                 "what other programs' files are, where they do not say it themselves");
  options.value("--tools", arguments.tools, "FILE",
                "a tools/list result: what the server of an imported session offered");
  std::vector<std::string> formats;
  for (const ReplayWriterKind& kind : replay_writer_kinds()) {
    formats.emplace_back(kind.name);
  }
  options.choice("--format,-f", arguments.format, formats, "output format (text)");
  options.choice("--messages,-m", arguments.messages, {"none", "notable", "all"},
                 "which messages are shown: those that were not simply allowed, or changed "
                 "(notable)");
  options.flag("--ndjson", arguments.ndjson,
               "map lines of standard input, paths or {\"name\", \"text\"}, to a line for each "
               "session");
  options.value(
      "--resume", arguments.resume, "FILE",
      "write the sessions to this file, one a line, and go on where an earlier run stopped");
  options.value("--audit-key", arguments.audit_keys, "VKEY",
                "a verifier key of audit logs that is trusted, or a file of them (those that were "
                "pinned on this machine)");
  options.value("--jobs,-j", arguments.jobs, "N", "threads (as many as the machine has)");
  options.example("merlon replay session.jsonl", "are the recorded decisions those of its policy?");
  options.example("merlon replay sessions/ --policy default --against team.toml --fail-on-change",
                  "what would another policy have changed?");
}

Result<ReplayDemands> demands_of(const ReplayArguments& arguments) {
  ReplayDemands out{.no_change = arguments.fail_on_change};
  if (!arguments.min_coverage.empty()) {
    const auto per_cent = parse_unsigned(arguments.min_coverage);
    if (!per_cent || *per_cent > 100) {
      return fail(ErrorCode::kUsage, "`--min-coverage` is a whole number from 0 to 100");
    }
    out.least_coverage = static_cast<double>(*per_cent) / 100;
  }
  return out;
}

ShownMessages shown_of(const std::string& word) {
  return word == "none"  ? ShownMessages::kNone
         : word == "all" ? ShownMessages::kAll
                         : ShownMessages::kNotable;
}

std::optional<Error> check_replay(const ReplayArguments& arguments) {
  if (arguments.ndjson && !arguments.resume.empty()) {
    return make_error(ErrorCode::kUsage, "`--resume` and `--ndjson` exclude each other");
  }
  if (!arguments.resume.empty() && !arguments.min_coverage.empty()) {
    return make_error(ErrorCode::kUsage,
                      "`--min-coverage` is about all files together, `--resume` about each");
  }
  if (arguments.ndjson) {
    return arguments.inputs.empty()
               ? std::nullopt
               : std::optional(make_error(ErrorCode::kUsage,
                                          "`--ndjson` reads its files from standard input"));
  }
  if (arguments.inputs.empty()) {
    Error error = make_error(ErrorCode::kUsage, "no recording is named");
    error.hints.emplace_back("`merlon proxy --record FILE` makes one");
    return error;
  }
  if (!arguments.policy.against.empty() && arguments.policy.policy.empty()) {
    return make_error(ErrorCode::kUsage, "`--against` compares with `--policy`");
  }
  return std::nullopt;
}

/// Everything that one `merlon replay` works with.
struct ReplaySetup {
  ReplayDemands demands;
  ImportOptions imports;
  std::unique_ptr<ReplayPolicies> policies;
  std::unique_ptr<ReplayNotes> notes;
  std::unique_ptr<LineInputs> lines;       ///< of --ndjson
  std::unique_ptr<ReplayJournal> journal;  ///< of --resume
  std::vector<std::string> paths;
  int code{kYes};  ///< of what could not be read on the way
};

int fail_replay(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

/// What is to be replayed; an exit code when there is nothing.
std::optional<int> find_inputs(Env& env, const ReplayArguments& arguments, ReplaySetup& setup) {
  if (arguments.ndjson) {
    auto lines = LineInputs::read_all(env);
    if (!lines) {
      for (const Error& error : lines.error()) {
        env.err << render(error);
      }
      return kIncomplete;
    }
    setup.lines = *std::move(lines);
    setup.paths = setup.lines->names();
    return std::nullopt;
  }
  setup.paths = find_recordings(env, arguments.inputs, setup.code);
  std::erase(setup.paths, arguments.labels);
  std::erase(setup.paths, arguments.resume);
  if (setup.code != kYes && !arguments.keep_going) {
    return setup.code;
  }
  if (setup.paths.empty()) {
    return fail_replay(
        env, make_error(ErrorCode::kNotFound, "there is no recording (`.jsonl`, `.ndjson`)"),
        kIncomplete);
  }
  return std::nullopt;
}

std::string digest_of_labels(Env& env, const std::string& path) {
  constexpr std::uint64_t kMostBytes = 0xFFFFFFF0ULL;
  const auto source = path.empty() ? Result<std::shared_ptr<const SourceText>>(nullptr)
                                   : env.files.read(path, kMostBytes);
  return source && *source != nullptr ? sha256_hex((*source)->bytes()) : std::string();
}

/// What a result depends on beside the files, whose digests stand in the journal: two runs with the
/// same words come to the same bytes.
std::string key_of_run(Env& env, const ReplayArguments& arguments, const ReplaySetup& setup) {
  std::string text = std::string(MERLON_VERSION) + '\n' + arguments.messages + '\n' +
                     arguments.labels + '\n' + digest_of_labels(env, arguments.labels) + '\n' +
                     arguments.from + '\n' + setup.imports.tools + '\n' +
                     (arguments.fail_on_change ? "1\n" : "0\n");
  for (const PolicySource* const source : {setup.policies->policy(), setup.policies->against()}) {
    text += (source != nullptr ? source->fingerprint() : std::string("none")) + '\n';
  }
  return sha256_hex(text + join(setup.paths, "\n"));
}

/// What stands in the journal is about the file as it is.
bool is_unchanged(Env& env, const ReplaySetup& setup, const std::string& file,
                  const std::string& digest) {
  constexpr std::uint64_t kMostBytes = 0xFFFFFFF0ULL;
  const auto notes = setup.notes->of(file);
  const auto source = env.files.read(file, kMostBytes);
  // One that could not be read has none.
  return notes && source ? replay_input_digest(**source, notes->get()) == digest : digest.empty();
}

std::optional<int> open_journal(Env& env, const ReplayArguments& arguments, ReplaySetup& setup) {
  if (arguments.resume.empty()) {
    return std::nullopt;
  }
  auto journal =
      ReplayJournal::open(env.files, arguments.resume, key_of_run(env, arguments, setup));
  if (!journal) {
    return fail_replay(env, journal.error(),
                       journal.error().code == ErrorCode::kUsage ? kUsageError : kEnvironment);
  }
  setup.journal = *std::move(journal);
  for (const auto& [file, digest] : setup.journal->inputs()) {
    if (!is_unchanged(env, setup, file, digest)) {
      Error error = make_error(ErrorCode::kUsage, "`", file, "` has changed since it was replayed");
      error.hints.emplace_back("give `--resume` another file, or remove `" + arguments.resume +
                               "`");
      return fail_replay(env, error, kUsageError);
    }
  }
  std::erase_if(setup.paths, [&](const std::string& path) { return setup.journal->has(path); });
  return std::nullopt;
}

/// An exit code when the run cannot begin; what is wrong has been said.
std::optional<int> prepare_replay(Env& env, const ReplayArguments& arguments, ReplaySetup& setup) {
  auto demands = demands_of(arguments);
  if (!demands) {
    return fail_replay(env, demands.error(), kUsageError);
  }
  setup.demands = *demands;
  auto imports = import_options(env, arguments.from, arguments.tools);
  if (!imports) {
    return fail_replay(env, imports.error(), kIncomplete);
  }
  setup.imports = *std::move(imports);
  const auto rules = CompiledRules::built_in();
  if (!rules) {
    return fail_replay(env, rules.error(), kBug);
  }
  setup.policies = ReplayPolicies::make(env, arguments.policy, *rules, setup.code);
  if (!setup.policies) {
    return setup.code;
  }
  if (const auto code = find_inputs(env, arguments, setup)) {
    return code;
  }
  setup.notes = ReplayNotes::load(env, arguments.labels, setup.code);
  if (!setup.notes) {
    return setup.code;
  }
  return open_journal(env, arguments, setup);
}

int run_replay(Env& env, const ReplayArguments& arguments, const ReplaySetup& setup) {
  const Replayer replayer({.policy = setup.policies->policy(),
                           .against = setup.policies->against(),
                           .shown = shown_of(arguments.messages),
                           .keep_going = arguments.keep_going});
  const FileSource& files = setup.lines ? *setup.lines : env.files;
  ReplayRun run(env, {.demands = setup.demands,
                      .format = arguments.format,
                      .two_policies = !arguments.policy.against.empty(),
                      .keep_going = arguments.keep_going,
                      .seed = arguments.seed,
                      .files = setup.paths.size(),
                      .journal = setup.journal.get()});
  replay_files(
      replayer,
      {.files = files,
       .paths = setup.paths,
       .open =
           [&](std::shared_ptr<const SourceText> source) {
             return open_sessions(std::move(source), setup.imports);
           },
       .notes = [&](const std::string& path) { return setup.notes->of(path); },
       .audited =
           [&](const std::string& path) {
             return setup.lines ? std::nullopt
                                : audited_sessions(env, path, arguments.audit_keys,
                                                   shown_of(arguments.messages));
           },
       .jobs = static_cast<unsigned>(std::min<std::uint64_t>(arguments.jobs, 256)),
       .digests = setup.journal != nullptr,
       .take = [&](const std::vector<SessionReplay>& sessions) { return run.take(sessions); }});
  const int answer = run.finish();
  if (arguments.ndjson) {
    // What came of each line is in its line: a pipe that ends with another code is a broken one.
    return kYes;
  }
  return answer == kNo ? kNo : std::max(answer, setup.code);
}

}  // namespace

int cmd_replay(Env& env, std::span<const std::string> args) {
  ReplayArguments arguments;
  Options options("replay", "decide recorded sessions again, by their own policy or another one");
  declare_replay(options, arguments);
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (const auto wrong = check_replay(arguments)) {
    return fail_replay(env, *wrong, kUsageError);
  }
  if (arguments.ndjson || !arguments.resume.empty()) {
    arguments.format = "ndjson";
  }
  arguments.keep_going = arguments.keep_going || arguments.ndjson;
  ReplaySetup setup;
  if (const auto code = prepare_replay(env, arguments, setup)) {
    return *code;
  }
  return run_replay(env, arguments, setup);
}

}  // namespace merlon::cli
