#include "hook/hook_store.h"

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/digest/digest.h"
#include "base/files.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/process/private_folder.h"
#include "base/text.h"
#include "mcp/recording_reader.h"
#include "mcp/recording_sink.h"
#include "mcp/recording_writer.h"
#include "policy/recorded_session.h"

namespace merlon {
namespace {

constexpr std::size_t kIdDigits = 32;
constexpr std::uint64_t kMostIndexBytes = std::uint64_t{1} << 20;
constexpr std::chrono::milliseconds kLockStep{5};

std::string hook_file_name(const std::string& server) {
  return sha256_hex(server).substr(0, kIdDigits) + ".jsonl";
}

Status wait_for_lock(int fd, std::int64_t patience_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return fail(ErrorCode::kIo,
                  "the session cannot be locked: ", std::generic_category().message(errno));
    }
    if (std::chrono::steady_clock::now() >= end) {
      return fail(ErrorCode::kLimit, "another call of the hook holds the session");
    }
    std::this_thread::sleep_for(kLockStep);
  }
  return {};
}

std::unexpected<Error> lost(const std::string& folder, std::string_view what) {
  Error error =
      make_error(ErrorCode::kFormat, "the memory of this session is ", what, ": `", folder, "`");
  error.hints.emplace_back("begin a new session of the agent");
  return std::unexpected(std::move(error));
}

/// Leaves the header out when the file has one.
class AppendingSink final : public RecordingSink {
 public:
  AppendingSink(std::unique_ptr<RecordingSink> sink, bool has_header)
      : sink_(std::move(sink)), skip_(has_header) {}

  [[nodiscard]] Status append(std::string_view bytes) override {
    if (std::exchange(skip_, false)) {
      return {};
    }
    return sink_->append(bytes);
  }

 private:
  std::unique_ptr<RecordingSink> sink_;
  bool skip_;
};

}  // namespace

Result<HookStore> HookStore::open(const std::string& state_folder, const std::string& host,
                                  const std::string& session, std::int64_t patience_ms) {
  HookStore store;
  MERLON_TRY(const UniqueFd parent, open_private_folder(state_folder + "/hooks"));
  store.folder_ = state_folder + "/hooks/" + host + "-" + sha256_hex(session).substr(0, kIdDigits);
  MERLON_TRY(const UniqueFd folder, open_private_folder(store.folder_));
  store.lock_ =
      UniqueFd(::openat(folder.get(), "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!store.lock_.open()) {
    return fail(ErrorCode::kIo,
                "the session cannot be locked: ", std::generic_category().message(errno));
  }
  MERLON_CHECK(wait_for_lock(store.lock_.get(), patience_ms));
  MERLON_CHECK(store.read_index());
  return store;
}

Status HookStore::read_index() {
  const auto files = make_disk_files();
  const std::string path = folder_ + "/index.json";
  if (!files->kind_of(path)) {
    MERLON_TRY(const auto entries, files->list(folder_));
    // A new session has its lock and nothing else.
    return entries.size() > 1 ? Status(lost(folder_, "lost")) : Status();
  }
  MERLON_TRY(const auto source, files->read(path, kMostIndexBytes));
  const auto document = parse_json(source, JsonDialect::kStrict, Limits{});
  const auto servers = document ? document->find(document->root(), "servers") : std::nullopt;
  if (!servers || !document->is(*servers, NodeKind::kArray)) {
    return lost(folder_, "damaged");
  }
  for (const NodeId entry : document->elements(*servers)) {
    const std::string name = document->string_or(document->find(entry, "server"), "");
    const auto number = [&](std::string_view field) -> std::uint64_t {
      const auto node = document->find(entry, field);
      return node ? parse_unsigned(document->raw(*node)).value_or(0) : 0;
    };
    HookServer& server = servers_[name];
    server.file = hook_file_name(name);
    server.events = number("events");
    server.legs = static_cast<std::uint8_t>(number("legs") & kAllLegs);
    server.tool = document->string_or(document->find(entry, "tool"), "");
    if (server.events == 0) {
      return lost(folder_, "damaged");
    }
  }
  return {};
}

Status HookStore::write_index() const {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object().field("format", 1).key("servers").begin_array();
  for (const auto& [name, server] : servers_) {
    json.begin_object()
        .field("server", name)
        .field("events", server.events)
        .field("legs", std::uint32_t{server.legs})
        .field("tool", server.tool)
        .end_object();
  }
  json.end_array().end_object();
  return write_file_atomically(folder_ + "/index.json", std::move(json).take() + "\n", 0600);
}

Status HookStore::play(const std::string& server, HookSession& session) const {
  const auto files = make_disk_files();
  const std::string path = folder_ + "/" + hook_file_name(server);
  const auto known = servers_.find(server);
  if (known == servers_.end()) {
    return files->kind_of(path) ? Status(lost(folder_, "damaged")) : Status();
  }
  const auto source = files->read(path, kMostBytes);
  if (!source) {
    return source.error().code == ErrorCode::kLimit ? Status(lost(folder_, "too long"))
                                                    : Status(lost(folder_, "lost"));
  }
  auto reader = RecordingReader::open(*source, {});
  if (!reader || !reader->header().full) {
    return lost(folder_, "damaged");
  }
  std::uint64_t events = 0;
  for (;;) {
    auto line = reader->next();
    if (!line) {
      return lost(folder_, "damaged");
    }
    std::optional<RecordedLine> next = *std::move(line);
    if (!next) {
      break;
    }
    auto* const event = std::get_if<RecordedEvent>(&*next);
    if (event == nullptr) {
      return lost(folder_, "damaged");
    }
    session.play(std::move(event->event));
    ++events;
  }
  return reader->cut_off() || events < known->second.events ? Status(lost(folder_, "damaged"))
                                                            : Status();
}

std::vector<GroupFact> HookStore::others(const std::string& server) const {
  std::vector<GroupFact> out;
  for (const auto& [name, other] : servers_) {
    if (name != server && other.legs != 0) {
      out.push_back({.server = name,
                     .tool = other.tool,
                     .legs = other.legs,
                     .lost = false,
                     .reference = other.file.substr(0, 8) + "/" + std::to_string(other.events)});
    }
  }
  return out;
}

Status HookStore::append(const RecordingHeader& header, const std::vector<HappenedEvent>& happened,
                         const SessionState& state) {
  HookServer& server = servers_[header.server];
  const bool is_new = server.events == 0;
  server.file = hook_file_name(header.server);
  MERLON_TRY(const UniqueFd folder, open_private_folder(folder_));
  const UniqueFd file(::openat(
      folder.get(), server.file.c_str(),
      O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (is_new ? O_CREAT | O_EXCL : 0), 0600));
  if (!file.open()) {
    return fail(ErrorCode::kIo,
                "the session cannot be written: ", std::generic_category().message(errno));
  }
  RecordingWriter writer(
      std::make_unique<AppendingSink>(make_recording_sink(file.get(), server.file), !is_new),
      {.full = true, .masker = {}, .key = ""});
  MERLON_CHECK(writer.begin(header));
  for (const HappenedEvent& one : happened) {
    MERLON_CHECK(writer.event(one.event, one.decision, recorded_sending(one.sending)));
  }
  server.events += happened.size();
  server.legs = state.leg_bits();
  for (const auto& witness : state.legs) {
    server.tool = witness ? witness->tool : server.tool;
  }
  return write_index();
}

}  // namespace merlon
