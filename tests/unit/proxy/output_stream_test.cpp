#include "proxy/output_stream.h"

#include <array>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace merlon {
namespace {

struct PipePair {
  explicit PipePair(bool socket) {
    std::array<int, 2> ends{-1, -1};
    REQUIRE((socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data())
                    : ::pipe2(ends.data(), O_CLOEXEC)) == 0);
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
    ::signal(SIGPIPE, SIG_IGN);
  }
  UniqueFd read_end;
  UniqueFd write_end;
};

std::string read_some(int fd) {
  std::string bytes(1U << 16U, '\0');
  const ssize_t got = ::read(fd, bytes.data(), bytes.size());
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

/// A standard stream in a number of its own, as a host gives one: with its flags as they are.
void check_standard(bool socket) {
  PipePair pair(socket);
  const int number = pair.write_end.get();
  const int flags = ::fcntl(number, F_GETFL);
  const UniqueFd twin(::fcntl(number, F_DUPFD_CLOEXEC, 3));
  OutputStream out = OutputStream::standard(number, OutputStream::After::kNull);
  // More than any pipe holds: it does not block, and nothing is lost.
  std::string sent;
  for (int i = 0; i < 40; ++i) {
    const std::string line(20'000 + static_cast<std::size_t>(i), static_cast<char>('a' + (i % 26)));
    out.add_line(std::string(line));
    sent += line + "\n";
  }
  std::string got;
  CHECK(out.flush());
  CHECK(out.queued() > 0);
  while (got.size() < sent.size()) {
    got += read_some(pair.read_end.get());
    CHECK(out.flush());
  }
  CHECK(got == sent);
  CHECK(out.queued() == 0);
  // Who shares the stream finds it as it was.
  CHECK(::fcntl(twin.get(), F_GETFL) == flags);
}

}  // namespace

TEST_CASE("output stream: a pipe that nobody reads does not block, and loses nothing") {
  check_standard(false);
}

TEST_CASE("output stream: nor does a socket") {
  check_standard(true);
}

TEST_CASE("output stream: when nobody will read any more it says so and is closed") {
  PipePair pair(false);
  OutputStream out = OutputStream::standard(pair.write_end.get(), OutputStream::After::kNull);
  pair.read_end.reset();
  out.add_line(std::string_view("x"));
  CHECK_FALSE(out.flush());
  CHECK_FALSE(out.open());
  out.add_line(std::string_view("y"));
  CHECK(out.queued() == 0);
}

TEST_CASE("output stream: closing it really closes, whatever number it had") {
  PipePair pair(false);
  OutputStream out = OutputStream::standard(pair.write_end.get(), OutputStream::After::kNull);
  out.add_line(std::string_view("last"));
  CHECK(out.flush());
  out.close();
  CHECK(read_some(pair.read_end.get()) == "last\n");
  CHECK(read_some(pair.read_end.get()).empty());
}

}  // namespace merlon
