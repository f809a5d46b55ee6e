#include <ostream>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "proxy/status_socket.h"

namespace merlon::cli {

int cmd_status(Env& env, std::span<const std::string> args);

namespace {

/// One field of a status as text; empty when it is not there.
std::string status_field(const Document& document, NodeId object, std::string_view name) {
  const auto node = document.find(object, name);
  if (!node) {
    return "";
  }
  return document.is(*node, NodeKind::kString) ? document.text(*node)
                                               : std::string(document.raw(*node));
}

void say_direction(Env& env, const Document& document, std::string_view name) {
  const auto messages = document.find(document.root(), "messages");
  const auto counts = messages ? document.find(*messages, name) : std::nullopt;
  if (!counts) {
    return;
  }
  env.out << "  " << name << ':';
  for (const auto& [key, value] : document.members(*counts)) {
    env.out << ' ' << document.text(key) << ' ' << document.raw(value);
  }
  env.out << '\n';
}

void say_guards(Env& env, const Document& document) {
  const auto guards = document.find(document.root(), "guards");
  for (const NodeId guard : guards ? document.elements(*guards) : std::vector<NodeId>()) {
    env.out << "  guard " << escape_for_display(status_field(document, guard, "id")) << ':';
    for (const auto& [key, value] : document.members(guard)) {
      if (document.is(value, NodeKind::kNumber)) {
        env.out << ' ' << document.text(key) << ' ' << document.raw(value);
      }
    }
    env.out << '\n';
  }
}

void say_status(Env& env, const Document& document) {
  const NodeId root = document.root();
  const auto field = [&](std::string_view name) {
    return escape_for_display(status_field(document, root, name));
  };
  env.out << field("server") << " (process " << field("process") << ", " << field("seconds")
          << " s): policy " << field("policy") << " version " << field("policy_version") << ", "
          << field("events") << " messages, " << field("calls") << " calls, " << field("denials")
          << " denials, " << field("open_requests") << " open, " << field("waiting")
          << " waiting\n";
  if (!field("policy_kept").empty()) {
    env.out << "  the policy was changed and is not in force: " << field("policy_kept") << '\n';
  }
  if (!field("group").empty()) {
    env.out << "  group " << field("group") << ": " << field("group_condition") << '\n';
  }
  say_direction(env, document, "to-server");
  say_direction(env, document, "to-client");
  say_guards(env, document);
}

}  // namespace

int cmd_status(Env& env, std::span<const std::string> args) {
  std::string format = "text";
  Options options("status", "ask the proxies that run what they have done");
  options.describe(
      "Counts of messages by verdict and direction, and of each guard its verdicts, errors and "
      "times (of one message in 64; nanoseconds). Proxies of other users are not asked.");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  options.example("merlon status", "all proxies of this user");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto all = ask_all_proxies(env.variable);
  if (!all) {
    env.err << render(all.error());
    return kEnvironment;
  }
  int code = kYes;
  JsonWriter json(JsonStyle::kPretty);
  json.begin_array();
  for (const ProxyStatus& one : *all) {
    const auto document = one.json ? parse_json(SourceText::copy_of(one.socket, *one.json),
                                                JsonDialect::kStrict, Limits{})
                                   : Result<Document>(std::unexpected(one.json.error()));
    if (!document) {
      env.err << "merlon: " << one.socket << ": " << escape_for_display(document.error().message)
              << '\n';
      code = kIncomplete;
    } else if (format == "json") {
      json.raw(document->raw(document->root()));
    } else {
      say_status(env, *document);
    }
  }
  json.end_array();
  if (format == "json") {
    env.out << std::move(json).take() << '\n';
  } else if (all->empty()) {
    env.out << "no proxy runs\n";
  }
  return code;
}

}  // namespace merlon::cli
