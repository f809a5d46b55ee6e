#include "rules/rule_loader.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "base/toml/toml_reader.h"
#include "rules/check.h"
#include "rules/rule_loader_fields.h"
#include "rules/rule_loader_match.h"
#include "rules/rule_loader_taxonomy.h"
#include "rules/rule_variants.h"

namespace merlon {
namespace {

constexpr std::uint64_t kRuleFormat = 1;
constexpr std::size_t kMaxId = 64;
constexpr std::uint64_t kMaxScore = 100;

constexpr std::array<std::string_view, 18> kRuleKeys{
    "format", "id",       "title",      "message",     "severity", "tier",
    "score",  "surfaces", "taxonomies", "description", "remedy",   "references",
    "secret", "check",    "match",      "bad",         "good",     "skip_variants"};
constexpr std::array<std::string_view, 4> kExampleKeys{"surface", "text", "file", "manifest"};

bool is_kebab_case(std::string_view id) {
  bool after_hyphen = true;
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter && (c != '-' || after_hyphen)) {
      return false;
    }
    after_hyphen = c == '-';
  }
  return !after_hyphen && id.size() <= kMaxId;
}

std::string_view stem_of(std::string_view path) {
  path = path.substr(path.find_last_of('/') + 1);
  return path.ends_with(".toml") ? path.substr(0, path.size() - 5) : path;
}

/// Reads one file; all that is wrong with it is in the FieldReader.
class RuleReader {
 public:
  RuleReader(const Document& document, std::string_view category)
      : fields_(document), root_(document.root()) {
    rule_.category = category;
  }

  Checked<Rule> read() {
    fields_.check_keys(root_, kRuleKeys);
    read_format();
    read_id();
    read_texts();
    read_weight();
    read_surfaces();
    read_taxonomies();
    read_references();
    read_skipped_variants();
    rule_.secret = fields_.boolean(root_, "secret").value_or(false);
    read_what();
    read_examples("bad", rule_.bad);
    read_examples("good", rule_.good);
    if (fields_.has_errors()) {
      return std::unexpected(std::move(fields_).take_errors());
    }
    return std::move(rule_);
  }

 private:
  void read_format() {
    const auto format = fields_.number(root_, "format");
    const auto node = fields_.field(root_, "format");
    if (!node) {
      fields_.complain_missing(root_, "`format` is missing")
          .hints.emplace_back("begin the file with `format = 1`");
    } else if (format && *format != kRuleFormat) {
      fields_.complain(*node, "`format` must be 1, the only one that this merlon knows");
    }
  }

  std::string required(std::string_view name) {
    const auto text = fields_.string(root_, name);
    if (!fields_.field(root_, name)) {
      fields_.complain_missing(root_, "`", name, "` is missing");
    } else if (text && trim(*text).empty()) {
      fields_.complain_field(root_, name, "`", name, "` is empty");
    }
    return text ? std::string(trim(*text)) : std::string();
  }

  void one_line(std::string_view name, const std::string& text) {
    if (text.find('\n') != std::string::npos) {
      fields_.complain_field(root_, name, "`", name, "` must be one line");
    }
  }

  void read_id() {
    rule_.id = required("id");
    if (rule_.id.empty()) {
      return;
    }
    const NodeId node = fields_.field(root_, "id").value_or(root_);
    const std::string_view stem = stem_of(fields_.document().source().name());
    if (!is_kebab_case(rule_.id)) {
      fields_.complain(node, "id `", rule_.id, "` must be lower-case words with hyphens, at most ",
                       std::to_string(kMaxId), " bytes");
    } else if (rule_.id != stem) {
      fields_.complain(node, "id `", rule_.id, "` differs from the file's name")
          .hints.push_back("call the file `" + rule_.id + ".toml`, or the rule `" +
                           std::string(stem) + "`");
    }
  }

