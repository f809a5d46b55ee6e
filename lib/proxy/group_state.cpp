#include "proxy/group_state.h"

#include <algorithm>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 3> kLegWords{"untrusted", "sensitive", "outside"};
constexpr std::uint64_t kGroupFormat = 1;
constexpr std::uint32_t kMostGroupDepth = 4;
constexpr std::uint64_t kMostGroupNodes = 256;

constexpr std::array<std::string_view, 6> kGroupKeys{
    "merlon_group", "name", "version", "used_ms", "time_to_live_ms", "legs"};
constexpr std::array<std::string_view, 4> kWitnessKeys{"server", "tool", "reference", "time_ms"};

/// Every key known, none twice.
Status check_group_keys(const Document& document, NodeId object,
                        std::span<const std::string_view> known) {
  for (const auto& [key, value] : document.members(object)) {
    const std::string name = document.text(key);
    if (std::ranges::find(known, name) == known.end() ||
        (document.node(key).flags & kNodeDuplicate) != 0) {
      return fail(ErrorCode::kFormat, "`", escape_for_display(shorten(name, 64)),
                  "` does not belong there");
    }
  }
  return {};
}

Result<std::uint64_t> group_number(const Document& document, NodeId object, std::string_view key) {
  const auto node = document.find(object, key, NodeKind::kNumber);
  // Below 2^62, so that sums of times do not overflow.
  constexpr std::uint64_t kMost = 1ULL << 62U;
  const auto value = node ? parse_unsigned(document.raw(*node)) : std::nullopt;
  if (!value || *value > kMost) {
    return fail(ErrorCode::kFormat, "`", key, "` is no number that it can be");
  }
  return *value;
}

Result<std::string> group_word(const Document& document, NodeId object, std::string_view key) {
  const auto node = document.find(object, key, NodeKind::kString);
  if (!node) {
    return fail(ErrorCode::kFormat, "`", key, "` is missing");
  }
  std::string word = document.text(*node);
  if (word.size() > kMostGroupWordBytes) {
    return fail(ErrorCode::kLimit, "`", key, "` is too long");
  }
  return word;
}

Result<GroupWitness> parse_witness(const Document& document, NodeId object) {
  MERLON_CHECK(check_group_keys(document, object, kWitnessKeys));
  GroupWitness out;
  MERLON_TRY(out.server, group_word(document, object, "server"));
  MERLON_TRY(out.tool, group_word(document, object, "tool"));
  MERLON_TRY(out.reference, group_word(document, object, "reference"));
  MERLON_TRY(const std::uint64_t time, group_number(document, object, "time_ms"));
  out.time_ms = static_cast<std::int64_t>(time);
  return out;
}

}  // namespace

std::uint8_t leg_bits(const GroupLegs& legs) {
  std::uint8_t bits = 0;
  for (std::size_t leg = 0; leg < legs.size(); ++leg) {
    bits = static_cast<std::uint8_t>(bits | (legs[leg] ? 1U << leg : 0U));
  }
  return bits;
}

std::string_view leg_word(std::size_t leg) {
  return leg < kLegWords.size() ? kLegWords[leg] : std::string_view();
}

bool is_over(const GroupState& state, std::int64_t now_ms) {
  return state.members.empty() && now_ms - state.used_ms > state.time_to_live_ms;
}

bool add_legs(GroupState& state, const GroupLegs& legs) {
  bool changed = false;
  for (std::size_t leg = 0; leg < legs.size(); ++leg) {
    if (legs[leg] && !state.legs[leg]) {
      state.legs[leg] = legs[leg];
      changed = true;
    }
  }
  state.version += changed ? 1U : 0U;
  return changed;
}

bool reserve_legs(GroupState& state, const LegReservation& reservation) {
  if (reservation.base != state.version && state.doubt.empty()) {
    return false;
  }
  add_legs(state, reservation.legs);
  return true;
}

void write_group_legs(JsonWriter& json, const GroupLegs& legs) {
  json.begin_object();
  for (std::size_t leg = 0; leg < legs.size(); ++leg) {
    if (const auto& witness = legs[leg]) {
      json.key(leg_word(leg)).begin_object();
      json.field("server", witness->server).field("tool", witness->tool);
      json.field("reference", witness->reference);
      json.key("time_ms").number(witness->time_ms).end_object();
    }
  }
  json.end_object();
}

Result<GroupLegs> read_group_legs(const Document& document, NodeId object) {
  if (!document.is(object, NodeKind::kObject)) {
    return fail(ErrorCode::kFormat, "`legs` is missing");
  }
  MERLON_CHECK(check_group_keys(document, object, kLegWords));
  GroupLegs out;
  for (std::size_t leg = 0; leg < out.size(); ++leg) {
    if (const auto node = document.find(object, leg_word(leg))) {
      if (!document.is(*node, NodeKind::kObject)) {
        return fail(ErrorCode::kFormat, "`", leg_word(leg), "` is no object");
      }
      MERLON_TRY(out[leg], parse_witness(document, *node));
    }
  }
  return out;
}

std::string group_json(const GroupState& state) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object().field("merlon_group", kGroupFormat).field("name", state.name);
  json.field("version", state.version);
  json.key("used_ms").number(state.used_ms);
  json.key("time_to_live_ms").number(state.time_to_live_ms);
  json.key("legs");
  write_group_legs(json, state.legs);
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<GroupState> parse_group(std::string_view bytes, std::string_view name) {
  if (bytes.size() > kMostGroupFileBytes) {
    return fail(ErrorCode::kLimit, "it has more than ", std::to_string(kMostGroupFileBytes),
                " bytes");
  }
  Limits limits;
  limits.json_depth = kMostGroupDepth;
  limits.json_nodes = kMostGroupNodes;
  MERLON_TRY(const Document document, parse_json(SourceText::copy_of("group", std::string(bytes)),
                                                 JsonDialect::kStrict, limits));
  if (!document.is(document.root(), NodeKind::kObject)) {
    return fail(ErrorCode::kFormat, "it is no object");
  }
  MERLON_CHECK(check_group_keys(document, document.root(), kGroupKeys));
  MERLON_TRY(const auto format, group_number(document, document.root(), "merlon_group"));
  if (format != kGroupFormat) {
    return fail(ErrorCode::kFormat, "it is of format ", std::to_string(format));
  }
  GroupState out;
  MERLON_TRY(out.name, group_word(document, document.root(), "name"));
  if (out.name != name) {
    return fail(ErrorCode::kFormat, "it is of another group");
  }
  MERLON_TRY(out.version, group_number(document, document.root(), "version"));
  MERLON_TRY(const auto used, group_number(document, document.root(), "used_ms"));
  MERLON_TRY(const auto life, group_number(document, document.root(), "time_to_live_ms"));
  out.used_ms = static_cast<std::int64_t>(used);
  out.time_to_live_ms = static_cast<std::int64_t>(life);
  MERLON_TRY(out.legs,
             read_group_legs(document, document.find(document.root(), "legs").value_or(kNoNode)));
  return out;
}

Status check_group_name(std::string_view name) {
  const bool plain = std::ranges::none_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (name.empty() || name.size() > kMostGroupNameBytes || !plain || find_invalid_utf8(name)) {
    return fail(ErrorCode::kUsage, "`", escape_for_display(shorten(name, 64)),
                "` cannot be the name of a group: 1 to ", std::to_string(kMostGroupNameBytes),
                " bytes of text without control characters");
  }
  return {};
}

}  // namespace merlon
