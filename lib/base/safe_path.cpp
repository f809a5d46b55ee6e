#include "base/safe_path.h"

#include <algorithm>
#include <array>

#include "base/percent_decode.h"
#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr int kMostLayers = 4;

bool is_path_drive(std::string_view text) {
  return text.size() >= 2 && text[1] == ':' &&
         ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
}

/// Fullwidth and other compatibility forms of dots and slashes.
std::string fold_path_forms(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    if (c == 0x2024 || c == 0xFF0E || c == 0xFE52) {
      out += '.';
    } else if (c == 0x2044 || c == 0x2215 || c == 0xFF0F || c == 0x29F8) {
      out += '/';
    } else if (c == 0xFF3C || c == 0xFE68 || c == 0x2216 || c == 0x29F5) {
      out += '\\';
    } else {
      out.append(text.substr(begin, at - begin));
    }
  }
  return out;
}

/// Overlong UTF-8 of `.`, `/` and `\`, which some decoders still take: C0 AE, C0 AF, C1 9C, and
/// their three-byte forms.
std::string fold_overlong(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = [text](std::size_t i) {
      return i < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[i])) : 0U;
    };
    unsigned value = 0;
    std::size_t taken = 0;
    if ((byte(at) == 0xC0 || byte(at) == 0xC1) && (byte(at + 1) & 0xC0U) == 0x80) {
      value = ((byte(at) & 1U) << 6U) | (byte(at + 1) & 0x3FU);
      taken = 2;
    } else if (byte(at) == 0xE0 && (byte(at + 1) & 0xFEU) == 0x80 &&
               (byte(at + 2) & 0xC0U) == 0x80) {
      value = ((byte(at + 1) & 1U) << 6U) | (byte(at + 2) & 0x3FU);
      taken = 3;
    }
    if (taken == 0) {
      out += text[at];
      continue;
    }
    out += static_cast<char>(value);
    at += taken - 1;
  }
  return out;
}

struct Folded {
  std::string path;
  bool climbs{false};
  bool dotdot{false};
};

/// What Windows makes of a name: blanks and dots at its end are dropped (`.. ` is `..`).
std::string_view windows_name(std::string_view name) {
  const std::size_t last = name.find_last_not_of(". ");
  if (last == std::string_view::npos) {
    return name.starts_with("..") ? ".." : ".";
  }
  return name.substr(0, last + 1);
}

/// The bytes of `path` that no `..` can take away: `/`, `//host/share/`, `C:/`, `~`.
std::size_t root_size(std::string_view path) {
  if (path.starts_with("//")) {
    const std::size_t host = path.find('/', 2);
    return host == std::string_view::npos ? path.size() : host;
  }
  if (path.starts_with('/')) {
    return 1;
  }
  if (is_path_drive(path)) {
    return path.size() > 2 && path[2] == '/' ? 3 : 2;
  }
  if (path.starts_with('~')) {
    return std::min(path.find('/'), path.size());
  }
  return 0;
}

/// Folds `.`, `..` and empty names of a path with forward slashes.
Folded fold_names(std::string_view path, bool windows) {
  Folded out;
  const std::size_t root = root_size(path);
  std::vector<std::string_view> names;
  for (std::string_view name : split(path.substr(root), '/')) {
    // `..;` is `..` for some servlet containers.
    name = name.starts_with("..;") ? ".." : windows && !name.empty() ? windows_name(name) : name;
    if (name.empty() || name == ".") {
      continue;
    }
    if (name != "..") {
      names.push_back(name);
      continue;
    }
    out.dotdot = true;
    if (!names.empty() && names.back() != "..") {
      names.pop_back();
      continue;
    }
    out.climbs = true;
    if (root == 0) {
      names.push_back(name);
    }
  }
  out.path = std::string(path.substr(0, root));
  for (const std::string_view name : names) {
    out.path += out.path.empty() || out.path.ends_with('/') ? "" : "/";
    out.path += name;
  }
  if (out.path.empty()) {
    out.path = ".";
  }
  return out;
}