  void read_texts() {
    rule_.title = required("title");
    one_line("title", rule_.title);
    rule_.message = fields_.string(root_, "message").value_or("");
    one_line("message", rule_.message);
    rule_.description = required("description");
    rule_.remedy = required("remedy");
  }

  void read_weight() {
    if (const std::string word = required("severity"); !word.empty()) {
      if (const auto severity = parse_severity(word)) {
        rule_.severity = *severity;
      } else {
        FieldReader::suggest(
            fields_.complain_field(root_, "severity", "unknown severity `", word, "`"), word,
            {"info", "low", "medium", "high", "critical"});
      }
    }
    if (const std::string word = required("tier"); !word.empty()) {
      if (const auto tier = parse_tier(word)) {
        rule_.tier = *tier;
        read_score();
      } else {
        FieldReader::suggest(fields_.complain_field(root_, "tier", "unknown tier `", word, "`"),
                             word, {"hard", "soft"});
      }
    }
  }

  void read_score() {
    const auto score = fields_.number(root_, "score");
    const auto node = fields_.field(root_, "score");
    if (rule_.tier == Tier::kHard) {
      if (node) {
        fields_.complain(*node, "a hard rule is enough alone and has no `score`");
      }
    } else if (!node) {
      fields_.complain_field(root_, "tier", "a soft rule needs a `score` from 1 to 100");
    } else if (score && (*score == 0 || *score > kMaxScore)) {
      fields_.complain(*node, "`score` must be from 1 to 100");
    } else if (score) {
      rule_.score = static_cast<std::uint16_t>(*score);
    }
  }

  void read_surfaces() {
    if (!fields_.field(root_, "surfaces")) {
      fields_.complain_missing(root_, "`surfaces` is missing");
      return;
    }
    for (const NodeId element : fields_.strings(root_, "surfaces")) {
      const std::string word = fields_.document().text(element);
      if (const auto set = parse_surface_set(word)) {
        rule_.surfaces |= *set;
        continue;
      }
      FieldReader::suggest(fields_.complain(element, "unknown surface `", word, "`"), word,
                           surface_words());
    }
    if (rule_.surfaces == 0 && !fields_.has_errors()) {
      fields_.complain_field(root_, "surfaces", "`surfaces` must name at least one");
    }
  }

  static std::vector<std::string_view> surface_words() {
    std::vector<std::string_view> words;
    for (const SurfaceGroup& group : surface_groups()) {
      words.push_back(group.name);
    }
    append_surface_names(words);
    return words;
  }

  static void append_surface_names(std::vector<std::string_view>& words) {
    constexpr auto kCount = static_cast<std::size_t>(Surface::kCount);
    words.reserve(words.size() + kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
      words.push_back(to_string(static_cast<Surface>(i)));
    }
  }

  void read_taxonomies() {
    if (!fields_.field(root_, "taxonomies")) {
      fields_.complain_missing(root_, "`taxonomies` is missing");
    }
    for (const NodeId element : fields_.strings(root_, "taxonomies")) {
      std::string id = fields_.document().text(element);
      if (const auto problem = find_taxonomy_problem(id)) {
        fields_.complain(element, "unknown taxonomy id `", id, "`").hints.push_back(*problem);
      }
      rule_.taxonomies.push_back(std::move(id));
    }
  }

  void read_references() {
    for (const NodeId element : fields_.strings(root_, "references")) {
      std::string url = fields_.document().text(element);
      if (!url.starts_with("https://") && !url.starts_with("http://")) {
        fields_.complain(element, "a reference must be a URL");
      }
      rule_.references.push_back(std::move(url));
    }
  }

  void read_skipped_variants() {
    for (const NodeId element : fields_.strings(root_, "skip_variants")) {
      std::string name = fields_.document().text(element);
      if (find_evasion_variant(name) == nullptr) {
        fields_.complain(element, "there is no variant `", name, "`");
      }
      rule_.skip_variants.push_back(std::move(name));
    }
  }

