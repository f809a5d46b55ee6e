#include "rules/rule_pack_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "rules/rule_loader.h"
#include "rules/signed_payload_text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPackFiles = 10'000;

std::unexpected<Error> bad_rule_pack(const Document& document, NodeId node, std::string_view why) {
  Error error = make_error(ErrorCode::kFormat, why);
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

/// `category/id.toml`, in plain letters; nothing is ever written to such a path, but it is shown.
bool is_pack_path(std::string_view path) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!path.ends_with(".toml") || path.size() > 200) {
    return false;
  }
  const std::string_view stem = path.substr(0, path.size() - 5);
  const std::size_t slash = stem.find('/');
  const std::string_view folder = slash == std::string_view::npos ? "x" : stem.substr(0, slash);
  const std::string_view name = slash == std::string_view::npos ? stem : stem.substr(slash + 1);
  return !folder.empty() && !name.empty() && std::ranges::all_of(folder, plain) &&
         std::ranges::all_of(name, plain);
}

std::string_view category_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? "custom" : path.substr(0, slash);
}

Status check_members(const Document& document, NodeId object,
                     std::span<const std::string_view> known) {
  for (const auto& [key, value] : document.members(object)) {
    if (std::ranges::find(known, document.text(key)) == known.end()) {
      return bad_rule_pack(document, key, "unknown member `" + document.text(key) + "`");
    }
  }
  return {};
}

Result<PackFile> read_pack_file(const Document& document, NodeId node) {
  constexpr std::array<std::string_view, 2> kKnown{"path", "text"};
  MERLON_CHECK(check_members(document, node, kKnown));
  const auto path = document.find(node, "path", NodeKind::kString);
  const auto text = document.find(node, "text", NodeKind::kString);
  if (!path || !text) {
    return bad_rule_pack(document, node, "a file needs `path` and `text`");
  }
  if (!is_pack_path(document.text(*path))) {
    return bad_rule_pack(document, *path, "`path` must be `category/id.toml`");
  }
  return PackFile{.path = document.text(*path), .text = document.text(*text)};
}

/// Reads the rule files of a folder into `files`, within the bounds of a pack.
class PackCollector {
 public:
  PackCollector(const FileSource& source, std::string_view folder, const Limits& limits)
      : source_(source), folder_(folder), limits_(limits) {}

  /// Rule files of `below`, which ends in a slash or is empty; answers with the folders there.
  Result<std::vector<std::string>> add_folder(const std::string& below) {
    const std::string path = folder_ + "/" + below;
    MERLON_TRY(const auto entries, source_.list(path.substr(0, path.size() - 1)));
    std::vector<std::string> folders;
    for (const DirectoryEntry& entry : entries) {
      const bool is_rule = entry.kind == FileKind::kRegular && entry.name.ends_with(".toml");
      if (is_rule && !(below.empty() && entry.name == "pack.toml")) {
        MERLON_CHECK(add_file(below + entry.name));
      } else if (entry.kind == FileKind::kDirectory) {
        folders.push_back(entry.name + "/");
      }
    }
    return folders;
  }

  std::vector<PackFile> take() && {
    std::ranges::sort(files_, {}, &PackFile::path);
    return std::move(files_);
  }

 private:
  Status add_file(const std::string& relative) {
    MERLON_TRY(const auto text, source_.read(folder_ + "/" + relative, limits_.toml_bytes));
    total_ += text->bytes().size();
    if (total_ > limits_.file_bytes || files_.size() == kMostPackFiles) {
      return fail(ErrorCode::kLimit, "`", folder_, "` has too many rules for one pack");
    }
    if (!is_pack_path(relative)) {
      Error error = make_error(ErrorCode::kFormat, "`", relative, "` is no path of a rule pack");
      error.hints.emplace_back("rules of a pack are `category/id.toml`, in lower case");
      return std::unexpected(std::move(error));
    }
    files_.push_back({.path = relative, .text = std::string(text->bytes())});
    return {};
  }

