#include "proxy/group_question.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include <poll.h>

#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "proxy/group_message.h"
#include "proxy/group_places.h"
#include "proxy/group_socket.h"

namespace merlon {
namespace {

using PatienceEnd = std::chrono::steady_clock::time_point;

/// The next line of a broker.
Result<std::string> wait_for_line(GroupSocket& socket, std::chrono::milliseconds patience) {
  // Real time: this is a person's terminal, and the peer is another process.
  const PatienceEnd end = std::chrono::steady_clock::now() + patience;
  std::vector<std::string> lines;
  while (true) {
    const auto rest =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (rest.count() <= 0) {
      return fail(ErrorCode::kIo, "the group's broker does not answer");
    }
    pollfd one{.fd = socket.fd(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&one, 1, static_cast<int>(rest.count()));
    if (ready < 0 && errno != EINTR) {
      return fail(ErrorCode::kIo, "cannot wait for the group's broker");
    }
    const bool there = ready <= 0 || socket.receive(lines);
    if (!lines.empty()) {
      return lines.front();
    }
    if (!there) {
      return fail(ErrorCode::kIo, "the group's broker went away");
    }
  }
}

/// The broker's answer; nothing when there is no broker.
Result<std::optional<GroupMessage>> ask_broker(const std::string& state_folder,
                                               const GroupMessage& question,
                                               std::chrono::milliseconds patience) {
  auto fd = connect_to_group(state_folder, question.group);
  if (!fd && fd.error().code == ErrorCode::kNotFound) {
    return std::optional<GroupMessage>();
  }
  if (!fd) {
    return std::unexpected(fd.error());
  }
  GroupSocket socket(*std::move(fd));
  (void)socket.send(group_message_json(question));  // when it is gone, no line comes
  MERLON_TRY(const std::string line, wait_for_line(socket, patience));
  MERLON_TRY(GroupMessage answer, parse_group_message(line));
  return std::optional(std::move(answer));
}

/// The name that a group's file has inside, when it is the file of that group.
Result<std::string> name_in_file(const FileSource& files, const std::string& path,
                                 std::string_view stem) {
  MERLON_TRY(const auto source, files.read(path, kMostGroupFileBytes));
  MERLON_TRY(const Document document, parse_json(source, JsonDialect::kStrict, Limits{}));
  const std::string name = document.string_or(document.find(document.root(), "name"), "");
  if (safe_group_name(name) != stem) {
    return fail(ErrorCode::kFormat, "it is of another group");
  }
  MERLON_TRY(const GroupState state, parse_group(source->bytes(), name));
  return state.name;
}

}  // namespace

Result<GroupList> list_groups(const std::string& state_folder) {
  const auto files = make_disk_files();
  const std::string folder = state_folder + "/groups";
  const auto entries = files->list(folder);
  GroupList out;
  if (!entries) {
    return entries.error().code == ErrorCode::kNotFound
               ? Result<GroupList>(std::move(out))
               : Result<GroupList>(std::unexpected(entries.error()));
  }
  constexpr std::string_view kEnd = ".json";
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.ends_with(kEnd)) {
      continue;
    }
    const std::string stem = entry.name.substr(0, entry.name.size() - kEnd.size());
    auto name = name_in_file(*files, folder + "/" + entry.name, stem);
    if (name) {
      out.names.push_back(*std::move(name));
    } else if (!stem.starts_with("h.")) {
      out.names.push_back(
          stem);  // its name is known all the same; looking at it says what is wrong
    } else {
      out.unreadable.push_back(make_error(ErrorCode::kFormat, "cannot read `", folder, "/",
                                          entry.name, "`: ", name.error().message));
    }
  }
  std::sort(out.names.begin(), out.names.end());
  return out;
}

Result<GroupView> look_at_group(const std::string& state_folder, std::string_view group,
                                std::int64_t now_ms, std::chrono::milliseconds patience) {
  MERLON_CHECK(check_group_name(group));
  MERLON_TRY(
      auto answer,
      ask_broker(state_folder, {.word = GroupWord::kShow, .group = std::string(group)}, patience));
  GroupView out;
  MERLON_TRY(out.state, load_group(state_folder, group, now_ms));
  if (!answer) {
    return out;
  }
  if (answer->word != GroupWord::kState) {
    return fail(ErrorCode::kProtocol,
                "the group's broker refuses: ", escape_for_display(answer->why));
  }
  out.served = true;
  out.state.version = answer->version;
  out.state.legs = std::move(answer->legs);
  out.state.members = std::move(answer->members);
  out.state.doubt = std::move(answer->why);
  return out;
}

Status reset_group(const std::string& state_folder, std::string_view group,
                   std::chrono::milliseconds patience) {
  MERLON_CHECK(check_group_name(group));
  MERLON_TRY(
      const auto answer,
      ask_broker(state_folder, {.word = GroupWord::kReset, .group = std::string(group)}, patience));
  if (answer) {
    return answer->word == GroupWord::kDone
               ? Status()
               : fail(ErrorCode::kUsage, escape_for_display(answer->why));
  }
  auto lock = GroupLock::take(state_folder, group);
  if (!lock) {
    // A broker that starts or ends just now.
    return fail(ErrorCode::kIo, lock.error().message, ", which cannot be reached; try again");
  }
  return forget_group(state_folder, group);
}

}  // namespace merlon
