#include "golden_case.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <sstream>

#include "base/text.h"
#include "commands.h"
#include "env.h"

namespace merlon::test {
namespace fs = std::filesystem;
namespace {

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_text(const fs::path& path, const std::string& text) {
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path());
  }
  std::ofstream(path, std::ios::binary) << text;
}

bool is_part_of_case(const std::string& name) {
  static const std::set<std::string> kNames = {"cmd",   "stdout", "stderr", "exit",
                                               "stdin", "env",    "setup"};
  return kNames.contains(name) || name.starts_with("expected/");
}

/// Files and links below `folder`, as paths in it.
std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> out;
  if (!fs::exists(folder)) {
    return out;
  }
  for (auto it = fs::recursive_directory_iterator(folder); it != fs::recursive_directory_iterator();
       ++it) {
    if (it->path().filename() == ".git") {
      it.disable_recursion_pending();
    } else if (it->is_symlink() || !it->is_directory()) {
      out.push_back(it->path().lexically_relative(folder).generic_string());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The disk, keeping note of what is looked at.
class WatchedFiles final : public FileSource {
 public:
  [[nodiscard]] Result<std::shared_ptr<const SourceText>> read(
      std::string_view path, std::uint64_t max_bytes) const override {
    note(path);
    return disk_->read(path, max_bytes);
  }
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(std::string_view path) const override {
    auto entries = disk_->list(path);
    if (entries) {
      for (const DirectoryEntry& entry : *entries) {
        note(std::string(path) + "/" + entry.name);
      }
    }
    return entries;
  }
  [[nodiscard]] Result<FileKind> kind_of(std::string_view path) const override {
    note(path);
    return disk_->kind_of(path);
  }
  [[nodiscard]] Result<std::string> canonical(std::string_view path) const override {
    return disk_->canonical(path);
  }

  [[nodiscard]] bool saw(const std::string& path) const { return seen_.contains(path); }

 private:
  void note(std::string_view path) const {
    const std::scoped_lock lock(mutex_);
    std::error_code error;
    const fs::path relative = fs::path(path).lexically_relative(fs::current_path(error));
    const fs::path shown = fs::path(path).is_absolute() ? relative : fs::path(path);
    seen_.insert(shown.lexically_normal().generic_string());
  }

  std::unique_ptr<FileSource> disk_{make_disk_files()};
  mutable std::mutex mutex_;
  mutable std::set<std::string> seen_;
};

class FixedClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override {
    using std::chrono::day;
    using std::chrono::month;
    using std::chrono::year;
    return std::chrono::sys_days(Date{year(2026), month(11), day(21)});
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return {}; }
};

/// A copy of the case's inputs that is the current folder while it lives.
class Scratch {
 public:
  explicit Scratch(const GoldenCase& golden) : before_(fs::current_path()) {
    std::string pattern = (fs::temp_directory_path() / "merlon-golden-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    for (const std::string& input : golden.inputs) {
      fs::create_directories((folder_ / input).parent_path());
      fs::copy(golden.folder / input, folder_ / input, fs::copy_options::copy_symlinks);
    }
    fs::current_path(folder_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    fs::current_path(before_);
    std::error_code error;
    fs::remove_all(folder_, error);
  }
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  fs::path before_;
  fs::path folder_;
};

void run_setup(const GoldenCase& golden) {
  if (golden.setup.empty()) {
    return;
  }
  write_text(".golden-setup", golden.setup);
  // A repository must be the same on every machine and day.
  const int status = std::system(  // NOLINT(concurrency-mt-unsafe): one thread runs the cases
      "GIT_CONFIG_NOSYSTEM=1 HOME=/nonexistent GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org "
      "GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org "
      "GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' "
      "/bin/sh -e .golden-setup >/dev/null");
  fs::remove(".golden-setup");
  if (status != 0) {
    std::abort();
  }
}

/// Every edit of a rule changes the pack's digest, version and size; they say nothing about a case.
std::string without_pack(std::string text) {
  const auto blank = [&text](std::string_view before, std::string_view digits,
                             std::string_view word) {
    for (std::size_t at = text.find(before); at != std::string::npos;
         at = text.find(before, at + 1)) {
      const std::size_t begin = at + before.size();
      const std::size_t end = std::min(text.find_first_not_of(digits, begin), text.size());
      if (end > begin) {
        text.replace(begin, end - begin, word);
      }
    }
  };
  blank("\"digest\": \"", "0123456789abcdef", "PACK-DIGEST");
  blank("\"name\": \"merlon\",\n            \"version\": \"", "0123456789.", "PACK-VERSION");
  blank("\"name\": \"merlon\",\n    \"version\": \"", "0123456789.", "VERSION");
  blank("\"rules\": ", "0123456789", "0");
  return text;
}

std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const std::string& file : files_below(folder)) {
    out[file] = read_text(folder / file);
  }
  return out;
}

}  // namespace

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word.push_back(c);
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == '\\' && i + 1 < text.size()) {
      word.push_back(text[++i]);
      in_word = true;
    } else if (c == ' ' || c == '\n') {
      if (in_word) {
        words.push_back(word);
      }
      word.clear();
      in_word = false;
    } else {
      word.push_back(c);
      in_word = true;
    }
  }
  if (in_word) {
    words.push_back(word);
  }
  return words;
}

