#include "base/archive/inflate.h"

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace merlon {
namespace {

constexpr std::size_t kStep = 16384;
constexpr int kGzipOrZlib = 15 + 32;  // window bits + automatic header detection

}  // namespace

bool looks_deflated(std::string_view bytes) {
  if (bytes.size() < 8) {
    return false;
  }
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  if (first == 0x1F && second == 0x8B) {
    return true;
  }
  return first == 0x78 && ((first * 256U) + second) % 31U == 0;
}

std::optional<std::string> inflate_prefix(std::string_view bytes, std::size_t max_bytes) {
  if (!looks_deflated(bytes) || bytes.size() > std::numeric_limits<uInt>::max()) {
    return std::nullopt;
  }
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOrZlib) != Z_OK) {
    return std::nullopt;
  }
  // zlib does not write through next_in.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  while (out.size() < max_bytes) {
    const std::size_t have = out.size();
    const std::size_t room = std::min(kStep, max_bytes - have);
    out.resize(have + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(room);
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(have + room - stream.avail_out);
    if (status != Z_OK || stream.avail_out != 0) {
      break;
    }
  }
  inflateEnd(&stream);
  if (out.empty()) {
    return std::nullopt;
  }
  return out;
}

}  // namespace merlon
