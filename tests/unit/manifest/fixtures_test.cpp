// Every format has a real file, a broken one and one with keys that only it has
// (testdata/manifests/<format>). What is read of them is compared whole: real.expect,
// special.expect and broken.err. MERLON_UPDATE_GOLDEN=1 rewrites those.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "manifest/format.h"
#include "support/memory_files.h"

namespace merlon {
namespace {

const std::string kFolder = "testdata/manifests/";

bool updating() {
  return std::getenv("MERLON_UPDATE_GOLDEN") !=
         nullptr;  // NOLINT(concurrency-mt-unsafe): one thread
}

// The input `part` of a format: the one file of that name that is no expectation.
std::string input_of(std::string_view format, const std::string& part) {
  const std::filesystem::path folder = std::filesystem::path(MERLON_SOURCE_DIR) / kFolder / format;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::filesystem::path& path = entry.path();
    if (path.stem() == part && path.extension() != ".expect" && path.extension() != ".err") {
      return kFolder + std::string(format) + "/" + path.filename().string();
    }
  }
  return "";
}

LoadedFile load(const std::string& path, const std::string& format = "") {
  const std::string name = path.substr(kFolder.size());
  return load_manifests(SourceText::copy_of(name, test::read_repository_file(path)),
                        {.format = format, .limits = {}});
}

void expect_file(const std::string& path, const std::string& text) {
  const std::filesystem::path file = std::filesystem::path(MERLON_SOURCE_DIR) / path;
  if (updating()) {
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  REQUIRE_MESSAGE(std::filesystem::exists(file), path,
                  " is missing; MERLON_UPDATE_GOLDEN=1 writes it");
  CHECK(test::read_repository_file(path) == text);
}

std::string place(const Document& document, NodeId node) {
  if (node == kNoNode) {
    return "-";
  }
  const Location where = document.locate(node);
  return std::to_string(where.line) + ":" + std::to_string(where.column);
}

std::string_view to_string(Transport transport) {
  switch (transport) {
    case Transport::kUnknown: return "unknown";
    case Transport::kStdio: return "stdio";
    case Transport::kHttp: return "http";
    case Transport::kSse: return "sse";
    case Transport::kWebSocket: return "websocket";
  }
  return "?";
}

std::string one_line(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.replace(at, 1, "\\n");
  }
  return text;
}

std::string show_server(const Document& document, const Server& server) {
  std::string out = "server \"" + server.name + "\" at " + place(document, server.node) + " name " +
                    place(document, server.name_node) + " " +
                    std::string(to_string(server.transport)) + (server.enabled ? "" : " disabled") +
                    " url " + place(document, server.url) + " instructions " +
                    place(document, server.instructions) + "\n";
  for (const LaunchWord& word : server.launch) {
    out += "  word [" + word.text + "] " + place(document, word.node) + "\n";
  }
  for (const NameValue& pair : server.environment) {
    out += "  env " + document.text(pair.name) + " " + place(document, pair.name) + " " +
           place(document, pair.value) + "\n";
  }
  for (const NameValue& pair : server.headers) {
    out += "  header " + document.text(pair.name) + " " + place(document, pair.name) + " " +
           place(document, pair.value) + "\n";
  }
  return out;
}

std::string show_item(const Document& document, const Item& item) {
  std::string out = std::string(to_string(item.kind)) + " at " + place(document, item.node) +
                    " server " + (item.server == kNoServer ? "-" : std::to_string(item.server));
  for (const auto& [name, node] : {std::pair{"name", item.name},
                                   {"description", item.description},
                                   {"input", item.input_schema},
                                   {"output", item.output_schema},
                                   {"annotations", item.annotations}}) {
    out += std::string(" ") + name + " " + place(document, node);
  }
  return out + "\n";
}

std::string show(const Manifest& manifest) {
  const Document& document = manifest.document;
  std::string out = "manifest " + manifest.format + " of " + manifest.file() + "\n";
  for (const Server& server : manifest.servers) {
    out += show_server(document, server);
  }
  for (const Item& item : manifest.items) {
    out += show_item(document, item);
  }
  for (const ReadNote& note : manifest.notes) {
    out += "note " + place(document, note.node) + (note.incomplete ? " incomplete: " : ": ") +
           note.message + "\n";
  }
  for (NodeId id = 0; id < document.size(); ++id) {
    const NodeKind kind = document.kind(id);
    if (kind != NodeKind::kString && kind != NodeKind::kKey) {
      continue;
    }
    out += place(document, id) + " " + (kind == NodeKind::kKey ? "key " : "") +
           std::string(to_string(manifest.surface_of(id))) + " " + document.pointer(id) + " = " +
           one_line(document.text(id)) + "\n";
  }
  return out;
}

std::string show_coverage(const LoadedFile& loaded) {
  std::string out;
  for (const CoverageEntry& entry : loaded.coverage) {
    out += "coverage " + entry.file + " " + std::string(to_string(entry.state)) + " " +
           (entry.format.empty() ? "-" : entry.format) + " servers " +
           std::to_string(entry.servers) + " tools " + std::to_string(entry.tools) + " items " +
           std::to_string(entry.items) + (entry.reason.empty() ? "" : ": " + entry.reason) + "\n" +
           entry.rendered_error;
  }
  return out;
}

std::string show(const LoadedFile& loaded) {
  std::string out = show_coverage(loaded);
  for (const Manifest& manifest : loaded.manifests) {
    out += show(manifest);
  }
  return out;
}

bool has_format(const LoadedFile& loaded, std::string_view format) {
  for (const Manifest& manifest : loaded.manifests) {
    if (manifest.format == format) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("formats: real and special files are recognised by their content and read as expected") {
  for (const ManifestFormat& format : manifest_formats()) {
    for (const std::string part : {"real", "special"}) {
      const std::string path = input_of(format.name, part);
      CAPTURE(path);
      REQUIRE_FALSE(path.empty());
      const LoadedFile loaded = load(path);
      CHECK(has_format(loaded, format.name));
      expect_file(kFolder + std::string(format.name) + "/" + part + ".expect", show(loaded));
    }
  }
}

TEST_CASE("formats: a broken file gives its exact error, and what else can be read is read") {
  for (const ManifestFormat& format : manifest_formats()) {
    const std::string path = input_of(format.name, "broken");
    CAPTURE(path);
    REQUIRE_FALSE(path.empty());
    const LoadedFile loaded = load(path);
    CHECK(loaded.coverage.front().state != CoverageState::kScanned);
    CHECK(loaded.coverage.front().state != CoverageState::kSkipped);
    expect_file(kFolder + std::string(format.name) + "/broken.err", show_coverage(loaded));
  }
}

TEST_CASE("formats: a real file can be forced to its own format and reads the same") {
  for (const ManifestFormat& format : manifest_formats()) {
    if (format.name == "bundle-entries") {
      continue;
    }  // a part of a zip
    const std::string path = input_of(format.name, "real");
    CAPTURE(path);
    CHECK(show(load(path, std::string(format.name))) == show(load(path)));
  }
}

TEST_CASE("formats: every fixture folder belongs to a registered format") {
  std::set<std::string> names;
  for (const ManifestFormat& format : manifest_formats()) {
    names.insert(std::string(format.name));
  }
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(MERLON_SOURCE_DIR) / kFolder)) {
    CHECK_MESSAGE(names.contains(entry.path().filename().string()),
                  entry.path().filename().string());
  }
}

TEST_CASE("formats: each format reads every other format's real file without harm when forced") {
  for (const ManifestFormat& format : manifest_formats()) {
    for (const ManifestFormat& other : manifest_formats()) {
      const LoadedFile loaded = load(input_of(other.name, "real"), std::string(format.name));
      CHECK_FALSE(loaded.coverage.empty());
    }
  }
}

}  // namespace merlon
