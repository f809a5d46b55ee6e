#include "scan/baseline.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "report/summary.h"

namespace merlon {
namespace {

constexpr std::uint64_t kMaxBaselineBytes = 32ULL << 20;
constexpr std::string_view kVersionKey = "merlon_baseline";
constexpr std::string_view kKnownMalicious = "known-malicious";

/// Reads one file and keeps every problem.
class BaselineReader {
 public:
  explicit BaselineReader(const Document& doc) : doc_(doc) { baseline_.file = doc.source().name(); }

  Checked<Baseline> read() {
    read_root();
    if (errors_.empty()) {
      return std::move(baseline_);
    }
    std::stable_sort(errors_.begin(), errors_.end(), [](const Error& a, const Error& b) {
      return a.where.offset < b.where.offset;
    });
    return std::unexpected(std::move(errors_));
  }

 private:
  void read_root();
  bool read_version();
  void read_entry(NodeId node);
  void check_keys(NodeId object, std::initializer_list<std::string_view> known);
  std::string read_text(NodeId entry, std::string_view key);
  std::optional<Date> read_date(NodeId entry, std::string_view key, bool required);

  /// Names from the file may hold line breaks; a message is one line.
  Error& complain(NodeId node, ErrorCode code, const std::string& message) {
    errors_.push_back(Error{.code = code,
                            .message = escape_for_display(message),
                            .where = doc_.locate(node),
                            .hints = {}});
    return errors_.back();
  }
  Error& complain(NodeId node, const std::string& message) {
    return complain(node, ErrorCode::kBadConfig, message);
  }

