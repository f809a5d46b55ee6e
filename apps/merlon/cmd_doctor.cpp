#include <ostream>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "doctor_report.h"
#include "exit_code.h"
#include "options.h"

namespace merlon::cli {

int cmd_doctor(Env& env, std::span<const std::string> args);

namespace {

std::string_view words_of(WrapState state) {
  switch (state) {
    case WrapState::kAlready: return "behind the proxy";
    case WrapState::kRemote: return "not protected: it has a URL, which a stdio proxy cannot guard";
    case WrapState::kRefused: return "not protected: ";
    case WrapState::kWrapped:
    case WrapState::kUnwrapped:
    case WrapState::kDirect: return "not protected: the client starts it directly";
  }
  return "";
}

void write_clients(Env& env, const DoctorReport& report) {
  env.out << "servers\n";
  if (report.clients.empty()) {
    env.out << "  no client of this user names any\n";
  }
  for (const CheckedClient& client : report.clients) {
    env.out << "  " << client.client << ", " << escape_for_display(client.file) << '\n';
    if (!client.problem.empty()) {
      env.out << "    could not be read as a whole: " << escape_for_display(client.problem) << '\n';
    }
    for (const ServerPlan& server : client.servers) {
      env.out << "    `" << escape_for_display(server.name) << "`  " << words_of(server.state)
              << escape_for_display(server.why) << '\n';
    }
  }
  for (const std::string& host : report.hosts_without_hook) {
    env.out << "  the own tools of " << host << " (shell, files, web)  not judged: no hook\n";
  }
}

void write_files(Env& env, const DoctorReport& report) {
  env.out << "what this account can change\n";
  for (const CheckedFile& file : report.files) {
    env.out << "  " << (file.changeable ? "can change   " : "cannot change") << "  " << file.what
            << ": " << escape_for_display(file.path) << (file.exists ? "" : " (not there)") << '\n';
  }
  env.out << "kernel\n  landlock: "
          << (report.landlock > 0 ? "version " + std::to_string(report.landlock) : "no")
          << "\n  seccomp: " << (report.seccomp ? "yes" : "no") << '\n';
}

void write_verdict(Env& env, const DoctorReport& report) {
  env.out << "in plain words\n";
  env.out << (report.clients.empty() ? "  No server was found that a client starts.\n"
              : report.protects_all()
                  ? "  Every server that was found is behind the proxy.\n"
                  : "  Not every server is behind the proxy. `merlon wrap FILE` puts stdio servers "
                    "there.\n");
  if (!report.complete()) {
    env.out << "  A configuration could not be read: what it starts is not known.\n";
  }
  bool changeable = false;
  for (const CheckedFile& file : report.files) {
    changeable = changeable || file.changeable;
  }
  if (report.is_root) {
    env.out << "  This is root: nothing on this machine is kept from it.\n";
  } else if (changeable) {
    env.out << "  An agent with a shell under this account can take the gate away: it can change "
               "the files\n  above, and the clients' configurations. What it must not change "
               "belongs to another account.\n";
  }
}

std::string json_of(const DoctorReport& report) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object().field("format", 1);
  json.field("all_protected", report.protects_all()).field("complete", report.complete());
  json.field("root", report.is_root);
  json.key("clients").begin_array();
  for (const CheckedClient& client : report.clients) {
    json.begin_object().field("client", client.client).field("file", client.file);
    if (!client.problem.empty()) {
      json.field("problem", client.problem);
    }
    json.key("servers").begin_array();
    for (const ServerPlan& server : client.servers) {
      json.begin_object().field("name", server.name);
      json.field("state", to_string(server.state));
      if (!server.why.empty()) {
        json.field("why", server.why);
      }
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().key("hosts_without_hook").begin_array();
  for (const std::string& host : report.hosts_without_hook) {
    json.string(host);
  }
  json.end_array().key("files").begin_array();
  for (const CheckedFile& file : report.files) {
    json.begin_object().field("what", file.what).field("path", file.path);
    json.field("exists", file.exists).field("changeable", file.changeable).end_object();
  }
  json.end_array().key("kernel").begin_object();
  json.field("landlock", report.landlock).field("seccomp", report.seccomp);
  json.end_object().end_object();
  return std::move(json).take() + "\n";
}

}  // namespace

int cmd_doctor(Env& env, std::span<const std::string> args) {
  std::string format = "text";
  Options options("doctor", "see what is not behind the proxy, and what could be changed");
  options.describe(
      "Reads the configurations of all clients of this user and says of each server whether it "
      "really runs behind the proxy, which files that decide about the gate this account can "
      "change, and what the kernel offers to contain servers. Starts nothing and changes nothing. "
      "Exit code 0 when every server is behind the proxy, 1 when one is not, 3 when a "
      "configuration could not be read.");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  options.example("merlon doctor", "what an agent on this machine could get around");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const DoctorReport report = examine(env);
  if (format == "json") {
    env.out << json_of(report);
  } else {
    write_clients(env, report);
    write_files(env, report);
    write_verdict(env, report);
  }
  return !report.protects_all() ? kNo : report.complete() ? kYes : kIncomplete;
}

}  // namespace merlon::cli
