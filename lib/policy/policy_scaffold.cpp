#include "policy/policy_scaffold.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <vector>

#include "base/text.h"
#include "capability/capable_tools.h"
#include "capability/rule_of_two.h"

namespace merlon {
namespace {

constexpr std::size_t kMostEvidence = 4;
constexpr std::size_t kLongestName = 256;

struct ToolTier {
  std::string_view title;
  CapabilitySet any;  ///< has one of these
  std::string_view tier;
  std::string_view decision;
};

/// The first that fits. The last one fits all.
constexpr std::array kToolTiers{
    ToolTier{"run code, spend money",
             capability_bit(Capability::kExecutes) | capability_bit(Capability::kSpendsMoney),
             "admin", "ask"},
    ToolTier{"delete", capability_bit(Capability::kDestroys), "delete", "ask"},
    ToolTier{"send data out", capability_bit(Capability::kSendsOut), "write", "ask"},
    ToolTier{"change something",
             capability_bit(Capability::kChangesState) | capability_bit(Capability::kWritesMemory),
             "write", "ask"},
    ToolTier{
        "read",
        capability_bit(Capability::kReadsPrivate) | capability_bit(Capability::kTakesUntrusted),
        "read", "allow"},
    ToolTier{"say nothing that is understood", 0, "write", "ask"},
};

const ToolTier& tier_of(const CapableTool& tool) {
  return *std::find_if(kToolTiers.begin(), kToolTiers.end(), [&](const ToolTier& tier) {
    return tier.any == 0 || (tool.found.set & tier.any) != 0;
  });
}

/// A glob that matches this text only.
std::string literal_glob(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[') {
      out.append("[").append(1, c).append("]");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// More calls in a minute than were ever seen are no surprise; many more are.
void write_rate(std::string& out, const std::string& tool, const SeenUse& seen) {
  constexpr std::uint64_t kHighest = 10'000;
  const auto found = seen.most_per_minute.find(tool);
  if (found != seen.most_per_minute.end()) {
    out += "[[tool.rate]] # seen: " + std::to_string(found->second) +
           " in a minute\nmax = " + std::to_string(std::min(kHighest, found->second * 2)) +
           "\nper_seconds = 60\n";
  }
}

void write_entry(std::string& out, const CapableTool& tool, const ToolTier& tier,
                 bool with_server) {
  out += "\n[[tool]]\ntool = " + toml_string(literal_glob(tool.name)) + '\n';
  if (with_server && !tool.server.empty()) {
    out += "server = " + toml_string(literal_glob(tool.server)) + '\n';
  }
  out.append("tier = \"").append(tier.tier).append("\"\n");
  out.append("decision = \"").append(tier.decision).append("\"\n");
  std::size_t shown = 0;
  for (const CapabilityEvidence& evidence : tool.found.evidence) {
    if (++shown > kMostEvidence) {
      break;
    }
    out.append("# ").append(to_string(evidence.capability)).append(": ");
    out.append(to_string(evidence.source)).append(" says `");
    out.append(escape_for_display(shorten(evidence.words, 80))).append("`\n");
  }
  for (const AnnotationContradiction& claim : tool.found.contradictions) {
    out.append("# its annotation ").append(escape_for_display(claim.annotation));
    out.append(" contradicts `").append(escape_for_display(shorten(claim.words, 80)));
    out.append("`\n");
  }
}

/// Guards that need no settings to be of use.
constexpr std::array<std::string_view, 9> kScaffoldGuards{
    "message-size", "tool-list",        "state-protection", "action-tier", "arguments",
    "secrets",      "prompt-injection", "output-filter",    "rule-of-two"};

void write_guards(std::string& out) {
  for (const std::string_view type : kScaffoldGuards) {
    out.append("\n[[guard]]\ntype = \"").append(type).append("\"\n");
  }
}

}  // namespace

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(text, at);
    if (code_point == '"' || code_point == '\\') {
      out.append("\\").append(text.substr(begin, at - begin));
    } else if (code_point < 0x20 || needs_escape(code_point)) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      out += "\\U";
      for (int shift = 28; shift >= 0; shift -= 4) {
        out.push_back(kHex[(code_point >> static_cast<unsigned>(shift)) & 15U]);
      }
    } else {
      append_utf8(out, code_point);
    }
  }
  return out + '"';
}

namespace {

std::string write_scaffold(std::span<const Manifest* const> manifests, std::string_view name,
                           const SeenUse* seen) {
  std::vector<CapableTool> tools = capable_tools(manifests);
  std::erase_if(tools, [&](const CapableTool& tool) {
    return tool.name.empty() || tool.name.size() > kLongestName ||
           (seen != nullptr && !seen->most_per_minute.contains(tool.name));
  });
  std::stable_sort(tools.begin(), tools.end(), [](const CapableTool& a, const CapableTool& b) {
    return std::tie(a.server, a.name) < std::tie(b.server, b.name);
  });
  // A tool that several manifests have is listed once, by the worst that is said of it.
  std::set<std::string> servers;
  for (const CapableTool& tool : tools) {
    servers.insert(tool.server);
  }
  const bool with_server = servers.size() > 1;
  std::string out =
      seen != nullptr
          ? "# Made from recordings: what is listed was done there, all else is denied.\n"
          : "# Made from a manifest: what is listed was seen there, all else is denied.\n";
  out += "# Go through the entries; each says what its tool seems to do, and why.\n";
  out += "format = 1\nname = " + toml_string(name) + "\nversion = 1\n";
  out += "\n[defaults]\nunlisted_tool = \"deny\"\n";
  write_guards(out);
  if (seen != nullptr) {
    out += "\n[[guard]]\ntype = \"rate-limit\"\n";
  }
  std::set<std::pair<std::string, std::string>> written;
  for (const ToolTier& tier : kToolTiers) {
    bool titled = false;
    for (const CapableTool& tool : tools) {
      if (&tier_of(tool) != &tier ||
          !written.insert({with_server ? tool.server : "", tool.name}).second) {
        continue;
      }
      if (!titled) {
        out.append("\n# --- tools that ").append(tier.title).append(" ---\n");
        titled = true;
      }
      write_entry(out, tool, tier, with_server);
      if (seen != nullptr) {
        write_rate(out, tool.name, *seen);
      }
    }
  }
  return out;
}

}  // namespace

std::string policy_scaffold(std::span<const Manifest* const> manifests, std::string_view name) {
  return write_scaffold(manifests, name, nullptr);
}

std::string policy_scaffold(std::span<const Manifest* const> manifests, std::string_view name,
                            const SeenUse& seen) {
  return write_scaffold(manifests, name, &seen);
}

}  // namespace merlon