  const FileSource& source_;
  std::string folder_;
  const Limits& limits_;
  std::uint64_t total_{0};
  std::vector<PackFile> files_;
};

}  // namespace

Result<RulePackFile> read_rule_pack(const SignedPayload& payload) {
  constexpr std::array<std::string_view, 8> kKnown{"merlon_rule_pack", "name",    "version",
                                                   "minimum_engine",   "created", "expires",
                                                   "built_in",         "files"};
  const Document& document = payload.document;
  if (payload.kind != SignedFileKind::kRulePack) {
    return fail(ErrorCode::kFormat, "this is no rule pack");
  }
  MERLON_CHECK(check_members(document, document.root(), kKnown));
  RulePackFile pack{.head = payload.head};
  const std::string built_in = document.string_or(document.find(document.root(), "built_in"), "");
  if (built_in != "keep" && built_in != "replace") {
    return bad_rule_pack(document, document.find(document.root(), "built_in").value_or(0),
                         "`built_in` must be `keep` or `replace`");
  }
  pack.built_in = built_in == "keep" ? BuiltInRules::kKeep : BuiltInRules::kReplace;
  const auto list = document.find(document.root(), "files", NodeKind::kArray);
  if (!list) {
    return bad_rule_pack(document, document.root(), "`files` must be an array");
  }
  for (const NodeId node : document.elements(*list)) {
    MERLON_TRY(PackFile file, read_pack_file(document, node));
    if (!pack.files.empty() && pack.files.back().path >= file.path) {
      return bad_rule_pack(document, node, "the files are not sorted by path, or one stands twice");
    }
    if (pack.files.size() == kMostPackFiles) {
      return fail(ErrorCode::kLimit, "the pack has more than ", std::to_string(kMostPackFiles),
                  " files");
    }
    pack.files.push_back(std::move(file));
  }
  return pack;
}

std::string rule_pack_text(const RulePackFile& pack) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_object();
  write_signed_head(json, SignedFileKind::kRulePack, pack.head);
  json.field("built_in", pack.built_in == BuiltInRules::kKeep ? "keep" : "replace");
  json.key("files").begin_array();
  for (const PackFile& file : pack.files) {
    json.begin_object();
    json.field("path", file.path).field("text", file.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

Checked<std::vector<Rule>> load_pack_rules(const RulePackFile& pack, const Limits& limits) {
  std::vector<Rule> rules;
  std::vector<Error> errors;
  for (const PackFile& file : pack.files) {
    const auto source = SourceText::copy_of(pack.head.name + ":" + file.path, file.text);
    auto rule = parse_rule(source, category_of(file.path), limits);
    if (rule) {
      rules.push_back(*std::move(rule));
    } else {
      std::ranges::move(rule.error(), std::back_inserter(errors));
    }
  }
  std::ranges::stable_sort(rules, {}, &Rule::id);
  const auto twice = std::ranges::adjacent_find(rules, {}, &Rule::id);
  if (twice != rules.end()) {
    errors.push_back(make_error(ErrorCode::kBadRule, "the rule `", twice->id, "` stands twice"));
  }
  if (!errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  return rules;
}

Result<std::vector<PackFile>> collect_pack_files(const FileSource& files, std::string_view folder,
                                                 const Limits& limits) {
  PackCollector collector(files, folder, limits);
  MERLON_TRY(const std::vector<std::string> folders, collector.add_folder(""));
  for (const std::string& below : folders) {
    // What lies deeper is no category; `rules pack build` would leave it out in silence.
    MERLON_TRY(const std::vector<std::string> deeper, collector.add_folder(below));
    if (!deeper.empty()) {
      return fail(ErrorCode::kFormat, "`", below, deeper.front(),
                  "` is too deep for a rule pack: rules are `category/id.toml`");
    }
  }
  return std::move(collector).take();
}

}  // namespace merlon
