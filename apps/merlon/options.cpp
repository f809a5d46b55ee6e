#include "options.h"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>
#include <variant>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/text.h"
#include "exit_code.h"

namespace merlon::cli {
namespace {

constexpr std::size_t kHelpWidth = 80;
constexpr std::size_t kLeftColumn = 28;

using Target = std::variant<bool*, std::string*, std::vector<std::string>*, std::uint64_t*>;

struct DeclaredOption {
  std::vector<std::string> names;  ///< short ones first, dashes included
  Target target;
  std::string placeholder;
  std::string help;
  std::vector<std::string> choices;
  std::size_t group{0};

  [[nodiscard]] bool is_flag() const { return std::holds_alternative<bool*>(target); }
};

struct DeclaredPositional {
  std::string name;
  std::variant<std::string*, std::vector<std::string>*> target;
  std::string help;
  bool required{false};
};

struct Example {
  std::string command_line;
  std::string what;
};

std::vector<std::string> split_names(std::string_view names) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(names, ',')) {
    parts.emplace_back(trim(part));
  }
  std::ranges::stable_sort(parts, {},
                           [](const std::string& name) { return name.starts_with("--"); });
  return parts;
}

/// Appends `text` word by word; lines after the first start with `indent` blanks.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent) {
  const std::size_t line_start = out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1;
  std::size_t column = out.size() - line_start;
  bool first = true;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) {
      continue;
    }
    const std::size_t width = count_code_points(word);
    if (!first && column + 1 + width > kHelpWidth) {
      out.append("\n").append(indent, ' ');
      column = indent;
    } else if (!first) {
      out.push_back(' ');
      ++column;
    }
    out.append(word);
    column += width;
    first = false;
  }
  out.push_back('\n');
}

void append_row(std::string& out, const std::string& left, std::string_view help) {
  const std::string start = "  " + left;
  out.append(start);
  if (start.size() + 2 > kLeftColumn) {
    out.append("\n").append(kLeftColumn, ' ');
  } else {
    out.append(kLeftColumn - start.size(), ' ');
  }
  append_wrapped(out, help, kLeftColumn);
}

std::string default_of(const DeclaredOption& option) {
  if (const auto* text = std::get_if<std::string*>(&option.target)) {
    return **text;
  }
  if (const auto* number = std::get_if<std::uint64_t*>(&option.target)) {
    return **number == 0 ? "" : std::to_string(**number);
  }
  return "";
}

// Indented lines stay as they are; the first stands behind an empty line.
void append_description(std::string& out, std::string_view description) {
  if (description.empty()) {
    return;
  }
  for (const std::string_view line : split(description, '\n')) {
    if (line.empty()) {
      out.push_back('\n');
      continue;
    }
    if (line.data() == description.data()) {
      out.push_back('\n');
    }
    if (line.front() == ' ') {
      out.append(line).push_back('\n');
    } else {
      append_wrapped(out, line, 0);
    }
  }
}

}  // namespace

struct Options::Impl {
  std::string command;
  std::string summary;
  std::string description;
  std::vector<std::string> groups{"Options"};
  std::vector<DeclaredOption> options;
  std::vector<DeclaredPositional> positionals;
  std::optional<DeclaredPositional> rest;
  std::vector<Example> examples;
  bool help_asked{false};

  void declare(std::string_view names, Target target, std::string_view placeholder,
               std::string_view help, std::vector<std::string> choices = {}) {
    DeclaredOption option{.names = split_names(names),
                          .target = target,
                          .placeholder = std::string(placeholder),
                          .help = std::string(help),
                          .choices = std::move(choices),
                          .group = groups.size() - 1};
    if (const std::string value = default_of(option); !value.empty()) {
      option.help += " (default: " + value + ")";
    }
    options.push_back(std::move(option));
  }

  [[nodiscard]] std::string program() const {
    return command.empty() ? "merlon" : "merlon " + command;
  }
  [[nodiscard]] std::string usage() const;
  [[nodiscard]] Error unknown_option(std::string_view word) const;
  [[nodiscard]] Error usage_error(std::string message, std::string hint = {}) const;
  [[nodiscard]] std::optional<Error> take_options(std::vector<std::string> words,
                                                  std::vector<std::string>& positional);
  [[nodiscard]] std::optional<Error> apply(const DeclaredOption& option,
                                           const std::vector<std::string>& given) const;
  [[nodiscard]] std::optional<Error> take_positionals(const std::vector<std::string>& words) const;
};

std::string Options::Impl::usage() const {
  std::string line = "usage: " + program() + " [options]";
  for (const DeclaredPositional& positional : positionals) {
    const bool many = std::holds_alternative<std::vector<std::string>*>(positional.target);
    const std::string shown = positional.name + (many ? "..." : "");
    line += positional.required ? " " + shown : " [" + shown + "]";
  }
  if (rest) {
    line += " -- " + rest->name + "...";
  }
  return line;
}

