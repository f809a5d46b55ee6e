#include "proxy/group_message.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::uint64_t kGroupProtocol = 1;
constexpr std::uint32_t kMostMessageDepth = 4;
constexpr std::uint64_t kMostMessageNodes = 2048;
constexpr std::size_t kMostWhyBytes = 1024;

/// The members that a message of one kind has.
enum GroupPart : std::uint8_t {
  kPartGroup = 1,
  kPartWho = 2,
  kPartTicket = 4,
  kPartVersion = 8,
  kPartLegs = 16,
  kPartMembers = 32,
  kPartWhy = 64,
  kPartProtocol = 128,
};

struct GroupWordRow {
  GroupWord word;
  std::string_view name;
  unsigned parts;
};

constexpr std::array kGroupWords{
    GroupWordRow{GroupWord::kHello, "hello", kPartProtocol | kPartGroup | kPartWho | kPartLegs},
    GroupWordRow{GroupWord::kReserve, "reserve", kPartTicket | kPartVersion | kPartLegs},
    GroupWordRow{GroupWord::kShow, "show", kPartProtocol | kPartGroup},
    GroupWordRow{GroupWord::kReset, "reset", kPartProtocol | kPartGroup},
    GroupWordRow{GroupWord::kState, "state", kPartVersion | kPartLegs | kPartMembers | kPartWhy},
    GroupWordRow{GroupWord::kGranted, "granted", kPartTicket | kPartVersion},
    GroupWordRow{GroupWord::kStale, "stale", kPartTicket},
    GroupWordRow{GroupWord::kDone, "done", 0},
    GroupWordRow{GroupWord::kRefused, "refused", kPartWhy},
};

const GroupWordRow& row_of(GroupWord word) {
  return *std::ranges::find(kGroupWords, word, &GroupWordRow::word);
}

void write_members(JsonWriter& json, const std::vector<GroupMember>& members) {
  json.key("members").begin_array();
  for (const GroupMember& member : members) {
    json.begin_object().field("server", member.server).field("session", member.session);
    json.end_object();
  }
  json.end_array();
}

/// Takes the members of one message out of its document; the first problem stays.
class GroupMessageReader {
 public:
  explicit GroupMessageReader(const Document& document) : document_(document) {}

  std::string text(NodeId object, std::string_view key, std::size_t most) {
    const auto node = document_.find(object, key, NodeKind::kString);
    std::string out = node ? document_.text(*node) : std::string();
    if (!node || out.size() > most) {
      complain(key);
      return {};
    }
    return out;
  }

  std::uint64_t number(std::string_view key) {
    const auto node = document_.find(document_.root(), key, NodeKind::kNumber);
    const auto value = node ? parse_unsigned(document_.raw(*node)) : std::nullopt;
    if (!value) {
      complain(key);
    }
    return value.value_or(0);
  }

  GroupLegs legs() {
    auto out =
        read_group_legs(document_, document_.find(document_.root(), "legs").value_or(kNoNode));
    if (!out) {
      complain("legs");
      return {};
    }
    return *std::move(out);
  }

  std::vector<GroupMember> members() {
    std::vector<GroupMember> out;
    const auto list = document_.find(document_.root(), "members", NodeKind::kArray);
    if (!list) {
      complain("members");
      return out;
    }
    for (const NodeId one : document_.elements(*list)) {
      out.push_back({.server = text(one, "server", kMostGroupWordBytes),
                     .session = text(one, "session", kMostGroupWordBytes)});
    }
    if (out.size() > kMostGroupMembers) {
      complain("members");
    }
    return out;
  }

  void complain(std::string_view key) {
    if (problem_.empty()) {
      problem_ = key;
    }
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  const Document& document_;
  std::string problem_;  ///< the member that is missing or wrong
};

}  // namespace

std::string group_message_json(const GroupMessage& message) {
  const GroupWordRow& row = row_of(message.word);
  JsonWriter json;
  json.begin_object().field("m", row.name);
  if ((row.parts & kPartProtocol) != 0) {
    json.field("protocol", kGroupProtocol);
  }
  if ((row.parts & kPartGroup) != 0) {
    json.field("group", message.group);
  }
  if ((row.parts & kPartWho) != 0) {
    json.field("server", message.server).field("session", message.session);
  }
  if ((row.parts & kPartTicket) != 0) {
    json.field("ticket", message.ticket);
  }
  if ((row.parts & kPartVersion) != 0) {
    json.field("version", message.version);
  }
  if ((row.parts & kPartLegs) != 0) {
    json.key("legs");
    write_group_legs(json, message.legs);
  }
  if ((row.parts & kPartMembers) != 0) {
    write_members(json, message.members);
  }
  if ((row.parts & kPartWhy) != 0) {
    json.field("why", message.why);
  }
  json.end_object();
  return std::move(json).take();
}

Result<GroupMessage> parse_group_message(std::string_view line) {
  if (line.size() > kMostGroupLineBytes) {
    return fail(ErrorCode::kLimit, "a line is too long");
  }
  Limits limits;
  limits.json_depth = kMostMessageDepth;
  limits.json_nodes = kMostMessageNodes;
  MERLON_TRY(const Document document, parse_json(SourceText::copy_of("message", std::string(line)),
                                                 JsonDialect::kStrict, limits));
  const std::string name = document.string_or(document.find(document.root(), "m"), "");
  const auto* const row = std::ranges::find(kGroupWords, name, &GroupWordRow::name);
  if (row == kGroupWords.end()) {
    return fail(ErrorCode::kProtocol, "it is no message of a group");
  }
  GroupMessageReader reader(document);
  GroupMessage out;
  out.word = row->word;
  if ((row->parts & kPartProtocol) != 0 && reader.number("protocol") != kGroupProtocol) {
    reader.complain("protocol");
  }
  if ((row->parts & kPartGroup) != 0) {
    out.group = reader.text(document.root(), "group", kMostGroupNameBytes);
  }
  if ((row->parts & kPartWho) != 0) {
    out.server = reader.text(document.root(), "server", kMostGroupWordBytes);
    out.session = reader.text(document.root(), "session", kMostGroupWordBytes);
  }
  if ((row->parts & kPartTicket) != 0) {
    out.ticket = reader.number("ticket");
  }
  if ((row->parts & kPartVersion) != 0) {
    out.version = reader.number("version");
  }
  if ((row->parts & kPartLegs) != 0) {
    out.legs = reader.legs();
  }
  if ((row->parts & kPartMembers) != 0) {
    out.members = reader.members();
  }
  if ((row->parts & kPartWhy) != 0) {
    out.why = reader.text(document.root(), "why", kMostWhyBytes);
  }
  if (!reader.problem().empty()) {
    return fail(ErrorCode::kProtocol, "`", reader.problem(), "` of `", name,
                "` is not as it should be");
  }
  return out;
}

}  // namespace merlon
