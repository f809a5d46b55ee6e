// The least that a stdio proxy can do: starts its arguments as a server and moves bytes both ways
// with poll(2), 64 KiB at a time. What it costs is the floor under `merlon proxy`; that it changes
// nothing is the measure of the message suite.
//
//   bench_bare_relay COMMAND...
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <span>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::size_t kChunk = 64 * 1024;

void set_non_blocking(int descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

/// One way. Holds at most one chunk; reads the next when it has been written.
class Way {
 public:
  Way(int from, int to) : from_(from), to_(to), buffer_(kChunk) {}

  [[nodiscard]] bool open() const { return from_ >= 0; }
  [[nodiscard]] pollfd wanted() const {
    return filled_ > written_ ? pollfd{.fd = to_, .events = POLLOUT, .revents = 0}
                              : pollfd{.fd = from_, .events = POLLIN, .revents = 0};
  }
  void move() {
    if (filled_ == written_) {
      const ssize_t count = ::read(from_, buffer_.data(), buffer_.size());
      if (count <= 0) {
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
          end();
        }
        return;
      }
      filled_ = static_cast<std::size_t>(count);
      written_ = 0;
    }
    const ssize_t count = ::write(to_, buffer_.data() + written_, filled_ - written_);
    if (count > 0) {
      written_ += static_cast<std::size_t>(count);
    } else if (errno != EAGAIN && errno != EINTR) {
      end();
    }
  }

 private:
  void end() {
    ::close(to_);
    from_ = -1;
    filled_ = written_ = 0;
  }

  int from_;
  int to_;
  std::vector<char> buffer_;
  std::size_t filled_{0};
  std::size_t written_{0};
};

pid_t start_server(char** command, int& to_server, int& from_server) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    return -1;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::execvp(command[0], command);
    std::perror("bench_bare_relay");
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  to_server = in[1];
  from_server = out[0];
  return child;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fputs("usage: bench_bare_relay COMMAND...\n", stderr);
    return 2;
  }
  if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
    return 4;
  }
  int to_server = -1;
  int from_server = -1;
  const pid_t child = start_server(words + 1, to_server, from_server);
  if (child < 0) {
    return 4;
  }
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, to_server, from_server}) {
    set_non_blocking(descriptor);
  }
  std::array<Way, 2> ways{Way(STDIN_FILENO, to_server), Way(from_server, STDOUT_FILENO)};
  while (ways[1].open()) {
    std::array<pollfd, 2> polled{ways[0].wanted(), ways[1].wanted()};
    if (::poll(polled.data(), polled.size(), -1) < 0) {
      continue;
    }
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if (polled[i].revents != 0 && ways[i].open()) {
        ways[i].move();
      }
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