class PathReader {
 public:
  PathReadings run(std::string_view text) {
    std::string path = take_file_url(text);
    add(path);
    for (int layer = 0; layer < kMostLayers && path.find('%') != std::string::npos; ++layer) {
      std::string decoded = percent_decode(path);
      if (decoded == path) {
        break;
      }
      note_encoded(path, decoded);
      add(decoded);
      path = std::move(decoded);
    }
    if (!is_ascii(path)) {
      for (const std::string& other : {fold_overlong(path), fold_path_forms(fold_overlong(path))}) {
        if (other != path) {
          out_.encoded = true;
          add(other);
        }
      }
    }
    return std::move(out_);
  }

 private:
  std::string take_file_url(std::string_view text) {
    if (text.size() < 5 || !equals_ignoring_case(text.substr(0, 5), "file:")) {
      return std::string(text);
    }
    out_.file_url = true;
    std::string_view rest = text.substr(5);
    if (rest.starts_with("//")) {
      const std::size_t path = std::min(rest.find('/', 2), rest.size());
      const std::string_view host = rest.substr(2, path - 2);
      out_.network = !host.empty() && !equals_ignoring_case(host, "localhost");
      rest = rest.substr(path);
    }
    rest = rest.substr(0, rest.find_first_of("?#"));
    // `file:///C:/x`
    return std::string(
        is_path_drive(rest.substr(std::min<std::size_t>(1, rest.size()))) ? rest.substr(1) : rest);
  }

  /// Only what hides the structure of a path counts: `%20` is a blank.
  void note_encoded(std::string_view before, std::string_view after) {
    const auto structure = [](std::string_view text) {
      return std::count_if(text.begin(), text.end(),
                           [](char c) { return c == '.' || c == '/' || c == '\\'; });
    };
    out_.encoded = out_.encoded || structure(after) > structure(before);
  }

  void add(std::string_view path) {
    const std::string_view whole = path;
    out_.nul = out_.nul || whole.find('\0') != std::string_view::npos;
    add_reading(whole, false);
    if (const std::size_t nul = whole.find('\0'); nul != std::string_view::npos) {
      // A program in C stops there.
      add_reading(whole.substr(0, nul), false);
    }
    if (whole.find('\\') != std::string_view::npos || whole.find(". ") != std::string_view::npos ||
        whole.find("...") != std::string_view::npos) {
      std::string slashes(whole);
      std::ranges::replace(slashes, '\\', '/');
      add_reading(slashes, true);
    }
  }

  void add_reading(std::string_view path, bool windows) {
    const Folded folded = fold_names(path, windows);
    out_.climbs = out_.climbs || folded.climbs;
    out_.dotdot = out_.dotdot || folded.dotdot;
    out_.home = out_.home || path.starts_with('~');
    // `///x` and more is the root of this machine.
    out_.network = out_.network || (path.starts_with("//") && !path.starts_with("///"));
    note_process(folded.path);
    push(folded.path);
    if (path.starts_with("//")) {
      // POSIX reads two slashes as one.
      const std::size_t names = std::min(path.find_first_not_of('/'), path.size());
      const Folded local = fold_names("/" + std::string(path.substr(names)), windows);
      out_.climbs = out_.climbs || local.climbs;
      note_process(local.path);
      push(local.path);
    }
  }

  void push(const std::string& path) {
    if (std::ranges::find(out_.normal, path) == out_.normal.end()) {
      out_.normal.push_back(path);
    }
  }

  /// `/proc/self/root/etc` is `/etc`, and `/proc/1/cwd` is somebody's folder.
  void note_process(std::string_view path) {
    if (!path.starts_with("/proc/")) {
      return;
    }
    for (const std::string_view name : split(path, '/')) {
      out_.process = out_.process || name == "root" || name == "cwd" || name == "fd" ||
                     name == "environ" || name == "mem" || name == "map_files";
    }
  }

  PathReadings out_;
};

}  // namespace

PathReadings read_path(std::string_view text) {
  return PathReader().run(text);
}

bool is_absolute_path(std::string_view normal) {
  return normal.starts_with('/') ||
         (is_path_drive(normal) && normal.size() > 2 && normal[2] == '/');
}

bool is_within(std::string_view folder, std::string_view path, PathCase path_case) {
  if (folder.ends_with('/')) {
    folder.remove_suffix(1);
  }
  if (path.size() < folder.size()) {
    return false;
  }
  const std::string_view head = path.substr(0, folder.size());
  const bool same =
      path_case == PathCase::kExact ? head == folder : equals_ignoring_case(head, folder);
  return same && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace merlon