GoldenCase load_golden_case(const fs::path& root, const fs::path& folder) {
  GoldenCase golden;
  golden.folder = folder;
  golden.name = folder.lexically_relative(root).generic_string();
  std::string command;
  const std::string written = read_text(folder / "cmd");
  for (const std::string_view line : split(written, '\n')) {
    if (!line.starts_with("#")) {
      command.append(line).append("\n");
    }
  }
  golden.args = split_words(command);
  golden.input = read_text(folder / "stdin");
  golden.setup = read_text(folder / "setup");
  const std::string variables = read_text(folder / "env");
  for (const std::string_view line : split(variables, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) {
      golden.variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  for (std::string& file : files_below(folder)) {
    if (!is_part_of_case(file)) {
      golden.inputs.push_back(std::move(file));
    }
  }
  return golden;
}

std::vector<GoldenCase> find_golden_cases(const fs::path& root) {
  std::vector<GoldenCase> cases;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() == "cmd") {
      cases.push_back(load_golden_case(root, entry.path().parent_path()));
    }
  }
  std::sort(cases.begin(), cases.end(),
            [](const GoldenCase& a, const GoldenCase& b) { return a.name < b.name; });
  return cases;
}

GoldenResult run_golden_case(const GoldenCase& golden) {
  const Scratch scratch(golden);
  run_setup(golden);
  const auto before = contents_of(scratch.folder());
  std::ostringstream out;
  std::ostringstream err;
  const WatchedFiles files;
  const FixedClock clock;
  bool read_input = golden.input.empty();
  cli::Env env{
      .out = out,
      .err = err,
      .read_stdin = [&](std::uint64_t) -> Result<std::string> {
        read_input = true;
        return golden.input;
      },
      .files = files,
      .clock = clock,
      .variable = [&](std::string_view name) -> std::optional<std::string> {
        const auto found = golden.variables.find(name);
        if (found == golden.variables.end()) {
          return std::nullopt;
        }
        return found->second;
      },
  };
  GoldenResult result;
  result.exit = cli::run(env, golden.args);
  result.out = without_pack(out.str());
  result.err = err.str();
  for (const auto& [file, bytes] : contents_of(scratch.folder())) {
    const auto old = before.find(file);
    if (old == before.end() || old->second != bytes) {
      result.written[file] = without_pack(bytes);
    }
  }
  for (const std::string& input : golden.inputs) {
    if (!files.saw(input) && golden.setup.find(input) == std::string::npos) {
      result.unused.push_back(input);
    }
  }
  if (!read_input) {
    result.unused.emplace_back("stdin");
  }
  return result;
}

GoldenResult expected_result(const GoldenCase& golden) {
  GoldenResult result;
  result.out = read_text(golden.folder / "stdout");
  result.err = read_text(golden.folder / "stderr");
  result.exit = std::atoi(read_text(golden.folder / "exit").c_str());
  result.written = contents_of(golden.folder / "expected");
  return result;
}

void update_golden_case(const GoldenCase& golden, const GoldenResult& result) {
  const auto put = [&](const char* name, const std::string& text) {
    if (text.empty()) {
      fs::remove(golden.folder / name);
    } else {
      write_text(golden.folder / name, text);
    }
  };
  put("stdout", result.out);
  put("stderr", result.err);
  put("exit", std::to_string(result.exit) + "\n");
  fs::remove_all(golden.folder / "expected");
  for (const auto& [file, bytes] : result.written) {
    write_text(golden.folder / "expected" / file, bytes);
  }
}

}  // namespace merlon::test
