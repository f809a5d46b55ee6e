#include "capture/differences.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/digest/digest.h"
#include "base/document.h"
#include "base/json/json_reader.h"
#include "base/source_text.h"

namespace merlon {
namespace {

std::optional<Document> parse(std::string_view json, const Limits& limits) {
  auto document =
      parse_json(SourceText::copy_of("", std::string(json)), JsonDialect::kStrict, limits);
  if (!document) {
    return std::nullopt;
  }
  return *std::move(document);
}

void append(std::string& text, const Sha256& digest) {
  text.append(digest.begin(), digest.end());  // bytes as characters
}

// Everything that makes a value what it is, with the digests of what it holds. Members of an object
// in the order of their digests: their own order says nothing.
std::string content_of(const Document& document, NodeId id, const std::vector<Sha256>& digests) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(document.kind(id))));
  std::vector<Sha256> members;
  switch (document.kind(id)) {
    case NodeKind::kArray:
      for (const NodeId element : document.elements(id)) {
        append(text, digests[element]);
      }
      break;
    case NodeKind::kObject:
      for (const auto& [key, value] : document.members(id)) {
        members.push_back(digests[key]);
      }
      std::sort(members.begin(), members.end());
      for (const Sha256& member : members) {
        append(text, member);
      }
      break;
    case NodeKind::kKey:
      append(text, sha256(document.text(id)));
      append(text, digests[id + 1]);
      break;
    case NodeKind::kNull:
    case NodeKind::kBool:
    case NodeKind::kNumber:
    case NodeKind::kString: text.append(document.text(id)); break;
  }
  return text;
}

// A digest for each node, equal for values that are equal but for blanks, escapes and the order of
// members. Children stand after their container in the tape, so one pass from the end meets them
// first.
std::vector<Sha256> value_digests(const Document& document) {
  std::vector<Sha256> digests(document.size());
  for (NodeId id = document.size(); id-- > 0;) {
    digests[id] = sha256(content_of(document, id, digests));
  }
  return digests;
}

using MemberDigests = std::vector<std::pair<std::string, Sha256>>;  // sorted

MemberDigests member_digests(const Document& document) {
  const std::vector<Sha256> digests = value_digests(document);
  MemberDigests out;
  for (const auto& [key, value] : document.members(document.root())) {
    out.emplace_back(document.text(key), digests[value]);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Names of the members that differ; nothing when the values are equal. A value that is no object
// has the name "".
std::vector<std::string> changed_members(const std::string& a, const std::string& b,
                                         const Limits& limits) {
  if (a == b) {
    return {};
  }
  const auto first = parse(a, limits);
  const auto second = parse(b, limits);
  if (!first || !second) {
    return {""};
  }
  if (!first->is(0, NodeKind::kObject) || !second->is(0, NodeKind::kObject)) {
    if (value_digests(*first).front() == value_digests(*second).front()) {
      return {};
    }
    return {""};
  }
  const MemberDigests left = member_digests(*first);
  const MemberDigests right = member_digests(*second);
  MemberDigests odd;
  std::set_symmetric_difference(left.begin(), left.end(), right.begin(), right.end(),
                                std::back_inserter(odd));
  std::set<std::string> names;
  for (const auto& [name, digest] : odd) {
    names.insert(name);
  }
  return {names.begin(), names.end()};
}

// The first of each name; definitions that a server lists twice are a matter for scan.
std::map<std::string, const Definition*> by_name(const std::vector<Definition>& definitions) {
  std::map<std::string, const Definition*> out;
  for (const Definition& definition : definitions) {
    out.try_emplace(definition.name, &definition);
  }
  return out;
}

void compare_list(const EraSurface& a, const EraSurface& b, const ListInfo& list,
                  const Limits& limits, std::vector<SurfaceDifference>& out) {
  using Kind = SurfaceDifference::Kind;
  const auto left = by_name(a.list(list.kind));
  const auto right = by_name(b.list(list.kind));
  const std::string name_of_list(list.name);
  for (const auto& [name, definition] : left) {
    const auto other = right.find(name);
    if (other == right.end()) {
      out.push_back(
          {.list = name_of_list, .name = name, .kind = Kind::kOnlyIn, .era = a.era, .members = {}});
      continue;
    }
    auto members = changed_members(definition->raw, other->second->raw, limits);
    if (!members.empty()) {
      out.push_back({.list = name_of_list,
                     .name = name,
                     .kind = Kind::kChanged,
                     .era = a.era,
                     .members = std::move(members)});
    }
  }
  for (const auto& [name, definition] : right) {
    if (!left.contains(name)) {
      out.push_back(
          {.list = name_of_list, .name = name, .kind = Kind::kOnlyIn, .era = b.era, .members = {}});
    }
  }
}

}  // namespace

std::vector<SurfaceDifference> find_differences(const std::vector<EraSurface>& eras,
                                                const Limits& limits) {
  std::vector<SurfaceDifference> out;
  if (eras.size() < 2) {
    return out;
  }
  for (const ListInfo& list : list_infos()) {
    compare_list(eras[0], eras[1], list, limits, out);
  }
  const std::string none = "null";
  const std::string& left = eras[0].instructions.empty() ? none : eras[0].instructions;
  const std::string& right = eras[1].instructions.empty() ? none : eras[1].instructions;
  if (!changed_members(left, right, limits).empty()) {
    out.push_back({.list = "server",
                   .name = "instructions",
                   .kind = SurfaceDifference::Kind::kChanged,
                   .era = eras[0].era,
                   .members = {}});
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace merlon