  void read_what() {
    const auto match = fields_.field(root_, "match");
    const auto check = fields_.field(root_, "check");
    if (match && check) {
      fields_.complain(*check, "a rule has either `check` or `[match]`");
    } else if (match) {
      read_match(fields_, *match, rule_);
    } else if (check) {
      read_check(*check);
    } else {
      fields_.complain_missing(root_, "`[match]` is missing");
    }
  }

  void read_check(NodeId node) {
    rule_.check = fields_.string(root_, "check").value_or("");
    std::vector<std::string_view> names;
    for (const CheckKind& kind : check_kinds()) {
      names.push_back(kind.name);
    }
    if (!rule_.check.empty() && std::find(names.begin(), names.end(), rule_.check) == names.end()) {
      FieldReader::suggest(fields_.complain(node, "no check is called `", rule_.check, "`"),
                           rule_.check, names);
    }
  }

  void read_examples(std::string_view name, std::vector<RuleExample>& out) {
    const auto field = fields_.field(root_, name);
    const std::vector<NodeId> tables = fields_.tables(root_, name);
    if (!field || (tables.empty() && fields_.document().is(*field, NodeKind::kArray))) {
      fields_.complain_missing(root_, "the rule has no `[[", name, "]]` example")
          .hints.push_back(
              "examples are the rule's tests: at least one bad that fires it, and one good that "
              "does not");
    }
    for (const NodeId table : tables) {
      fields_.check_keys(table, kExampleKeys);
      out.push_back(read_example(table, name));
    }
  }

  RuleExample read_example(NodeId table, std::string_view kind) {
    RuleExample example;
    const auto text = fields_.string(table, "text");
    const auto manifest = fields_.string(table, "manifest");
    if (fields_.field(table, "text").has_value() == fields_.field(table, "manifest").has_value()) {
      fields_.complain(table,
                       "an example has either `text` with `surface` or `manifest` with `file`");
      return example;
    }
    if (fields_.field(table, "manifest")) {
      example.manifest = true;
      example.text = manifest.value_or("");
      example.file = fields_.string(table, "file").value_or("");
      if (!fields_.field(table, "file")) {
        fields_.complain(table, "an example with `manifest` needs `file`");
      }
      if (const auto surface = fields_.field(table, "surface")) {
        fields_.complain(*surface, "an example with `manifest` has no `surface`");
      }
      return example;
    }
    example.text = text.value_or("");
    if (!rule_.check.empty()) {
      fields_.complain(table,
                       "the examples of a coded check are whole files: `file` and `manifest`");
    }
    read_example_surface(table, kind, example);
    return example;
  }

  void read_example_surface(NodeId table, std::string_view kind, RuleExample& example) {
    const auto word = fields_.string(table, "surface");
    const auto node = fields_.field(table, "surface");
    if (!node) {
      fields_.complain(table, "an example with `text` needs `surface`");
      return;
    }
    if (!word) {
      return;
    }
    const auto surface = parse_surface(*word);
    if (!surface) {
      std::vector<std::string_view> words;
      append_surface_names(words);
      FieldReader::suggest(fields_.complain(*node, "unknown surface `", *word, "`"), *word, words);
      return;
    }
    example.surface = *surface;
    // A good example may show that the rule keeps away from a surface.
    if (kind == "bad" && rule_.surfaces != 0 && (rule_.surfaces & surface_bit(*surface)) == 0) {
      fields_.complain(*node, "the rule does not look at `", *word, "`");
    }
  }

  FieldReader fields_;
  NodeId root_;
  Rule rule_;
};

/// Collects the files of a pack folder.
class RuleFolder {
 public:
  RuleFolder(const FileSource& files, const Limits& limits) : files_(files), limits_(limits) {}

