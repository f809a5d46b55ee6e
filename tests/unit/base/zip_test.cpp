#include <string>

#include <doctest/doctest.h>

#include "base/archive/zip_reader.h"
#include "support/zip_builder.h"

namespace merlon {
namespace {

using namespace std::string_literals;
using test::ZipBuilder;

Result<ZipArchive> zip(std::string bytes, const Limits& limits = {}) {
  return ZipArchive::open(SourceText::copy_of("b.mcpb", std::move(bytes)), limits);
}

// `name: bytes` or `name! problem` (`!!` when unsafe) for each entry, then `note: ...`.
std::string listing(std::string bytes, const Limits& limits = {}) {
  const auto archive = zip(std::move(bytes), limits);
  if (!archive) {
    return render(archive.error());
  }
  std::string out;
  std::uint64_t spent = 0;
  for (const ZipEntry& entry : archive->entries()) {
    out += entry.name;
    if (!entry.problem.empty()) {
      out += (entry.unsafe ? "!! " : "! ") + entry.problem + "\n";
      continue;
    }
    const auto text = archive->read(entry, spent);
    out += text ? ": " + *text + "\n" : "! " + render(text.error());
  }
  for (const std::string& note : archive->notes()) {
    out += "note: " + note + "\n";
  }
  return out;
}

ZipBuilder::Entry named(std::string name) {
  return {.name = std::move(name), .bytes = "x"};
}

}  // namespace

TEST_CASE("zip: stored and packed entries read back, in order") {
  const std::string bytes = ZipBuilder()
                                .add("manifest.json", std::string(300, 'a'))
                                .add({.name = "b/", .bytes = "", .deflate = false})
                                .add({.name = "b/c", .bytes = "stored", .deflate = false})
                                .build();
  CHECK(looks_like_zip(bytes));
  CHECK(listing(bytes) == "manifest.json: " + std::string(300, 'a') + "\nb/: \nb/c: stored\n");
  CHECK(listing(ZipBuilder().build()) == "");
}

TEST_CASE("zip: names that would leave the folder are refused, each with its reason") {
  const std::string bytes = ZipBuilder()
                                .add(named("../evil"))
                                .add(named("a/../../evil"))
                                .add(named("/etc/passwd"))
                                .add(named("C:evil"))
                                .add(named("a\\..\\evil"))
                                .add(named("manifest.json\0.png"s))
                                .add(named("a..b/..c"))
                                .add({.name = "link", .bytes = "/etc", .unix_mode = 0120777})
                                .add(named(""))
                                .build();
  CHECK(listing(bytes) ==
        "../evil!! the path leaves the archive (`..`)\n"
        "a/../../evil!! the path leaves the archive (`..`)\n"
        "/etc/passwd!! an absolute path\n"
        "C:evil!! a drive letter in the name\n"
        "a\\..\\evil!! backslash in the name\n"
        "manifest.json\0.png!! NUL in the name\n"
        "a..b/..c: x\n"
        "link!! a symbolic link\n"
        "!! an entry without a name\n"s);
}

TEST_CASE("zip: what two readers would see differently is a problem") {
  CHECK(listing(ZipBuilder().add(named("a")).add(named("a")).build()) ==
        "a: x\na!! the name was there already\n");
  CHECK(listing(ZipBuilder().add({.name = "a", .bytes = "x", .local_name = "b"}).build()) ==
        "a!! its local header has another name\n");
  CHECK(listing(ZipBuilder()
                    .add(named("a"))
                    .add({.name = "b", .bytes = "x", .header_offset = 0})
                    .build()) == "a: x\nb!! its local header has another name\n");
  CHECK(listing("#!/bin/sh\n" + ZipBuilder().add(named("a")).build()) ==
        "a: x\nnote: 10 bytes stand before the zip archive\n");
  CHECK(listing(ZipBuilder().add(named("a")).build() + "tail") ==
        "a: x\nnote: 4 bytes stand after the end of the zip archive\n");
}

TEST_CASE("zip: a signature block of MCPB is known and not a surprise") {
  const auto archive = zip(ZipBuilder().add(named("a")).build() + "MCPB_SIG_V1" +
                           std::string(9000, 's') + "MCPB_SIG_END");
  REQUIRE(archive);
  CHECK(archive->has_mcpb_signature());
  CHECK(archive->notes().empty());
  CHECK(archive->entries().size() == 1);
}

TEST_CASE("zip: bombs stop at the limits") {
  const std::string zeros(1 << 20, '\0');
  const std::string bytes = ZipBuilder().add("zeros", zeros).build();
  CHECK(listing(bytes) ==
        "zeros! merlon: error[limit]: `b.mcpb!zeros` unpacks to more than 200 times its packed "
        "size\n");
  Limits limits;
  limits.archive_ratio = 1'000'000;
  limits.archive_entry_bytes = zeros.size() - 1;
  CHECK(listing(bytes, limits) ==
        "zeros! merlon: error[limit]: `b.mcpb!zeros` unpacks to more than 1048575 bytes\n");
  limits.archive_entry_bytes = zeros.size();
  CHECK(listing(bytes, limits) == "zeros: " + zeros + "\n");
  limits.archive_total_bytes = 3;
  CHECK(listing(ZipBuilder().add("a", "ab").add("b", "cd").build(), limits) ==
        "a: ab\nb! merlon: error[limit]: the entries of `b.mcpb` unpack to more than 3 bytes\n");
  limits.archive_entries = 1;
  CHECK(listing(ZipBuilder().add("a", "").add("b", "").build(), limits)
            .starts_with("b.mcpb: error[limit]: more than 1 entries"));
}

TEST_CASE("zip: refused entries count against the total") {
  Limits limits;
  limits.archive_total_bytes = 100'000;
  limits.archive_entry_bytes = 65'536;
  std::string noise;
  for (std::uint32_t i = 0, state = 1; i < 100'000; ++i) {
    state = (state * 1664525U) + 1013904223U;
    noise.push_back(static_cast<char>(state >> 24U));
  }
  CHECK(listing(ZipBuilder().add("a", noise).add("b", noise).build(), limits) ==
        "a! merlon: error[limit]: `b.mcpb!a` unpacks to more than 65536 bytes\n"
        "b! merlon: error[limit]: the entries of `b.mcpb` unpack to more than 100000 bytes\n");
}

TEST_CASE("zip: overlapping entries are a problem") {
  const std::string inner = ZipBuilder().add("in", "y").build();
  // The second entry's local header stands inside the first one's stored data: after 30 bytes of
  // header and the name.
  CHECK(listing(ZipBuilder()
                    .add({.name = "out", .bytes = inner, .deflate = false})
                    .add({.name = "in", .bytes = "y", .header_offset = 33})
                    .build()) == "out: " + inner + "\nin! overlaps another entry\n");
}

TEST_CASE("zip: damage is an error, for the entry or for the archive") {
  CHECK(listing("PK\x03\x04") ==
        "b.mcpb: error[syntax]: this zip has no central directory; it may be cut short\n");
  const std::string good = ZipBuilder().add("a", "hello hello hello").build();
  CHECK(listing(good.substr(0, good.size() - 1)) ==
        "b.mcpb: error[syntax]: this zip has no central directory; it may be cut short\n");
  std::string bad = good;
  bad[31] = static_cast<char>(~bad[31]);
  CHECK(listing(bad) == "a! merlon: error[syntax]: `b.mcpb!a` holds bad packed data\n");
  CHECK(listing(ZipBuilder().add({.name = "a", .bytes = "x", .unpacked = 2}).build()) ==
        "a! merlon: error[syntax]: `b.mcpb!a` has another size than the archive says\n");
  CHECK(listing(ZipBuilder().add({.name = "a", .bytes = "x", .flags = 1}).build()) ==
        "a! encrypted\n");
  CHECK(listing(ZipBuilder().add({.name = "a", .bytes = "x", .method = 14}).build()) ==
        "a! compression method 14\n");
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    CHECK(listing(good.substr(cut)).size() < 400);
  }
}

}  // namespace merlon
