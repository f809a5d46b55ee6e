#include <algorithm>
#include <array>
#include <ostream>

#include <poll.h>

#include "audit/audit_line.h"
#include "audit/audit_writer.h"
#include "audit_inputs.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"

namespace merlon::cli {

int cmd_audit(Env& env, std::span<const std::string> args);

namespace {

constexpr int kFollowMs = 200;

int fail_audit(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

/// One record as people read it.
std::string record_text(std::string_view line) {
  const auto head = parse_audit_head(line);
  const auto record =
      parse_json(SourceText::copy_of("record", std::string(line)), JsonDialect::kStrict, Limits{});
  if (!head || !record) {
    return escape_for_display(line);
  }
  std::string out =
      std::to_string(head->seq) + "  " + std::string(head->time) + "  " + std::string(head->type);
  const auto say = [&](std::string_view name) {
    const std::string value = record->string_or(record->find(record->root(), name), "");
    if (!value.empty()) {
      out += "  " + escape_for_display(value);
    }
  };
  for (const std::string_view name : {"verdict", "direction", "action", "resource_id", "outcome",
                                      "code", "server", "reason", "problem"}) {
    say(name);
  }
  for (const std::string_view name : {"rules", "details"}) {
    if (const auto list = record->find(record->root(), name, NodeKind::kArray)) {
      for (const NodeId item : record->elements(*list)) {
        out += "  " + escape_for_display(record->text(item));
      }
    }
  }
  return out;
}

/// Every whole line of a view, with its number. False ends it.
template <class Use>
void for_each_record(const AuditLogView& view, const Use& use) {
  std::uint64_t index = view.segments.empty() ? 0 : view.segments.front().first;
  for (const AuditSegmentView& segment : view.segments) {
    std::string_view rest = segment.bytes;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      if (!use(index++, rest.substr(0, end))) {
        return;
      }
      rest.remove_prefix(end + 1);
    }
  }
}

/// What was pinned of a log; one that is not there yet is begun.
Result<AuditPin> pinned_log(const Env& env, const std::string& folder, const std::string& origin) {
  const std::string state = audit_state(env);
  if (const auto real = env.files.canonical(folder)) {
    MERLON_TRY(std::optional<AuditPin> known, find_audit_pin(state, *real));
    if (known) {
      return *std::move(known);
    }
  }
  MERLON_TRY(const auto writer,
             AuditWriter::open({.folder = folder, .state = state, .origin = origin},
                               {.merlon = MERLON_VERSION, .background = false}));
  MERLON_CHECK(writer->seal());
  MERLON_TRY(const std::string real, env.files.canonical(folder));
  MERLON_TRY(std::optional<AuditPin> made, find_audit_pin(state, real));
  if (!made) {
    return fail(ErrorCode::kInternal, "the log was not pinned");
  }
  return *std::move(made);
}

int audit_keygen(Env& env, std::span<const std::string> args) {
  std::string folder;
  std::string origin;
  Options options("audit keygen", "begin a log with keys of its own, and show its public keys");
  options.describe(
      "`merlon proxy --audit DIR` does the same by itself. Keep the two lines elsewhere: who has "
      "them can verify the log with `audit-verify --key`. Of a log that is there already, shows "
      "the keys that were pinned.");
  options.positional("DIR", folder, "the log's folder", true);
  options.value("--origin", origin, "NAME",
                "the log's name, such as example.com/audit/laptop (a random one)");
  options.example("merlon audit keygen audit/ --origin example.com/audit > log.vkey",
                  "begin a log, and keep its keys");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto pin = pinned_log(env, folder, origin);
  if (!pin) {
    return fail_audit(env, pin.error(), kEnvironment);
  }
  env.out << to_string(pin->log_key) << '\n' << to_string(pin->first_epoch_key) << '\n';
  return kYes;
}

int audit_show(Env& env, std::span<const std::string> args) {
  std::vector<std::string> words;
  Options options("audit show", "show one record as it stands in the log");
  options.positional("N", words, "the record's number, and the log");
  options.example("merlon audit show 42 audit/", "record 42");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto number = words.size() == 2 ? parse_unsigned(words[0]) : std::nullopt;
  if (!number) {
    return fail_audit(env, make_error(ErrorCode::kUsage, "a number and a log are needed"),
                      kUsageError);
  }
  const auto input = open_audit_input(env, words[1]);
  if (!input) {
    return fail_audit(env, input.error(), kIncomplete);
  }
  std::string found;
  for_each_record(input->view(), [&](std::uint64_t index, std::string_view line) {
    if (index == *number) {
      found = std::string(line);
    }
    return index < *number;
  });
  if (found.empty()) {
    return fail_audit(env, make_error(ErrorCode::kNotFound, "there is no record ", words[0]),
                      kIncomplete);
  }
  env.out << found << '\n';
  return kYes;
}

/// What `query` looks for; empty members match everything.
struct AuditQuery {
  std::string tool;
  std::string decision;
  std::string rule;
  std::string session;
  std::string user;
  std::string type;
  std::string since;
  std::string until;

  [[nodiscard]] bool matches(std::string_view line) const {
    const auto head = parse_audit_head(line);
    if (!head || (!type.empty() && head->type != type) ||
        (!since.empty() && head->time < std::string_view(since)) ||
        (!until.empty() && head->time > std::string_view(until))) {
      return false;
    }
    const auto record = parse_json(SourceText::copy_of("record", std::string(line)),
                                   JsonDialect::kStrict, Limits{});
    return record && has(*record, "resource_id", tool) && has(*record, "verdict", decision) &&
           has(*record, "session", session) && has(*record, "user", user) && has_rule(*record);
  }

