#include "support/zip_builder.h"

#include <zlib.h>

namespace merlon::test {
namespace {

void put16(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value & 0xFFU));
  out.push_back(static_cast<char>((value >> 8U) & 0xFFU));
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value);
  put16(out, value >> 16U);
}

std::string deflate_raw(std::string bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// What the local header and the central directory share: flags to name and extra lengths.
std::string shared_header(const ZipBuilder::Entry& entry, const std::string& packed,
                          std::size_t name_length) {
  std::string out;
  put16(out, entry.flags);
  put16(out, entry.method != 0xFFFF ? entry.method : entry.deflate ? 8 : 0);
  put32(out, 0);  // time and date
  put32(out, static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(entry.bytes.data()),
                                              static_cast<uInt>(entry.bytes.size()))));
  put32(out, static_cast<std::uint32_t>(packed.size()));
  put32(out, entry.unpacked != 0xFFFFFFFE ? entry.unpacked
                                          : static_cast<std::uint32_t>(entry.bytes.size()));
  put16(out, static_cast<std::uint32_t>(name_length));
  put16(out, 0);
  return out;
}

}  // namespace

std::string ZipBuilder::build() const {
  std::string out;
  std::string directory;
  for (const Entry& entry : entries_) {
    const std::string packed = entry.deflate ? deflate_raw(entry.bytes) : entry.bytes;
    const auto offset = static_cast<std::uint32_t>(
        entry.header_offset >= 0 ? static_cast<std::size_t>(entry.header_offset) : out.size());
    const std::string& local_name = entry.local_name.empty() ? entry.name : entry.local_name;
    if (entry.header_offset < 0) {
      out.append("PK\x03\x04");
      put16(out, 20);
      out.append(shared_header(entry, packed, local_name.size())).append(local_name).append(packed);
    }
    directory.append("PK\x01\x02");
    put16(directory, 20 | (3U << 8U));
    put16(directory, 20);
    directory.append(shared_header(entry, packed, entry.name.size()));
    put16(directory, 0);  // comment
    put16(directory, 0);  // disk
    put16(directory, 0);
    put32(directory, entry.unix_mode << 16U);
    put32(directory, offset);
    directory.append(entry.name);
  }
  const auto start = static_cast<std::uint32_t>(out.size());
  out.append(directory).append("PK\x05\x06");
  put32(out, 0);
  put16(out, static_cast<std::uint32_t>(entries_.size()));
  put16(out, static_cast<std::uint32_t>(entries_.size()));
  put32(out, static_cast<std::uint32_t>(directory.size()));
  put32(out, start);
  put16(out, 0);
  return out;
}

}  // namespace merlon::test
