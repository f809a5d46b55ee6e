#pragma once
/// The process's exit codes. docs/exit-codes.md is checked against this enum.
namespace merlon::cli {

enum ExitCode : int {
  kYes = 0,  ///< done, and the answer is yes: nothing found, verified, as expected
  kNo = 1,   ///< done, and the answer is no: findings, drift, denied, tampered. Beats kIncomplete
  kUsageError = 2,  ///< wrong command line
  kIncomplete =
      3,  ///< could not tell: an input could not be read or understood, the work is incomplete
  kEnvironment = 4,    ///< the environment failed: child process, disk, network
  kBug = 70,           ///< a bug in merlon
  kInterrupted = 130,  ///< interrupted
};

}  // namespace merlon::cli
