#include <algorithm>
#include <string>
#include <utility>

#include "base/archive/zip_reader.h"
#include "base/text.h"
#include "base/toml/toml_reader.h"
#include "base/yaml/yaml_reader.h"
#include "manifest/bundle.h"
#include "manifest/format.h"
#include "manifest/front_matter.h"
#include "manifest/labels.h"
#include "manifest/syntax.h"

namespace merlon {
namespace {

constexpr std::size_t kNotesInReason = 5;

CoverageEntry entry_for(const SourceText& source, CoverageState state, std::string reason) {
  CoverageEntry entry;
  entry.file = source.name();
  entry.state = state;
  entry.reason = std::move(reason);
  entry.bytes = source.bytes().size();
  return entry;
}

/// Takes one text from its bytes to manifests and coverage.
class TextLoader {
 public:
  TextLoader(std::shared_ptr<const SourceText> source, const LoadOptions& options, LoadedFile& out)
      : source_(std::move(source)), options_(options), out_(out) {}

  void load() {
    if (!options_.format.empty()) {
      forced_ = find_manifest_format(options_.format);
      if (forced_ == nullptr) {
        fail_with(unknown_format());
        return;
      }
    }
    switch (detect_syntax(source_->bytes())) {
      case Syntax::kEmpty: skip("the file is empty"); return;
      case Syntax::kUtf16: fail_with(utf16()); return;
      case Syntax::kJson: take_one(parse_json_of_any_kind(source_, options_.limits)); return;
      case Syntax::kToml: take_one(parse_toml(source_, options_.limits)); return;
      case Syntax::kYaml: take_stream(parse_yaml(source_, options_.limits)); return;
      case Syntax::kMarkdown: take_markdown(); return;
      case Syntax::kUnknown:
        if (forced_ != nullptr && forced_->name == "skill") {
          take_markdown();
        } else {
          skip("neither JSON, TOML, YAML, a skill nor a bundle");
        }
        return;
    }
  }

 private:
  [[nodiscard]] Error unknown_format() const {
    Error error = make_error(ErrorCode::kUsage, "unknown manifest format `", options_.format, "`");
    std::vector<std::string_view> names;
    for (const ManifestFormat& format : manifest_formats()) {
      names.push_back(format.name);
    }
    const std::string_view near = nearest(options_.format, names);
    if (!near.empty()) {
      error.hints.push_back("did you mean `" + std::string(near) + "`?");
    }
    return error;
  }

  [[nodiscard]] Error utf16() const {
    Error error = make_error(ErrorCode::kSyntax, "this file is UTF-16");
    error.where.file = source_->name();
    error.hints.emplace_back("save it as UTF-8");
    return error;
  }

  void skip(std::string reason) {
    out_.coverage.push_back(entry_for(*source_, CoverageState::kSkipped, std::move(reason)));
  }

  [[nodiscard]] std::string rendered(Error error) const {
    if (options_.mask_excerpt && error.where.file == source_->name()) {
      options_.mask_excerpt(*source_, error.where);
    }
    return render(error);
  }

  void fail_with(const Error& error, std::string_view format = "") {
    CoverageEntry entry = entry_for(*source_, CoverageState::kFailed, error.message);
    entry.format = format;
    entry.rendered_error = rendered(error);
    out_.coverage.push_back(std::move(entry));
  }

  [[nodiscard]] const ManifestFormat* choose(const Document& document) const {
    if (forced_ != nullptr) {
      return forced_;
    }
    const ManifestFormat* best = nullptr;
    int best_score = 0;
    for (const ManifestFormat& format : manifest_formats()) {
      const int score = document.empty() ? 0 : format.recognise(document);
      if (score > best_score) {
        best = &format;
        best_score = score;
      }
    }
    return best;
  }

  void take_one(Result<Document> document) {
    if (!document) {
      fail_with(document.error());
      return;
    }
    const ManifestFormat* format = choose(*document);
    if (format == nullptr) {
      skip("not a manifest of a known format");
      return;
    }
    read(*format, *std::move(document));
  }

  void take_stream(Result<std::vector<Document>> documents) {
    if (!documents) {
      fail_with(documents.error());
      return;
    }
    const std::size_t before = out_.manifests.size() + out_.coverage.size();
    for (Document& document : *documents) {
      if (const ManifestFormat* format = choose(document)) {
        read(*format, std::move(document));
      }
    }
    if (out_.manifests.size() + out_.coverage.size() == before) {
      skip("not a manifest of a known format");
    }
  }