Error Options::Impl::usage_error(std::string message, std::string hint) const {
  if (hint.empty()) {
    hint = "`" + program() + " --help` shows what it takes";
  }
  return Error{.code = ErrorCode::kUsage,
               .message = std::move(message),
               .where = {},
               .hints = {std::move(hint)}};
}

Error Options::Impl::unknown_option(std::string_view word) const {
  // What follows `=` may be a secret: it is not repeated.
  const std::string_view name = word.substr(0, word.find('='));
  std::vector<std::string_view> known{"--help"};
  for (const DeclaredOption& option : options) {
    known.insert(known.end(), option.names.begin(), option.names.end());
  }
  const std::string_view near = name.starts_with("--") ? nearest(name, known) : std::string_view{};
  return usage_error("unknown option `" + std::string(name) + "` of `" + program() + "`",
                     near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
}

/// Fills the options' targets; `positional` gets all words that are none.
std::optional<Error> Options::Impl::take_options(std::vector<std::string> words,
                                                 std::vector<std::string>& positional) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<CLI::Option*> parsed;
  for (const DeclaredOption& option : options) {
    const std::string names = join(option.names, ",");
    // Every option takes all its values as plain words; counting and converting them is done here,
    // so that messages and rules are ours.
    parsed.push_back(option.is_flag()
                         ? app.add_flag(names)
                         : app.add_option(names)->expected(1)->allow_extra_args(false)->take_all());
  }
  for (const std::string& word : words) {
    if (word == "++") {
      return usage_error("`++` has no meaning here", "a file of that name is `./++`");
    }
    if (word.starts_with("--") && word.ends_with("=") && word.find('=') == word.size() - 1) {
      return usage_error("`" + word.substr(0, word.size() - 1) + "` needs a value after `=`");
    }
  }
  const std::string last = words.empty() ? "" : words.back();
  std::ranges::reverse(words);
  try {
    app.parse(words);
  } catch (const CLI::ArgumentMismatch&) {
    return usage_error("`" + last + "` needs a value");
  } catch (const CLI::Error& error) {
    return usage_error(to_lower_ascii(error.what()));
  }
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word.front() == '-') {
      return unknown_option(word);
    }
    positional.push_back(word);
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (auto error = apply(options[i], parsed[i]->results())) {
      return error;
    }
  }
  return std::nullopt;
}

