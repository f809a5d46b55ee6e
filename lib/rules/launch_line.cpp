#include "rules/launch_line.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace merlon {
namespace {

template <std::size_t N>
bool is_one_of_programs(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 10> kWrappers{"env",  "sudo", "nice",   "nohup",  "exec",
                                                     "doas", "time", "stdbuf", "setsid", "command"};
constexpr std::array<std::string_view, 8> kExecutors{"mise",    "asdf",   "direnv", "nix",
                                                     "dotenvx", "dotenv", "op",     "doppler"};

bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != std::string_view::npos && equals > 0 && word.find('/') > equals &&
         word.find('-') > equals;
}

// `mise exec -- npx …`: what follows the two dashes.
std::size_t after_dashes(std::span<const LaunchWord> words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].text == "--") {
      return i + 1;
    }
  }
  return 0;
}

// How many words of the front are a wrapper; 0 for none.
std::size_t wrapper_size(std::span<const LaunchWord> words) {
  const std::string program = program_name(words.front().text);
  if (program == "cmd" && words.size() > 1 && equals_ignoring_case(words[1].text, "/c")) {
    return 2;
  }
  if (is_one_of_programs(kExecutors, program)) {
    return after_dashes(words);
  }
  if (!is_one_of_programs(kWrappers, program)) {
    return 0;
  }
  std::size_t size = 1;
  while (size < words.size() &&
         (words[size].text.starts_with('-') || is_assignment(words[size].text))) {
    ++size;
  }
  return size;
}

// `@scope/name@1.2.3` into name and version.
PackageUse npm_package(std::string_view word, NodeId node) {
  PackageUse use{.source = PackageSource::kNpm, .node = node};
  if (word.starts_with("npm:")) {
    word.remove_prefix(4);
  }
  const bool git = word.starts_with("git+") || word.starts_with("github:") ||
                   word.starts_with("git@") || word.starts_with("gitlab:");
  const bool url = word.starts_with("http://") || word.starts_with("https://");
  if (git || url) {
    use.source = git ? PackageSource::kGit : PackageSource::kUrl;
    const std::size_t hash = word.find('#');
    use.name = std::string(word.substr(0, hash));
    if (hash != std::string_view::npos) {
      use.version = std::string(word.substr(hash + 1));
    }
    return use;
  }
  const std::size_t at = word.find('@', 1);
  use.name = std::string(word.substr(0, at));
  if (at != std::string_view::npos) {
    use.version = std::string(word.substr(at + 1));
  }
  return use;
}

PackageUse pypi_package(std::string_view word, NodeId node) {
  PackageUse use{.source = PackageSource::kPypi, .node = node};
  if (word.starts_with("git+") || word.find("@ git+") != std::string_view::npos) {
    use.source = PackageSource::kGit;
    const std::size_t scheme = word.find("://");
    const std::size_t at = scheme == std::string_view::npos
                               ? std::string_view::npos
                               : word.find('@', word.find('/', scheme + 3));
    use.name = std::string(word.substr(0, at));
    if (at != std::string_view::npos) {
      use.version = std::string(word.substr(at + 1, word.find('#', at) - at - 1));
    }
    return use;
  }
  if (word.starts_with("http://") || word.starts_with("https://")) {
    use.source = PackageSource::kUrl;
    use.name = std::string(word);
    return use;
  }
  const std::size_t end = word.find_first_of("=<>!~@ ");
  use.name = std::string(word.substr(0, std::min(end, word.find('['))));
  if (end != std::string_view::npos) {
    const std::string_view spec = word.substr(end);
    // Only `==` and uv's `@` name one version; a range stays as it is written.
    if (spec.starts_with("==")) {
      use.version = std::string(spec.substr(2));
    } else if (spec.starts_with('@')) {
      use.version = std::string(spec.substr(1));
    } else {
      use.version = std::string(spec);
    }
  }
  return use;
}

PackageUse image(std::string_view word, NodeId node) {
  PackageUse use{.source = PackageSource::kImage, .node = node};
  if (const std::size_t at = word.find('@'); at != std::string_view::npos) {
    use.name = std::string(word.substr(0, at));
    use.version = std::string(word.substr(at + 1));
    return use;
  }
  const std::size_t slash = word.rfind('/');
  const std::size_t colon = word.find(':', slash == std::string_view::npos ? 0 : slash);
  use.name = std::string(word.substr(0, colon));
  if (colon != std::string_view::npos) {
    use.version = std::string(word.substr(colon + 1));
  }
  return use;
}

bool is_local(std::string_view word) {
  return word.starts_with('.') || word.starts_with('/') || word.starts_with('~') ||
         word.starts_with('$') || word.starts_with('%') || word.starts_with('{') ||
         (word.size() > 1 && word[1] == ':') || word.find('\\') != std::string_view::npos ||
         word.ends_with(".js") || word.ends_with(".ts") || word.ends_with(".py");
}

/// Where the words of a runner begin that name what it fetches.
struct Runner {
  PackageSource source{PackageSource::kNpm};
  std::size_t first{0};  ///< index of the first word after the runner's own verbs
  bool found{false};
};

