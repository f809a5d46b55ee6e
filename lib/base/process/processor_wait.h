#pragma once
/// How long a thread was ready to run and got no processor: what a busy machine takes from it.
///
///   const auto before = processor_wait(current_thread_id());
///   ... the same thread works; another one may ask, too ...
///   const auto taken = processor_wait(thread) - before;   // no fault of that work
#include <chrono>

namespace merlon {

/// The kernel's number of the calling thread.
[[nodiscard]] int current_thread_id();

/// Of a thread of this process, since it began. Zero where the kernel does not tell (no
/// `schedstat`), or the thread has ended.
[[nodiscard]] std::chrono::nanoseconds processor_wait(int thread);

}  // namespace merlon
