#pragma once
/// The bridge between the operating system's process and the program: real streams, files, clock,
/// environment.

namespace merlon::cli {

/// Builds the Env of the real process and runs the program in it. Every exception that comes this
/// far is a bug of merlon and becomes exit code 70 with a text that asks to report it.
[[nodiscard]] int run_process(int argc, char** argv);

}  // namespace merlon::cli