  const Document& doc_;
  Baseline baseline_;
  std::vector<Error> errors_;
  std::set<std::pair<std::string, std::string>> seen_;  // (fingerprint, file)
};

void BaselineReader::check_keys(NodeId object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : doc_.members(object)) {
    const std::string name = doc_.text(key);
    if ((doc_.node(key).flags & kNodeDuplicate) != 0) {
      complain(key, "key `" + name + "` is given twice");
    } else if (std::find(known.begin(), known.end(), name) == known.end()) {
      Error& error = complain(key, "unknown key `" + shorten(name, 80) + "`");
      const std::string_view near = nearest(name, known);
      if (!near.empty()) {
        error.hints.push_back("did you mean `" + std::string(near) + "`?");
      }
    }
  }
}

void BaselineReader::read_root() {
  const NodeId root = doc_.root();
  if (!doc_.is(root, NodeKind::kObject)) {
    complain(root, ErrorCode::kFormat,
             "a baseline is an object with `merlon_baseline` and `entries`");
    return;
  }
  // Of a file that is something else, its other problems say nothing.
  if (!read_version()) {
    return;
  }
  check_keys(root, {kVersionKey, "entries"});
  const auto entries = doc_.find(root, "entries");
  if (!entries || !doc_.is(*entries, NodeKind::kArray)) {
    complain(entries.value_or(root), "`entries` must be a list");
    return;
  }
  for (const NodeId entry : doc_.elements(*entries)) {
    read_entry(entry);
  }
}

bool BaselineReader::read_version() {
  const auto version = doc_.find(doc_.root(), kVersionKey);
  if (!version) {
    complain(doc_.root(), ErrorCode::kFormat, "`merlon_baseline` is missing: not a baseline")
        .hints.push_back("`merlon scan --write-baseline FILE` writes one");
    return false;
  }
  if (doc_.raw(*version) != std::to_string(kBaselineVersion)) {
    complain(*version, ErrorCode::kUnsupported,
             "format version " + shorten(std::string(doc_.raw(*version)), 40) +
                 " is not known; this program reads version " + std::to_string(kBaselineVersion));
    return false;
  }
  return true;
}

std::string BaselineReader::read_text(NodeId entry, std::string_view key) {
  const std::string name(key);
  const auto value = doc_.find(entry, key);
  if (!value) {
    complain(entry, "`" + name + "` is missing");
    return {};
  }
  if (!doc_.is(*value, NodeKind::kString)) {
    complain(*value, "`" + name + "` must be a string");
    return {};
  }
  std::string text = doc_.text(*value);
  if (trim(text).empty()) {
    complain(*value, "`" + name + "` is empty");
  }
  return text;
}

std::optional<Date> BaselineReader::read_date(NodeId entry, std::string_view key, bool required) {
  const auto value = doc_.find(entry, key);
  if (!value && !required) {
    return std::nullopt;
  }
  const std::size_t before = errors_.size();
  const std::string text = read_text(entry, key);
  if (errors_.size() > before) {
    return std::nullopt;
  }
  const Result<Date> date = parse_date(text);
  if (date) {
    return *date;
  }
  complain(value.value_or(entry), "`" + std::string(key) + "`: " + date.error().message);
  return std::nullopt;
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void BaselineReader::read_entry(NodeId node) {
  if (!doc_.is(node, NodeKind::kObject)) {
    complain(node, "an entry must be an object");
    return;
  }
  check_keys(node, {"fingerprint", "rule", "file", "owner", "reason", "expires", "first_seen"});
  BaselineEntry entry;
  entry.fingerprint = read_text(node, "fingerprint");
  entry.rule = read_text(node, "rule");
  entry.file = read_text(node, "file");
  entry.owner = read_text(node, "owner");
  entry.reason = read_text(node, "reason");
  entry.expires = read_date(node, "expires", true).value_or(Date{});
  entry.first_seen = read_date(node, "first_seen", false);
  entry.where = doc_.locate(node);
  if (!entry.fingerprint.empty()) {
    const NodeId place = doc_.find(node, "fingerprint").value_or(node);
    if (!is_fingerprint(entry.fingerprint)) {
      complain(place, "`fingerprint` must be 32 lower-case hex digits");
    } else if (!seen_.emplace(entry.fingerprint, entry.file).second) {
      complain(place, "this fingerprint is listed twice for the same file");
    }
  }
  baseline_.entries.push_back(std::move(entry));
}

std::string_view without_dot(std::string_view path) {
  while (path.starts_with("./")) {
    path.remove_prefix(2);
  }
  return path;
}

bool is_path_end(std::string_view path, std::string_view end) {
  return path.size() > end.size() && path.ends_with(end) &&
         path[path.size() - end.size() - 1] == '/';
}

// The same file seen from two folders: `/builds/4711/a/SKILL.md` and `a/SKILL.md`, but not
// `b/SKILL.md`.
bool is_same_file(std::string_view a, std::string_view b) {
  a = without_dot(a);
  b = without_dot(b);
  return a == b || is_path_end(a, b) || is_path_end(b, a);
}

enum class EntryUse { kUnused, kUsed, kExpired, kRefused };

struct TrackedEntry {
  const BaselineEntry* entry{nullptr};
  EntryUse use{EntryUse::kUnused};
  std::string_view refusal;
};

void try_entry(const ScanReport& report, Finding& finding, TrackedEntry& tracked, Date today) {
  const BaselineEntry& entry = *tracked.entry;
  if (entry.rule != finding.rule_id || !is_same_file(entry.file, finding.where.file)) {
    return;
  }
  if (const std::string_view why = never_accepted(report, finding); !why.empty()) {
    tracked.use = EntryUse::kRefused;
    tracked.refusal = why;
  } else if (entry.expires < today) {
    tracked.use = EntryUse::kExpired;
  } else {
    tracked.use = EntryUse::kUsed;
    if (finding.suppression) {
      return;
    }
    finding.suppression = Suppression{.by = "baseline",
                                      .owner = entry.owner,
                                      .reason = entry.reason,
                                      .expires = to_string(entry.expires)};
  }
}

std::string describe_unused(const Baseline& baseline, const TrackedEntry& tracked, Date today) {
  const BaselineEntry& entry = *tracked.entry;
  std::string out = baseline.file + ":" + std::to_string(entry.where.line) + ": " + entry.rule +
                    " in " + entry.file + " (" + entry.owner + "): ";
  switch (tracked.use) {
    case EntryUse::kExpired: return out + "expired on " + to_string(entry.expires);
    case EntryUse::kRefused: return out + std::string(tracked.refusal);
    case EntryUse::kUnused:
    case EntryUse::kUsed: break;
  }
  out += "no such finding";
  if (entry.expires < today) {
    out += ", and expired on " + to_string(entry.expires);
  }
  return out;
}

using FirstDays =
    std::map<std::pair<std::string_view, std::string_view>, Date>;  // by (fingerprint, rule)

FirstDays first_days(const Baseline* previous) {
  FirstDays days;
  if (previous == nullptr) {
    return days;
  }
  for (const BaselineEntry& entry : previous->entries) {
    if (entry.first_seen) {
      days.emplace(FirstDays::key_type{entry.fingerprint, entry.rule}, *entry.first_seen);
    }
  }
  return days;
}

void write_entry(JsonWriter& json, const Finding& finding, const BaselineTerms& terms,
                 const FirstDays& days) {
  const bool kept = finding.suppression.has_value();
  const auto day = days.find({finding.fingerprint, finding.rule_id});
  json.begin_object().field("fingerprint", finding.fingerprint).field("rule", finding.rule_id);
  json.field("file", without_dot(finding.where.file));
  json.field("owner", kept ? finding.suppression->owner : terms.owner);
  json.field("reason", kept ? finding.suppression->reason : terms.reason);
  json.field("expires", kept ? finding.suppression->expires : to_string(terms.expires));
  json.field("first_seen", to_string(kept && day != days.end() ? day->second : terms.today));
  json.end_object();
}

}  // namespace

Checked<Baseline> parse_baseline(std::shared_ptr<const SourceText> source, const Limits& limits) {
  Result<Document> doc = parse_json(std::move(source), JsonDialect::kRelaxed, limits);
  if (!doc) {
    return std::unexpected(std::vector<Error>{std::move(doc).error()});
  }
  return BaselineReader(*doc).read();
}

Checked<Baseline> load_baseline(const FileSource& files, std::string_view path,
                                const Limits& limits) {
  auto source = files.read(path, kMaxBaselineBytes);
  if (!source) {
    return std::unexpected(std::vector<Error>{std::move(source).error()});
  }
  return parse_baseline(*std::move(source), limits);
}

std::string_view never_accepted(const ScanReport& report, const Finding& finding) {
  const Rule* rule = find_rule(report, finding.rule_id);
  if (finding.secret || (rule != nullptr && rule->secret)) {
    return "a secret cannot be accepted: revoke it and take it out of the file";
  }
  if (finding.rule_id.starts_with(kKnownMalicious) ||
      (rule != nullptr && rule->category == kKnownMalicious)) {
    return "what is known to be malicious cannot be accepted";
  }
  return {};
}

void apply_baseline(ScanReport& report, const Baseline& baseline, Date today) {
  std::vector<TrackedEntry> tracked;
  std::multimap<std::string_view, std::size_t> by_fingerprint;
  for (const BaselineEntry& entry : baseline.entries) {
    by_fingerprint.emplace(entry.fingerprint, tracked.size());
    tracked.push_back({.entry = &entry});
  }
  for (Finding& finding : report.findings) {
    const auto [first, last] = by_fingerprint.equal_range(finding.fingerprint);
    for (auto it = first; it != last; ++it) {
      try_entry(report, finding, tracked[it->second], today);
    }
  }
  for (const TrackedEntry& entry : tracked) {
    if (entry.use != EntryUse::kUsed) {
      report.unused_baseline.push_back(describe_unused(baseline, entry, today));
    }
  }
}

WrittenBaseline write_baseline(const ScanReport& report, const BaselineTerms& terms) {
  WrittenBaseline out;
  std::map<std::pair<std::string, std::string>, const Finding*> accepted;  // (file, fingerprint)
  std::vector<const Finding*> order;
  for (const Finding& finding : report.findings) {
    const bool by_config = finding.suppression && finding.suppression->by != "baseline";
    if (by_config || finding.fingerprint.empty()) {
      continue;
    }
    if (!never_accepted(report, finding).empty()) {
      ++out.refused;
    } else {
      accepted.emplace(std::pair{finding.where.file, finding.fingerprint}, &finding);
    }
  }
  order.reserve(accepted.size());
  for (const auto& [key, finding] : accepted) {
    order.push_back(finding);
  }
  std::stable_sort(order.begin(), order.end(), [](const Finding* a, const Finding* b) {
    return std::pair(without_dot(a->where.file), std::string_view(a->rule_id)) <
           std::pair(without_dot(b->where.file), std::string_view(b->rule_id));
  });
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object().field(kVersionKey, kBaselineVersion).key("entries").begin_array();
  const FirstDays days = first_days(terms.previous);
  for (const Finding* finding : order) {
    write_entry(json, *finding, terms, days);
  }
  json.end_array().end_object();
  out.entries = order.size();
  out.text = std::move(json).take() + "\n";
  return out;
}

}  // namespace merlon
