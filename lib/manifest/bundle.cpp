#include "manifest/bundle.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/archive/zip_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

// Sorted. Other entries are counted and listed.
constexpr std::array<std::string_view, 13> kReadNames{
    ".mcp.json",   "SKILL.md",      "gemini-extension.json",
    "hooks.json",  "manifest.json", "marketplace.json",
    "mcp.json",    "plugin.json",   "server.json",
    "server.yaml", "settings.json", "smithery.yaml",
    "tools.json",
};
static_assert(std::is_sorted(kReadNames.begin(), kReadNames.end()));

bool is_read(const ZipEntry& entry) {
  if (entry.folder) {
    return false;
  }
  const std::string_view name = entry.name;
  if (name.starts_with("node_modules/") || name.find("/node_modules/") != std::string_view::npos) {
    return false;
  }
  const std::size_t slash = name.rfind('/');
  const std::string_view base = slash == std::string_view::npos ? name : name.substr(slash + 1);
  return std::binary_search(kReadNames.begin(), kReadNames.end(), base);
}

/// Reads one archive into a LoadedFile.
class BundleLoader {
 public:
  BundleLoader(const SourceText& source, const ZipArchive& archive, const LoadOptions& options,
               LoadedFile& out)
      : source_(source), archive_(archive), options_(options), out_(out) {
    // The format that was asked for is that of the bundle; its entries say themselves what they
    // are.
    options_.format.clear();
  }

  void load() {
    for (const ZipEntry& entry : archive_.entries()) {
      if (!entry.problem.empty()) {
        fault(entry.name, entry.problem);
      } else if (is_read(entry)) {
        load_entry(entry);
      }
    }
    if (out_.manifests.empty() && unsafe_ == 0) {
      out_.coverage.clear();
      finish(CoverageState::kSkipped, "a zip archive without a manifest");
      return;
    }
    add_listing();
    std::string reason;
    for (const std::string& note : archive_.notes()) {
      append(reason, note);
    }
    for (const std::string& name : faults_) {
      append(reason, name);
    }
    if (more_faults_ != 0) {
      append(reason, "and " + std::to_string(more_faults_) + " more");
    }
    const CoverageState state = reason.empty() ? CoverageState::kScanned : CoverageState::kPartial;
    finish(state, std::move(reason));
  }

 private:
  static void append(std::string& reason, std::string_view part) {
    if (!reason.empty()) {
      reason.append("; ");
    }
    reason.append(part);
  }

  void fault(std::string_view name, std::string_view problem) {
    constexpr std::size_t kShown = 5;
    ++unsafe_;
    if (faults_.size() < kShown) {
      faults_.push_back("`" + escape_for_display(shorten(name, 200)) +
                        "` was not read: " + std::string(problem));
    } else {
      ++more_faults_;
    }
  }

  void load_entry(const ZipEntry& entry) {
    auto bytes = archive_.read(entry, spent_);
    if (!bytes) {
      fault(entry.name, bytes.error().message);
      return;
    }
    if (looks_like_zip(*bytes)) {
      fault(entry.name, "a zip inside a bundle is not read");
      return;
    }
    LoadedFile part = load_manifests(
        SourceText::copy_of(source_.name() + "!" + entry.name, *std::move(bytes)), options_);
    std::move(part.manifests.begin(), part.manifests.end(), std::back_inserter(out_.manifests));
    std::move(part.coverage.begin(), part.coverage.end(), std::back_inserter(out_.coverage));
  }

  // A document of our own making, so that names and problems of entries are seen by rules like any
  // other string.
  void add_listing() {
    JsonWriter writer(JsonStyle::kPretty);
    writer.begin_object().field("merlon_bundle", 1).key("entries").begin_array();
    for (const ZipEntry& entry : archive_.entries()) {
      writer.begin_object().field("name", entry.name).field("bytes", entry.unpacked);
      if (!entry.problem.empty()) {
        writer.field("problem", entry.problem);
      }
      if (entry.unsafe) {
        writer.field("unsafe", true);
      }
      writer.end_object();
    }
    writer.end_array().end_object();
    LoadedFile part = load_manifests(
        SourceText::copy_of(source_.name() + "!entries", std::move(writer).take()), options_);
    std::move(part.manifests.begin(), part.manifests.end(), std::back_inserter(out_.manifests));
  }

  void finish(CoverageState state, std::string reason) {
    CoverageEntry entry;
    entry.file = source_.name();
    entry.state = state;
    entry.format = state == CoverageState::kSkipped ? "" : "bundle-entries";
    entry.reason = std::move(reason);
    entry.bytes = source_.bytes().size();
    out_.coverage.push_back(std::move(entry));
  }

  const SourceText& source_;
  const ZipArchive& archive_;
  LoadOptions options_;
  LoadedFile& out_;
  std::uint64_t spent_{0};
  std::size_t unsafe_{0};
  std::size_t more_faults_{0};
  std::vector<std::string> faults_;
};

}  // namespace

void load_bundle(const std::shared_ptr<const SourceText>& source, const LoadOptions& options,
                 LoadedFile& out) {
  const auto archive = ZipArchive::open(source, options.limits);
  if (!archive) {
    CoverageEntry entry;
    entry.file = source->name();
    entry.state = CoverageState::kFailed;
    entry.reason = archive.error().message;
    entry.rendered_error = render(archive.error());
    entry.bytes = source->bytes().size();
    out.coverage.push_back(std::move(entry));
    return;
  }
  BundleLoader(*source, *archive, options, out).load();
}

}  // namespace merlon