 private:
  static bool has(const Document& record, std::string_view name, const std::string& pattern) {
    return pattern.empty() ||
           glob_match(pattern, record.string_or(record.find(record.root(), name), ""));
  }
  [[nodiscard]] bool has_rule(const Document& record) const {
    if (rule.empty()) {
      return true;
    }
    const auto rules = record.find(record.root(), "rules", NodeKind::kArray);
    if (!rules) {
      return false;
    }
    const std::vector<NodeId> items = record.elements(*rules);
    return std::any_of(items.begin(), items.end(),
                       [&](NodeId item) { return glob_match(rule, record.text(item)); });
  }
};

int audit_query(Env& env, std::span<const std::string> args) {
  std::string path;
  AuditQuery query;
  std::string format = "text";
  Options options("audit query", "find records");
  options.describe(
      "Names may have * and ?. All that is said must fit. What is found is not verified: "
      "`audit-verify` does that. Exit code 1 when nothing is found.");
  options.positional("LOG", path, "a log's folder or an export", true);
  options.value("--tool", query.tool, "NAME", "of this tool, prompt or resource");
  options.value("--decision", query.decision, "VERDICT", "allow, warn, modify, ask or deny");
  options.value("--rule", query.rule, "ID", "where this rule spoke");
  options.value("--session", query.session, "ID", "of this session");
  options.value("--user", query.user, "NAME", "of this user");
  options.value("--type", query.type, "TYPE", "records of this type");
  options.value("--since", query.since, "TIME", "not before, as 2026-11-21T19:00:00");
  options.value("--until", query.until, "TIME", "not after");
  options.choice("--format,-f", format, {"text", "jsonl"}, "how records are written");
  options.example("merlon audit query audit/ --decision deny --since 2026-11-21",
                  "what was denied since then");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto input = open_audit_input(env, path);
  if (!input) {
    return fail_audit(env, input.error(), kIncomplete);
  }
  bool any = false;
  for_each_record(input->view(), [&](std::uint64_t, std::string_view line) {
    if (query.matches(line)) {
      any = true;
      env.out << (format == "jsonl" ? std::string(line) : record_text(line)) << '\n';
    }
    return true;
  });
  return any ? kYes : kNo;
}

int audit_export(Env& env, std::span<const std::string> args) {
  std::string path;
  Options options("audit export", "write a whole log as one file that can be verified");
  options.positional("DIR", path, "the log's folder", true);
  options.example("merlon audit export audit/ > audit.jsonl",
                  "`merlon audit-verify audit.jsonl --key log.vkey` takes it");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto input = open_audit_input(env, path);
  if (!input) {
    return fail_audit(env, input.error(), kIncomplete);
  }
  const AuditLogView view = input->view();
  for_each_record(view, [&](std::uint64_t index, std::string_view line) {
    env.out << export_line(index, line) << '\n';
    return true;
  });
  if (view.checkpoint) {
    env.out << export_checkpoint(*view.checkpoint) << '\n';
  }
  return kYes;
}

int audit_tail(Env& env, std::span<const std::string> args) {
  std::string path;
  std::uint64_t count = 10;
  bool follow = false;
  Options options("audit tail", "show the last records");
  options.positional("DIR", path, "the log's folder", true);
  options.value("--lines,-n", count, "N", "how many (10)");
  options.flag("--follow", follow, "go on with what is appended, until interrupted");
  options.example("merlon audit tail audit/ --follow", "watch a proxy at work");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  std::uint64_t next = 0;
  for (bool first = true; first || follow; first = false) {
    const auto input = open_audit_input(env, path);
    if (!input) {
      return fail_audit(env, input.error(), kIncomplete);
    }
    const AuditLogView view = input->view();
    if (first) {
      std::uint64_t records = 0;
      for_each_record(view, [&](std::uint64_t index, std::string_view) {
        records = index + 1;
        return true;
      });
      next = records - std::min(records, count);
    }
    for_each_record(view, [&](std::uint64_t index, std::string_view line) {
      if (index >= next) {
        env.out << record_text(line) << '\n';
        next = index + 1;
      }
      return true;
    });
    env.out.flush();
    if (follow) {
      static_cast<void>(::poll(nullptr, 0, kFollowMs));
    }
  }
  return kYes;
}

constexpr std::array kAuditActions{
    Command{"keygen", "begin a log with keys of its own, and show its public keys", audit_keygen},
    Command{"tail", "show the last records", audit_tail},
    Command{"show", "show one record as it stands in the log", audit_show},
    Command{"query", "find records", audit_query},
    Command{"export", "write a whole log as one file that can be verified", audit_export},
};

std::string audit_help() {
  std::string text =
      "usage: merlon audit COMMAND [options] [arguments]\n\n"
      "Look into audit logs; `merlon audit-verify` says whether to believe them.\n\nCommands:\n";
  for (const Command& command : kAuditActions) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int cmd_audit(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << audit_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << audit_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kAuditActions) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  Error error = make_error(ErrorCode::kUsage, "unknown command `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? "`merlon audit --help` lists the commands"
                                     : "did you mean `merlon audit " + std::string(near) + "`?");
  env.err << render(error);
  return kUsageError;
}

}  // namespace merlon::cli