  // The dashes may open a front matter or a stream of YAML documents: skills have a front matter,
  // and what another format knows is read as a stream where it is one.
  void take_markdown() {
    auto document = parse_markdown(source_, options_.limits);
    const ManifestFormat* format = document ? choose(*document) : nullptr;
    if (format != nullptr && format->name == "skill") {
      read(*format, *std::move(document));
      return;
    }
    auto stream = parse_yaml(source_, options_.limits);
    const bool known =
        stream && std::any_of(stream->begin(), stream->end(),
                              [&](const Document& part) { return choose(part) != nullptr; });
    if (known) {
      take_stream(std::move(stream));
    } else if (format != nullptr) {
      read(*format, *std::move(document));
    } else if (document) {
      skip("not a manifest of a known format");
    } else {
      take_broken_front_matter(document.error());
    }
  }

  // Agents are lenient with front matter, and the text below it is what they follow: it is read in
  // any case.
  void take_broken_front_matter(const Error& error) {
    const auto front = find_front_matter(source_->bytes());
    const std::string_view head = source_->bytes().substr(0, front ? front->body_begin : 0);
    const bool skill = forced_ != nullptr || head.find("\ndescription:") != std::string_view::npos;
    if (!skill || find_invalid_utf8(source_->bytes())) {
      fail_with(error);
      return;
    }
    read(*find_manifest_format("skill"), markdown_without_front_matter(source_), &error);
  }

  void read(const ManifestFormat& format, Document document, const Error* earlier = nullptr) {
    Manifest manifest;
    manifest.format = format.name;
    manifest.document = std::move(document);
    const Status status = format.read(manifest);
    if (!status) {
      fail_with(status.error(), format.name);
      return;
    }
    if (earlier != nullptr) {
      add_note(manifest, manifest.document.root(), "the front matter: " + earlier->message);
    }
    CoverageEntry entry = coverage_of(manifest);
    if (earlier != nullptr) {
      entry.rendered_error = rendered(*earlier);
    }
    out_.coverage.push_back(std::move(entry));
    out_.manifests.push_back(std::move(manifest));
  }

  [[nodiscard]] CoverageEntry coverage_of(const Manifest& manifest) const {
    const bool partial = std::any_of(manifest.notes.begin(), manifest.notes.end(),
                                     [](const ReadNote& note) { return note.incomplete; });
    CoverageEntry entry =
        entry_for(*source_, partial ? CoverageState::kPartial : CoverageState::kScanned,
                  partial ? reason_of(manifest) : "");
    entry.format = manifest.format;
    entry.servers = static_cast<std::uint32_t>(manifest.servers.size());
    entry.items = static_cast<std::uint32_t>(manifest.items.size());
    entry.tools = static_cast<std::uint32_t>(
        std::count_if(manifest.items.begin(), manifest.items.end(),
                      [](const Item& item) { return item.kind == ItemKind::kTool; }));
    return entry;
  }

  // `line:column: message; ...`, at most a few.
  static std::string reason_of(const Manifest& manifest) {
    std::string reason;
    std::size_t shown = 0;
    std::size_t more = 0;
    for (const ReadNote& note : manifest.notes) {
      if (!note.incomplete) {
        continue;
      }
      if (shown == kNotesInReason) {
        ++more;
        continue;
      }
      ++shown;
      const Location where = manifest.document.locate(note.node);
      if (!reason.empty()) {
        reason.append("; ");
      }
      reason.append(std::to_string(where.line))
          .append(":")
          .append(std::to_string(where.column))
          .append(": ");
      reason.append(note.message);
    }
    if (more != 0) {
      reason.append("; and ").append(std::to_string(more)).append(" more");
    }
    return reason;
  }

  std::shared_ptr<const SourceText> source_;
  const LoadOptions& options_;
  LoadedFile& out_;
  const ManifestFormat* forced_{nullptr};
};

}  // namespace

LoadedFile load_manifests(std::shared_ptr<const SourceText> source, const LoadOptions& options) {
  LoadedFile out;
  if (looks_like_zip(source->bytes())) {
    load_bundle(source, options, out);
  } else {
    TextLoader(std::move(source), options, out).load();
  }
  return out;
}

}  // namespace merlon
