#include <array>
#include <chrono>
#include <ostream>

#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "proxy/group_places.h"
#include "proxy/group_question.h"

namespace merlon::cli {

int cmd_group(Env& env, std::span<const std::string> args);

namespace {

/// How long a person waits for a broker.
constexpr std::chrono::milliseconds kGroupPatience{2000};
constexpr std::array<std::string_view, 3> kLegNames{"untrusted input", "private data",
                                                    "outside effect"};

int fail_group(Env& env, const Error& error) {
  env.err << render(error);
  return error.code == ErrorCode::kUsage ? kNo : kEnvironment;
}

std::int64_t group_now_ms(const Env& env) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.now().time_since_epoch())
      .count();
}

/// `2026-11-21 17:05 UTC`.
std::string minute_of(std::int64_t time_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(time_ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time - day).count();
  const auto two = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  return to_string(Date(day)) + " " + two(minutes / 60) + ":" + two(minutes % 60) + " UTC";
}

std::string shown_word(std::string_view word) {
  return "`" + escape_for_display(word) + "`";
}

/// `untrusted input, private data`, or `nothing`.
std::string touched_words(const GroupState& state) {
  if (!state.doubt.empty()) {
    return "not known";
  }
  std::string out;
  for (std::size_t leg = 0; leg < state.legs.size(); ++leg) {
    if (state.legs[leg]) {
      out.append(out.empty() ? "" : ", ").append(kLegNames[leg]);
    }
  }
  return out.empty() ? "nothing" : out;
}

int group_list(Env& env, std::span<const std::string> args) {
  Options options("group list", "list the groups and what they have touched");
  options.example("merlon group list", "all groups of this user");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto places = find_group_places(env.variable);
  if (!places) {
    return fail_group(env, places.error());
  }
  const auto list = list_groups(places->state_folder);
  if (!list) {
    return fail_group(env, list.error());
  }
  int code = kYes;
  for (const std::string& name : list->names) {
    const auto view = look_at_group(places->state_folder, name, group_now_ms(env), kGroupPatience);
    if (!view) {
      env.err << render(view.error());
      code = kIncomplete;
      continue;
    }
    code = view->state.doubt.empty() ? code : kIncomplete;
    env.out << shown_word(name) << "  " << touched_words(view->state) << "  "
            << (view->state.members.empty() ? "no proxies"
                : view->state.members.size() == 1
                    ? "1 proxy"
                    : std::to_string(view->state.members.size()) + " proxies")
            << '\n';
  }
  for (const Error& error : list->unreadable) {
    env.err << render(error);
    code = kIncomplete;
  }
  return code;
}

void write_group(Env& env, const std::string& name, const GroupView& view) {
  const GroupState& state = view.state;
  env.out << "group " << shown_word(name) << '\n';
  for (std::size_t leg = 0; leg < state.legs.size(); ++leg) {
    env.out << "  " << kLegNames[leg] << std::string(17 - kLegNames[leg].size(), ' ');
    if (const auto& witness = state.legs[leg]) {
      env.out << shown_word(witness->tool) << " of " << shown_word(witness->server) << ", event "
              << escape_for_display(witness->reference) << ", " << minute_of(witness->time_ms)
              << '\n';
    } else {
      env.out << "-\n";
    }
  }
  for (const GroupMember& member : state.members) {
    env.out << "  proxy of " << shown_word(member.server) << ", session "
            << escape_for_display(member.session) << '\n';
  }
  if (state.members.empty() && leg_bits(state.legs) != 0) {
    env.out << "  forgotten after " << minute_of(state.used_ms + state.time_to_live_ms)
            << " when no proxy comes\n";
  }
}

int group_show(Env& env, std::span<const std::string> args) {
  std::string name;
  Options options("group show", "show what a group has touched and who is in it");
  options.describe("Exit code 3 when what was before is not known; everything is assumed then.");
  options.positional("NAME", name, "the group", true);
  options.example("merlon group show work", "who first touched what");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto places = find_group_places(env.variable);
  if (!places) {
    return fail_group(env, places.error());
  }
  const auto view = look_at_group(places->state_folder, name, group_now_ms(env), kGroupPatience);
  if (!view) {
    return fail_group(env, view.error());
  }
  write_group(env, name, *view);
  if (view->state.doubt.empty()) {
    return kYes;
  }
  Error error = make_error(ErrorCode::kFormat, escape_for_display(view->state.doubt));
  error.hints.emplace_back(
      "proxies of this group assume the worst until you look at the file and "
      "say `merlon group reset NAME`");
  env.err << render(error);
  return kIncomplete;
}

int group_reset(Env& env, std::span<const std::string> args) {
  std::string name;
  Options options("group reset", "forget what a group has touched");
  options.describe(
      "For the end of a piece of work. Proxies that still run keep what they have touched in their "
      "sessions, so a group with proxies in it is not reset (exit code 1): close the client "
      "first.");
  options.positional("NAME", name, "the group", true);
  options.example("merlon group reset work", "the next session starts with nothing");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto places = find_group_places(env.variable);
  if (!places) {
    return fail_group(env, places.error());
  }
  const Status done = reset_group(places->state_folder, name, kGroupPatience);
  if (done) {
    env.out << "forgotten: what the group " << shown_word(name) << " had touched\n";
    return kYes;
  }
  Error error = done.error();
  if (error.code == ErrorCode::kUsage && check_group_name(name)) {
    error.hints.emplace_back("close the client, or stop these servers in it, then try again");
  }
  return fail_group(env, error);
}

constexpr std::array kGroupActions{
    Command{"list", "list the groups and what they have touched", group_list},
    Command{"show", "show what a group has touched and who is in it", group_show},
    Command{"reset", "forget what a group has touched", group_reset},
};

std::string group_help() {
  std::string text =
      "usage: merlon group COMMAND [options] [arguments]\n\n"
      "See and forget what the proxies of one client have touched together.\n\nCommands:\n";
  for (const Command& command : kGroupActions) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int cmd_group(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << group_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << group_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kGroupActions) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  Error error = make_error(ErrorCode::kUsage, "unknown command `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? "`merlon group --help` lists the commands"
                                     : "did you mean `merlon group " + std::string(near) + "`?");
  env.err << render(error);
  return kUsageError;
}

}  // namespace merlon::cli