  void walk(const std::string& folder, std::string_view category, std::uint32_t depth) {
    if (depth > limits_.walk_depth) {
      errors_.push_back(make_error(ErrorCode::kLimit, "`", folder, "` is nested too deeply"));
      return;
    }
    auto entries = files_.list(folder);
    if (!entries) {
      errors_.push_back(std::move(entries).error());
      return;
    }
    for (const DirectoryEntry& entry : *entries) {
      const std::string path = folder + "/" + entry.name;
      if (entry.kind == FileKind::kDirectory) {
        walk(path, depth == 0 ? std::string_view(entry.name) : category, depth + 1);
      } else if (entry.name.ends_with(".toml") && (depth != 0 || entry.name != "pack.toml")) {
        load(path, category);
      }
    }
  }

  Checked<std::vector<Rule>> finish() && {
    if (!errors_.empty()) {
      return std::unexpected(std::move(errors_));
    }
    std::sort(rules_.begin(), rules_.end(),
              [](const Rule& a, const Rule& b) { return a.id < b.id; });
    return std::move(rules_);
  }

 private:
  void load(const std::string& path, std::string_view category) {
    if (++count_ > limits_.walk_files) {
      if (count_ == limits_.walk_files + 1U) {
        errors_.push_back(make_error(ErrorCode::kLimit, "too many rule files"));
      }
      return;
    }
    auto source = files_.read(path, limits_.toml_bytes);
    if (!source) {
      errors_.push_back(std::move(source).error());
      return;
    }
    auto rule = parse_rule(*source, category, limits_);
    if (!rule) {
      for (Error& error : rule.error()) {
        errors_.push_back(std::move(error));
      }
      return;
    }
    const auto [known, added] = file_of_.emplace(rule->id, path);
    if (!added) {
      Error error = make_error(ErrorCode::kBadRule, "rule `", rule->id, "` is in `", known->second,
                               "` already");
      error.where = (*source)->locate(0, 0);
      errors_.push_back(std::move(error));
      return;
    }
    rules_.push_back(*std::move(rule));
  }

  const FileSource& files_;
  const Limits& limits_;
  std::uint64_t count_{0};
  std::vector<Rule> rules_;
  std::vector<Error> errors_;
  std::map<std::string, std::string> file_of_;
};

}  // namespace

Checked<Rule> parse_rule(const std::shared_ptr<const SourceText>& source, std::string_view category,
                         const Limits& limits) {
  auto document = parse_toml(source, limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{std::move(document).error()});
  }
  return RuleReader(*document, category).read();
}

Checked<std::vector<Rule>> load_rules(const FileSource& files, std::string_view folder,
                                      const Limits& limits) {
  std::string path(folder);
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  RuleFolder reader(files, limits);
  reader.walk(path, "custom", 0);
  return std::move(reader).finish();
}

Checked<RulePackInfo> load_pack_info(const FileSource& files, std::string_view folder,
                                     const Limits& limits) {
  auto source = files.read(std::string(folder) + "/pack.toml", limits.toml_bytes);
  if (!source) {
    return std::unexpected(std::vector<Error>{std::move(source).error()});
  }
  auto document = parse_toml(*source, limits);
  if (!document) {
    return std::unexpected(std::vector<Error>{std::move(document).error()});
  }
  constexpr std::array<std::string_view, 3> kPackKeys{"format", "name", "version"};
  FieldReader fields(*document);
  fields.check_keys(document->root(), kPackKeys);
  RulePackInfo info;
  for (const auto& [name, target] :
       {std::pair{"name", &info.name}, std::pair{"version", &info.version}}) {
    const auto text = fields.string(document->root(), name);
    if (!text || trim(*text).empty()) {
      fields.complain_missing(document->root(), "`", name, "` is missing");
    }
    *target = text.value_or("");
  }
  if (fields.number(document->root(), "format") != kRuleFormat) {
    fields.complain_missing(document->root(), "`format` must be 1");
  }
  if (fields.has_errors()) {
    return std::unexpected(std::move(fields).take_errors());
  }
  return info;
}

}  // namespace merlon