std::optional<Error> Options::Impl::apply(const DeclaredOption& option,
                                          const std::vector<std::string>& given) const {
  if (given.empty()) {
    return std::nullopt;
  }
  const std::string shown = "`" + option.names.back() + "`";
  if (auto* const* flag = std::get_if<bool*>(&option.target)) {
    if (std::ranges::any_of(given, [](const std::string& value) { return value != "true"; })) {
      return usage_error(shown + " takes no value");
    }
    **flag = true;
    return std::nullopt;
  }
  if (auto* const* many = std::get_if<std::vector<std::string>*>(&option.target)) {
    **many = given;
    return std::nullopt;
  }
  if (given.size() > 1) {
    return usage_error(shown + " is given more than once");
  }
  const std::string& value = given.front();
  if (auto* const* number = std::get_if<std::uint64_t*>(&option.target)) {
    const auto parsed = parse_unsigned(value);
    if (!parsed) {
      return usage_error(shown + " takes a whole number, not `" + value + "`");
    }
    **number = *parsed;
    return std::nullopt;
  }
  if (!option.choices.empty() && std::ranges::find(option.choices, value) == option.choices.end()) {
    const std::vector<std::string_view> choices(option.choices.begin(), option.choices.end());
    const std::string_view near = nearest(value, choices);
    return usage_error(
        shown + " cannot be `" + value + "`: it is one of " + join(option.choices, ", "),
        near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
  }
  **std::get_if<std::string*>(&option.target) = value;
  return std::nullopt;
}

std::optional<Error> Options::Impl::take_positionals(const std::vector<std::string>& words) const {
  std::size_t used = 0;
  for (const DeclaredPositional& positional : positionals) {
    if (auto* const* many = std::get_if<std::vector<std::string>*>(&positional.target)) {
      if (used < words.size()) {
        (*many)->assign(words.begin() + std::ptrdiff_t(used), words.end());
      }
      used = words.size();
    } else if (used < words.size()) {
      **std::get_if<std::string*>(&positional.target) = words[used++];
    } else if (positional.required) {
      return usage_error("`" + program() + "` needs " + positional.name);
    }
  }
  if (used == words.size()) {
    return std::nullopt;
  }
  return usage_error("unexpected argument `" + words[used] + "` of `" + program() + "`",
                     rest ? "the " + to_lower_ascii(rest->name) + " stands after `--`" : "");
}

Options::Options(std::string_view command, std::string_view summary)
    : impl_(std::make_unique<Impl>()) {
  impl_->command = command;
  impl_->summary = summary;
}

Options::~Options() = default;

void Options::describe(std::string_view text) {
  impl_->description = text;
}

void Options::group(std::string_view title) {
  impl_->groups.emplace_back(title);
}

void Options::flag(std::string_view names, bool& target, std::string_view help) {
  impl_->declare(names, &target, "", help);
}

void Options::value(std::string_view names, std::string& target, std::string_view placeholder,
                    std::string_view help) {
  impl_->declare(names, &target, placeholder, help);
}

void Options::value(std::string_view names, std::vector<std::string>& target,
                    std::string_view placeholder, std::string_view help) {
  impl_->declare(names, &target, placeholder, help);
}

void Options::value(std::string_view names, std::uint64_t& target, std::string_view placeholder,
                    std::string_view help) {
  impl_->declare(names, &target, placeholder, help);
}

void Options::choice(std::string_view names, std::string& target,
                     const std::vector<std::string>& choices, std::string_view help) {
  impl_->declare(names, &target, "WORD", std::string(help) + ": " + join(choices, ", "), choices);
}

void Options::positional(std::string_view name, std::vector<std::string>& target,
                         std::string_view help) {
  impl_->positionals.push_back({std::string(name), &target, std::string(help), false});
}

void Options::positional(std::string_view name, std::string& target, std::string_view help,
                         bool required) {
  impl_->positionals.push_back({std::string(name), &target, std::string(help), required});
}

void Options::rest(std::string_view name, std::vector<std::string>& target, std::string_view help) {
  impl_->rest = DeclaredPositional{std::string(name), &target, std::string(help), false};
}

void Options::example(std::string_view command_line, std::string_view what) {
  impl_->examples.push_back({std::string(command_line), std::string(what)});
}

std::optional<int> Options::parse(Env& env, std::span<const std::string> args) {
  const auto separator = std::ranges::find(args, "--");
  std::vector<std::string> words(args.begin(), separator);
  std::vector<std::string> after;
  if (separator != args.end()) {
    after.assign(std::next(separator), args.end());
  }
  // Help wins over everything else on the line, mistakes included: who asks for help gets it.
  if (std::ranges::find(words, "--help") != words.end() ||
      std::ranges::find(words, "-h") != words.end()) {
    env.out << help();
    return kYes;
  }
  std::vector<std::string> positional;
  auto error = impl_->take_options(std::move(words), positional);
  if (!error) {
    if (const auto& rest = impl_->rest) {
      *std::get<std::vector<std::string>*>(rest->target) = std::move(after);
    } else {
      positional.insert(positional.end(), after.begin(), after.end());
    }
    error = impl_->take_positionals(positional);
  }
  if (!error) {
    return std::nullopt;
  }
  env.err << render(*error);
  return kUsageError;
}

std::string Options::help() const {
  std::string out = impl_->usage() + "\n\n";
  std::string summary = impl_->summary + ".";
  if (summary.front() >= 'a' && summary.front() <= 'z') {
    summary.front() = static_cast<char>(summary.front() - 32);
  }
  append_wrapped(out, summary, 0);
  append_description(out, impl_->description);
  if (!impl_->positionals.empty() || impl_->rest) {
    out.append("\nArguments:\n");
  }
  for (const DeclaredPositional& positional : impl_->positionals) {
    append_row(out, positional.name, positional.help);
  }
  if (const auto& rest = impl_->rest) {
    append_row(out, "-- " + rest->name + "...", rest->help);
  }
  for (std::size_t group = impl_->groups.size(); group-- > 0;) {
    const std::size_t index = impl_->groups.size() - 1 - group;
    std::string rows;
    for (const DeclaredOption& option : impl_->options) {
      if (option.group != index) {
        continue;
      }
      std::string left = option.names.front().starts_with("--") ? "    " : "";
      left += join(option.names, ", ");
      if (!option.placeholder.empty()) {
        left += " " + option.placeholder;
      }
      append_row(rows, left, option.help);
    }
    if (index + 1 == impl_->groups.size()) {
      append_row(rows, "-h, --help", "show this text");
    }
    if (!rows.empty()) {
      out.append("\n").append(impl_->groups[index]).append(":\n").append(rows);
    }
  }
  if (!impl_->examples.empty()) {
    out.append("\nExamples:\n");
  }
  for (const Example& example : impl_->examples) {
    out.append("  ").append(example.command_line).append("\n      ");
    append_wrapped(out, example.what, 6);
  }
  return out;
}

}  // namespace merlon::cli
