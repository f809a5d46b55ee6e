#include "policy/approval_section.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "base/table_reader.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 11> kApprovalKeys{
    "mode", "hold_seconds", "ttl_seconds", "min_assurance", "max_uses", "max_minutes",
    "keys", "ssh_keys",     "users",       "socket",        "notify"};
constexpr std::array<std::string_view, 5> kAssuranceKeys{"default", "deletion", "bulk", "privilege",
                                                         "money"};
constexpr NumberRange kHoldRange{.least = 1, .most = 3600};
constexpr NumberRange kTtlRange{.least = 10, .most = 86'400};
constexpr NumberRange kUsesRange{.least = 1, .most = 1000};
constexpr NumberRange kMinutesRange{.least = 0, .most = 1440};
constexpr std::size_t kMostApprovers = 64;

/// Nobody is asked; what a recording says counts.
ApprovalTerms without_section() {
  ApprovalTerms out;
  out.standard = Assurance::kElicited;
  out.by_category.fill(Assurance::kElicited);
  return out;
}

class ApprovalSectionReader {
 public:
  explicit ApprovalSectionReader(const PolicyNode& section)
      : reader_(*section.document, ErrorCode::kBadPolicy), table_(section.node) {}

  ApprovalTerms run() {
    reader_.check_keys(table_, kApprovalKeys, "`[approval]`");
    terms_.mode = ApprovalMode::kTicket;
    if (const auto word = reader_.choice(table_, "mode", approval_mode_words())) {
      terms_.mode = static_cast<ApprovalMode>(*word);
    }
    read_numbers();
    read_assurances();
    read_keys();
    read_places();
    return std::move(terms_);
  }

  [[nodiscard]] std::vector<Error> take_errors() { return std::move(reader_).take_errors(); }

 private:
  void read_number(std::string_view name, NumberRange range, std::uint32_t& target) {
    target = static_cast<std::uint32_t>(
        reader_.number(table_, name, range).value_or(std::uint64_t{target}));
  }

  void read_numbers() {
    read_number("hold_seconds", kHoldRange, terms_.hold_seconds);
    read_number("ttl_seconds", kTtlRange, terms_.ttl_seconds);
    read_number("max_uses", kUsesRange, terms_.most_uses);
    read_number("max_minutes", kMinutesRange, terms_.most_minutes);
  }

  void read_assurances() {
    const auto table = reader_.table(table_, "min_assurance");
    if (!table) {
      return;
    }
    reader_.check_keys(*table, kAssuranceKeys, "`[approval.min_assurance]`");
    if (const auto word = reader_.choice(*table, "default", assurance_words())) {
      terms_.standard = static_cast<Assurance>(*word);
    }
    for (std::size_t i = 0; i < kCategoryCount; ++i) {
      const auto word = reader_.choice(*table, category_infos()[i].name, assurance_words());
      terms_.by_category[i] = word ? static_cast<Assurance>(*word) : terms_.standard;
    }
  }

  /// The elements of a list of approvers.
  std::vector<NodeId> approvers(std::string_view name) {
    std::vector<NodeId> nodes = reader_.strings(table_, name);
    if (nodes.size() > kMostApprovers) {
      reader_.complain(nodes.back(), "`", name, "` has more than 64 entries");
      nodes.clear();
    }
    return nodes;
  }

  void read_keys() {
    for (const NodeId node : approvers("keys")) {
      if (auto key = parse_verifier_key(reader_.document().text(node))) {
        terms_.keys.push_back(*std::move(key));
      } else {
        reader_.complain(node, "this is no key: ", key.error().message);
      }
    }
    for (const NodeId node : approvers("ssh_keys")) {
      if (auto key = parse_ssh_public_key(reader_.document().text(node))) {
        terms_.ssh_keys.push_back(*std::move(key));
      } else {
        reader_.complain(node, "this is no SSH key: ", key.error().message);
      }
    }
    for (const NodeId node : approvers("users")) {
      terms_.users.push_back(reader_.document().text(node));
      if (terms_.users.back().empty()) {
        reader_.complain(node, "a user has a name or a number");
      }
    }
  }

  void read_places() {
    if (auto socket = reader_.string(table_, "socket")) {
      terms_.socket = *std::move(socket);
      if (!terms_.socket.starts_with('/')) {
        reader_.complain(reader_.field(table_, "socket").value_or(table_),
                         "`socket` is a folder with an absolute path");
      }
    }
    terms_.notify = reader_.texts(table_, "notify");
    if (!terms_.notify.empty() && !terms_.notify.front().starts_with('/')) {
      reader_
          .complain(reader_.field(table_, "notify").value_or(table_),
                    "`notify` begins with the absolute path of a program")
          .hints.emplace_back("who sets PATH for the proxy would choose the program");
    }
  }

  TableReader reader_;
  NodeId table_;
  ApprovalTerms terms_{};
};

/// What the minimum leaves of a policy's terms.
void tighten(ApprovalTerms& terms, ApprovalTerms minimum) {
  terms.hold_seconds = std::min(terms.hold_seconds, minimum.hold_seconds);
  terms.ttl_seconds = std::min(terms.ttl_seconds, minimum.ttl_seconds);
  terms.standard = std::max(terms.standard, minimum.standard);
  for (std::size_t i = 0; i < kCategoryCount; ++i) {
    terms.by_category[i] = std::max(terms.by_category[i], minimum.by_category[i]);
  }
  terms.most_uses = std::min(terms.most_uses, minimum.most_uses);
  terms.most_minutes = std::min(terms.most_minutes, minimum.most_minutes);
  if (!minimum.keys.empty() || !minimum.ssh_keys.empty() || !minimum.users.empty()) {
    terms.keys = std::move(minimum.keys);
    terms.ssh_keys = std::move(minimum.ssh_keys);
    terms.users = std::move(minimum.users);
    terms.socket = std::move(minimum.socket);
  }
  if (terms.notify.empty()) {
    terms.notify = std::move(minimum.notify);
  }
}

}  // namespace

ApprovalTerms read_approval_section(const Policy& policy, std::vector<Error>* errors) {
  const PolicyNode* const section = policy.section("approval");
  if (section == nullptr) {
    return without_section();
  }
  ApprovalSectionReader reader(*section);
  ApprovalTerms out = reader.run();
  if (errors != nullptr) {
    std::ranges::move(reader.take_errors(), std::back_inserter(*errors));
  }
  return out;
}

ApprovalTerms approval_terms_of(const Policy& policy) {
  ApprovalTerms out = read_approval_section(policy, nullptr);
  if (policy.minimum == nullptr || policy.minimum->section("approval") == nullptr) {
    return out;
  }
  ApprovalTerms minimum = read_approval_section(*policy.minimum, nullptr);
  if (policy.section("approval") == nullptr) {
    return minimum;
  }
  if (minimum.mode == ApprovalMode::kOff) {
    out.mode = ApprovalMode::kOff;
  }
  tighten(out, std::move(minimum));
  return out;
}

}  // namespace merlon