Runner find_runner(const LaunchLine& line) {
  const auto word = [&](std::size_t i) {
    return i < line.arguments.size() ? std::string_view(line.arguments[i].text)
                                     : std::string_view{};
  };
  const std::string_view program = line.program;
  if (program == "npx" || program == "bunx" || program == "pnpx") {
    return {PackageSource::kNpm, 0, true};
  }
  if ((program == "pnpm" || program == "yarn") && word(0) == "dlx") {
    return {PackageSource::kNpm, 1, true};
  }
  if (program == "npm" && (word(0) == "exec" || word(0) == "x")) {
    return {PackageSource::kNpm, 1, true};
  }
  if (program == "bun" && word(0) == "x") {
    return {PackageSource::kNpm, 1, true};
  }
  if (program == "uvx") {
    return {PackageSource::kPypi, 0, true};
  }
  if (program == "uv" && word(0) == "tool" && word(1) == "run") {
    return {PackageSource::kPypi, 2, true};
  }
  if (program == "pipx" && word(0) == "run") {
    return {PackageSource::kPypi, 1, true};
  }
  return {};
}

constexpr std::array<std::string_view, 4> kNpmNames{"-p", "--package", "-w", "--workspace"};
constexpr std::array<std::string_view, 3> kPypiNames{"--from", "--with", "--spec"};
constexpr std::array<std::string_view, 12> kValued{
    "--python",    "-p",         "--index-url", "--index",   "--extra-index-url", "--default-index",
    "--directory", "--registry", "--cache-dir", "--project", "--refresh-package", "--env-file"};

PackageUse make_use(PackageSource source, std::string_view word, NodeId node) {
  return source == PackageSource::kNpm ? npm_package(word, node) : pypi_package(word, node);
}

std::vector<PackageUse> runner_packages(const LaunchLine& line, const Runner& runner) {
  std::vector<PackageUse> uses;
  const bool npm = runner.source == PackageSource::kNpm;
  bool named = false;  // by an option; the first plain word is then the program inside
  for (std::size_t i = runner.first; i < line.arguments.size(); ++i) {
    const LaunchWord& word = line.arguments[i];
    const std::string_view text = word.text;
    if (text == "--") {
      continue;
    }
    if (!text.starts_with('-')) {
      if (!named && !is_local(text)) {
        uses.push_back(make_use(runner.source, text, word.node));
      }
      break;
    }
    const std::size_t equals = text.find('=');
    const std::string_view option = text.substr(0, equals);
    const bool names =
        npm ? is_one_of_programs(kNpmNames, option) : is_one_of_programs(kPypiNames, option);
    if (!names) {
      if (equals == std::string_view::npos && is_one_of_programs(kValued, option) &&
          !(npm && option == "-p")) {
        ++i;
      }
      continue;
    }
    if (option != "--with") {
      named = true;
    }
    if (equals != std::string_view::npos) {
      uses.push_back(make_use(runner.source, text.substr(equals + 1), word.node));
    } else if (i + 1 < line.arguments.size()) {
      ++i;
      if (!is_local(line.arguments[i].text)) {
        uses.push_back(make_use(runner.source, line.arguments[i].text, line.arguments[i].node));
      }
    }
  }
  return uses;
}

bool is_container_program(std::string_view program) {
  return program == "docker" || program == "podman" || program == "nerdctl" || program == "finch";
}

// Options of `run` that stand alone; every other one takes a value.
constexpr std::array<std::string_view, 16> kContainerFlags{"-i",
                                                           "-t",
                                                           "-it",
                                                           "-ti",
                                                           "-d",
                                                           "--rm",
                                                           "--init",
                                                           "--interactive",
                                                           "--tty",
                                                           "--privileged",
                                                           "--detach",
                                                           "--read-only",
                                                           "--no-healthcheck",
                                                           "-P",
                                                           "--publish-all",
                                                           "--oom-kill-disable"};

std::string long_name(std::string_view option) {
  if (option == "-v") {
    return "--volume";
  }
  if (option == "-e") {
    return "--env";
  }
  if (option == "-p") {
    return "--publish";
  }
  if (option == "-u") {
    return "--user";
  }
  if (option == "-w") {
    return "--workdir";
  }
  if (option == "--net") {
    return "--network";
  }
  return std::string(option);
}

struct ContainerRun {
  std::vector<ContainerOption> options;
  std::size_t image{SIZE_MAX};
};

ContainerRun read_container_run(const LaunchLine& line) {
  ContainerRun out;
  if (!is_container_program(line.program)) {
    return out;
  }
  const auto words = line.arguments;
  std::size_t i = 0;
  while (i < words.size() && words[i].text != "run" && words[i].text != "create") {
    ++i;
  }
  for (++i; i < words.size(); ++i) {
    const std::string_view text = words[i].text;
    if (!text.starts_with('-')) {
      out.image = i;
      return out;
    }
    const std::size_t equals = text.find('=');
    const std::string_view option = text.substr(0, equals);
    if (equals != std::string_view::npos) {
      out.options.push_back(
          {long_name(option), std::string(text.substr(equals + 1)), words[i].node});
    } else if (is_one_of_programs(kContainerFlags, option)) {
      out.options.push_back({long_name(option), {}, words[i].node});
    } else if (i + 1 < words.size()) {
      ++i;
      out.options.push_back({long_name(option), words[i].text, words[i].node});
    }
  }
  return out;
}

