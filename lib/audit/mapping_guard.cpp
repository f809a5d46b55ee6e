#include "audit/mapping_guard.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

#include <sys/mman.h>
#include <unistd.h>

namespace merlon {
namespace {

/// Read by the handler: only lock-free atomics.
struct WatchedMapping {
  std::atomic<bool> taken{false};
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::atomic<bool> cut{false};
};
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

struct WatchState {
  std::array<WatchedMapping, kMostWatchedMappings> mappings;
  std::once_flag installed;
  struct sigaction before{};
  std::uintptr_t page_bytes{4096};
};

WatchState& watch_state() {
  static WatchState state;
  return state;
}

/// Set before the handler is: a handler must not make a static.
std::atomic<WatchState*> watched_by_handler{nullptr};

/// True when the address lies in a watched mapping and reads as zeros now.
bool put_zeros_at(WatchState& state, std::uintptr_t address) {
  for (WatchedMapping& mapping : state.mappings) {
    if (address < mapping.begin.load() || address >= mapping.end.load()) {
      continue;
    }
    const std::uintptr_t page = address - (address % state.page_bytes);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the address that the kernel has named
    void* const place = reinterpret_cast<void*>(page);
    void* const zeros =
        ::mmap(place, state.page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    mapping.cut.store(true);
    return zeros != MAP_FAILED;
  }
  return false;
}

void handle_bus_error(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  WatchState& state = *watched_by_handler.load();
  if (put_zeros_at(state, reinterpret_cast<std::uintptr_t>(info->si_addr))) {
    errno = error;
    return;
  }
  errno = error;
  const struct sigaction& before = state.before;
  if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction != nullptr) {
    before.sa_sigaction(signal, info, context);
    return;
  }
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
    return;
  }
  // The instruction is tried again, and ends the program as it would have without us.
  struct sigaction plain{};
  plain.sa_handler = SIG_DFL;
  (void)::sigaction(SIGBUS, &plain, nullptr);
}

void install_bus_handler(WatchState& state) {
  state.page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  watched_by_handler.store(&state);
  struct sigaction action{};
  action.sa_sigaction = handle_bus_error;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  (void)::sigemptyset(&action.sa_mask);
  (void)::sigaction(SIGBUS, &action, &state.before);
}

}  // namespace

std::optional<MappingWatch> watch_mapping(const void* data, std::size_t size) {
  WatchState& state = watch_state();
  std::call_once(state.installed, [&state] { install_bus_handler(state); });
  for (std::size_t slot = 0; slot < kMostWatchedMappings; ++slot) {
    WatchedMapping& mapping = state.mappings[slot];
    if (mapping.taken.exchange(true)) {
      continue;
    }
    const auto begin = reinterpret_cast<std::uintptr_t>(data);
    mapping.cut.store(false);
    mapping.begin.store(begin);
    mapping.end.store(begin + size);
    return MappingWatch{.slot = slot};
  }
  return std::nullopt;
}

bool was_cut(const MappingWatch& watch) {
  return watch_state().mappings[watch.slot].cut.load();
}

void unwatch_mapping(const MappingWatch& watch) {
  WatchedMapping& mapping = watch_state().mappings[watch.slot];
  mapping.end.store(0);
  mapping.begin.store(0);
  mapping.taken.store(false);
}

}  // namespace merlon
