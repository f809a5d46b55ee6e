// RFC 8785 vectors of the reference implementation. They are not part of this repository:
// MERLON_PEER_VECTORS names the folder that has them (default: ../shared/vectors).
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/json/json_reader.h"
#include "proof/canonical_json.h"

using namespace merlon;

namespace {

std::string vector_folder() {
  const char* named = std::getenv("MERLON_PEER_VECTORS");
  return std::string(named != nullptr ? named : MERLON_SOURCE_DIR "/../shared/vectors") + "/jcs";
}

std::string read(const FileSource& files, const std::string& path) {
  auto source = files.read(path, 1 << 20);
  REQUIRE_MESSAGE(source.has_value(), path);
  return std::string((*source)->bytes());
}

/// "48 65" to "He".
std::string from_hex_words(const std::string& text) {
  std::string out;
  std::string digits;
  for (const char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) {
      continue;
    }
    digits.push_back(c);
    if (digits.size() == 2) {
      out.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
      digits.clear();
    }
  }
  return out;
}

}  // namespace

TEST_CASE("RFC 8785 vectors: every input gives the output and the bytes of the reference") {
  const auto files = make_disk_files();
  const std::string folder = vector_folder();
  const auto inputs = files->list(folder + "/input");
  if (!inputs) {
    MESSAGE("not run: no vectors at MERLON_PEER_VECTORS/jcs");
    return;
  }
  CHECK(inputs->size() >= 6);
  for (const DirectoryEntry& entry : *inputs) {
    CAPTURE(entry.name);
    const std::string stem = entry.name.substr(0, entry.name.find('.'));
    auto document =
        parse_json(SourceText::copy_of(entry.name, read(*files, folder + "/input/" + entry.name)),
                   JsonDialect::kStrict, Limits{});
    REQUIRE(document.has_value());
    const auto result = canonical_json(*document, document->root());
    REQUIRE(result.has_value());
    CHECK(*result == read(*files, folder + "/output/" + entry.name));
    CHECK(*result == from_hex_words(read(*files, folder + "/outhex/" + stem + ".txt")));
    auto again =
        parse_json(SourceText::copy_of(entry.name, *result), JsonDialect::kStrict, Limits{});
    REQUIRE(again.has_value());
    CHECK(canonical_json(*again, again->root()).value() == *result);
  }
}