bool is_hex(std::string_view text, std::size_t size) {
  return text.size() == size &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// 1.2.3, v1.2.3-beta.1, 2025.11.18: a number, two dots and no sign of a range.
bool is_exact_version(std::string_view version) {
  if (version.starts_with('v')) {
    version.remove_prefix(1);
  }
  if (version.empty() || version.front() < '0' || version.front() > '9') {
    return false;
  }
  std::size_t dots = 0;
  for (const char c : version) {
    const bool fine = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '-' || c == '+' || c == '.';
    if (!fine) {
      return false;
    }
    if (c == '.') {
      ++dots;
    }
  }
  return dots >= 1 && version.find(".x") == std::string_view::npos &&
         version.find(".X") == std::string_view::npos;
}

}  // namespace

std::string program_name(std::string_view path) {
  if (const std::size_t slash = path.find_last_of("/\\"); slash != std::string_view::npos) {
    path.remove_prefix(slash + 1);
  }
  std::string name = to_lower_ascii(path);
  for (const std::string_view ending : {".exe", ".cmd", ".bat", ".ps1"}) {
    if (name.ends_with(ending)) {
      name.resize(name.size() - ending.size());
    }
  }
  return name;
}

LaunchLine effective_launch(std::span<const LaunchWord> words) {
  while (!words.empty()) {
    const std::size_t size = wrapper_size(words);
    if (size == 0 || size >= words.size()) {
      break;
    }
    words = words.subspan(size);
  }
  if (words.empty()) {
    return {};
  }
  return {.program = program_name(words.front().text), .arguments = words.subspan(1)};
}

std::vector<PackageUse> packages_of(const LaunchLine& line) {
  if (const Runner runner = find_runner(line); runner.found) {
    return runner_packages(line, runner);
  }
  std::vector<PackageUse> uses;
  if (const ContainerRun run = read_container_run(line); run.image != SIZE_MAX) {
    const LaunchWord& word = line.arguments[run.image];
    uses.push_back(image(word.text, word.node));
  }
  if (line.program == "deno") {
    for (const LaunchWord& word : line.arguments) {
      const bool fetched = word.text.starts_with("npm:") || word.text.starts_with("jsr:") ||
                           word.text.starts_with("https://") || word.text.starts_with("http://");
      if (!fetched) {
        continue;
      }
      uses.push_back(npm_package(word.text.starts_with("jsr:")
                                     ? std::string_view(word.text).substr(4)
                                     : std::string_view(word.text),
                                 word.node));
      break;
    }
  }
  return uses;
}

bool is_pinned(const PackageUse& use) {
  switch (use.source) {
    case PackageSource::kNpm:
      return is_exact_version(use.version) &&
             std::count(use.version.begin(), use.version.end(), '.') >= 2;
    case PackageSource::kPypi: return is_exact_version(use.version);
    case PackageSource::kImage:
      return use.version.starts_with("sha256:") &&
             is_hex(std::string_view(use.version).substr(7), 64);
    case PackageSource::kGit: return is_hex(use.version, 40) || is_hex(use.version, 64);
    case PackageSource::kUrl: return false;
  }
  return false;
}

std::vector<ContainerOption> container_options(const LaunchLine& line) {
  return read_container_run(line).options;
}

namespace {

// `type=bind,source=/x,target=/y`
std::string source_of_pairs(std::string_view value) {
  if (value.find("type=volume") != std::string_view::npos ||
      value.find("type=tmpfs") != std::string_view::npos) {
    return {};
  }
  for (const std::string_view part : split(value, ',')) {
    for (const std::string_view key : {"source=", "src="}) {
      if (part.starts_with(key)) {
        return std::string(part.substr(key.size()));
      }
    }
  }
  return {};
}

}  // namespace

std::string mount_source(std::string_view value) {
  if (value.find("source=") != std::string_view::npos ||
      value.find("src=") != std::string_view::npos ||
      value.find("type=") != std::string_view::npos) {
    return source_of_pairs(value);
  }
  // C:\x:/y keeps its drive.
  const std::size_t from = value.size() > 2 && value[0] != '/' && value[0] != '.' &&
                                   value[0] != '~' && value[1] == ':' &&
                                   (value[2] == '\\' || value[2] == '/')
                               ? 2
                               : 0;
  const std::size_t colon = value.find(':', from);
  if (colon == std::string_view::npos) {
    return {};
  }
  const std::string_view source = value.substr(0, colon);
  const bool path = source.starts_with('/') || source.starts_with('~') || source.starts_with('.') ||
                    source.starts_with('$') || source.starts_with('%') || from != 0;
  // `${HOME:-/root}` would be cut at its colon; the front is enough to judge it.
  return path ? std::string(source) : std::string();
}

}  // namespace merlon
