// A zip archive: what is read stays within its bounds, and an entry with a problem is never read.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/archive/inflate.h"
#include "base/archive/zip_reader.h"
#include "fuzz/document_invariants.h"

namespace {

using merlon::test::broken;

merlon::Limits small_limits() {
  merlon::Limits limits;
  limits.archive_entries = 100;
  limits.archive_entry_bytes = 1U << 18U;
  limits.archive_total_bytes = 1U << 20U;
  return limits;
}

void check_archive(const merlon::ZipArchive& archive, const merlon::Limits& limits) {
  if (archive.entries().size() > limits.archive_entries) {
    broken("more entries than the bound");
  }
  std::uint64_t spent = 0;
  std::uint64_t read = 0;
  for (const merlon::ZipEntry& entry : archive.entries()) {
    const auto bytes = archive.read(entry, spent);
    if (!bytes) {
      merlon::test::check_error(bytes.error());
      continue;
    }
    if (!entry.problem.empty() || entry.unsafe) {
      broken("an entry with a problem was read");
    }
    read += bytes->size();
    if (bytes->size() > limits.archive_entry_bytes || read > spent ||
        spent > limits.archive_total_bytes) {
      broken("more bytes than the bound");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto text = merlon::inflate_prefix(bytes, 10'000); text && text->size() > 10'000) {
    broken("more than was asked for");
  }
  const merlon::Limits limits = small_limits();
  const auto archive =
      merlon::ZipArchive::open(merlon::SourceText::copy_of("fuzz.zip", bytes), limits);
  if (!archive) {
    merlon::test::check_error(archive.error());
    return 0;
  }
  check_archive(*archive, limits);
  return 0;
}
