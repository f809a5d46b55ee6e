#include "scan_collect.h"

#include <ostream>
#include <utility>

#include "exit_code.h"
#include "scan/client_locations.h"
#include "scan/folder_walk.h"
#include "scan/git_inputs.h"

namespace merlon::cli {
namespace {

using CollectStep = std::optional<int>;

class InputCollector {
 public:
  InputCollector(Env& env, const ScanOptions& options, const Limits& limits, ScanInputs& inputs)
      : env_(env), options_(options), limits_(limits), inputs_(inputs) {}

  CollectStep run() {
    if (!options_.git.empty()) {
      return collect_from_git();
    }
    if (options_.diff) {
      return collect_pair();
    }
    if (const auto code = collect_from_disk()) {
      return code;
    }
    if (options_.since.empty()) {
      return std::nullopt;
    }
    const Status status = compare_since(inputs_, options_.since);
    return status ? std::nullopt
                  : CollectStep(fail_with(status.error(), input_error(status.error())));
  }

 private:
  int fail_with(const Error& error, int code) {
    env_.err << render(error);
    return code;
  }

  /// An input that cannot be had leaves the question open; a word that makes no sense is a wrong
  /// command line.
  static int input_error(const Error& error) {
    return error.code == ErrorCode::kUsage ? kUsageError : kIncomplete;
  }

  [[nodiscard]] WalkOptions walk_options() const {
    return {.exclude = options_.exclude, .limits = limits_};
  }

  CollectStep collect_from_git() {
    const std::string revision = options_.rev.empty() ? "HEAD" : options_.rev;
    auto tree = open_git_revision(options_.git, GitSearch::kHere, revision);
    if (!tree) {
      return fail_with(tree.error(), kIncomplete);
    }
    if (const Status status = collect_git(inputs_, *tree, options_.inputs, walk_options());
        !status) {
      return fail_with(status.error(), kIncomplete);
    }
    if (!options_.since.empty()) {
      auto earlier = tree->repository->resolve(options_.since);
      if (!earlier) {
        return fail_with(earlier.error(), kIncomplete);
      }
      compare_with_revision(inputs_, {.repository = tree->repository, .tree = *earlier});
    }
    return std::nullopt;
  }

  CollectStep collect_pair() {
    for (const std::string& input : options_.inputs) {
      const auto kind = env_.files.kind_of(input);
      if (kind && *kind == FileKind::kDirectory) {
        return fail_with(
            make_error(ErrorCode::kUsage, "`--diff` compares two files, `", input, "` is a folder"),
            kUsageError);
      }
    }
    collect_path(inputs_, env_.files, options_.inputs[1], walk_options());
    compare_with_file(inputs_, env_.files, options_.inputs[0]);
    return std::nullopt;
  }

  CollectStep collect_from_disk() {
    if (options_.inputs.empty()) {
      collect_clients(inputs_, env_.files, ClientSurroundings{.variable = env_.variable},
                      walk_options());
      return std::nullopt;
    }
    for (const std::string& input : options_.inputs) {
      if (input == "-") {
        if (const auto code = collect_stdin()) {
          return code;
        }
      } else {
        collect_path(inputs_, env_.files, input, walk_options());
      }
    }
    return std::nullopt;
  }

  CollectStep collect_stdin() {
    if (std::exchange(stdin_read_, true)) {
      return std::nullopt;
    }
    auto bytes = env_.read_stdin(limits_.file_bytes);
    if (!bytes) {
      return fail_with(bytes.error(), kIncomplete);
    }
    add_source(inputs_, SourceText::copy_of("-", *std::move(bytes)));
    return std::nullopt;
  }

  Env& env_;
  const ScanOptions& options_;
  const Limits& limits_;
  ScanInputs& inputs_;
  bool stdin_read_{false};
};

}  // namespace

std::optional<int> collect_scan_inputs(Env& env, const ScanOptions& options, const Limits& limits,
                                       ScanInputs& inputs) {
  return InputCollector(env, options, limits, inputs).run();
}

}  // namespace merlon::cli
