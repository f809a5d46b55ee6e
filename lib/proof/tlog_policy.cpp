#include "proof/tlog_policy.h"

#include <algorithm>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostPolicyLines = 1000;

class TlogPolicyReader {
 public:
  Result<TlogPolicy> read(std::string_view text, std::string_view file) {
    std::uint32_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
      ++number;
      Status status = number > kMostPolicyLines
                          ? Status(fail(ErrorCode::kLimit, "the policy has more than 1000 lines"))
                          : read_line(line);
      if (!status) {
        Error error = std::move(status).error();
        error.where.file = std::string(file);
        error.where.line = number;
        error.where.column = 1;
        return std::unexpected(std::move(error));
      }
    }
    if (out_.logs.empty() || !quorum_) {
      return fail(ErrorCode::kFormat, "`", file, "` needs a `log` line and a `quorum` line");
    }
    return std::move(out_);
  }

 private:
  Status read_line(std::string_view line) {
    std::vector<std::string_view> words;
    for (const std::string_view word : split(line.substr(0, line.find('#')), ' ')) {
      if (!trim(word).empty()) {
        words.push_back(trim(word));
      }
    }
    if (words.empty()) {
      return {};
    }
    if (words[0] == "log" && (words.size() == 2 || words.size() == 3)) {
      MERLON_TRY(VerifierKey key, parse_verifier_key(words[1]));
      out_.logs.push_back(std::move(key));
      return {};
    }
    if (words[0] == "witness" && (words.size() == 3 || words.size() == 4)) {
      return read_witness(words);
    }
    if (words[0] == "group" && words.size() >= 4) {
      return read_group(words);
    }
    if (words[0] == "quorum" && words.size() == 2) {
      return read_quorum(words[1]);
    }
    return fail(ErrorCode::kFormat, "`", words[0], "` is no line of a log policy");
  }

  [[nodiscard]] std::optional<std::size_t> witness_of(std::string_view name) const {
    const auto found = std::ranges::find(out_.witnesses, name, &TlogWitness::name);
    return found == out_.witnesses.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - out_.witnesses.begin()));
  }
  [[nodiscard]] std::optional<std::size_t> group_of(std::string_view name) const {
    const auto found = std::ranges::find(out_.groups, name, &TlogGroup::name);
    return found == out_.groups.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - out_.groups.begin()));
  }

  [[nodiscard]] Status check_new_name(std::string_view name) const {
    if (name == "none" || witness_of(name) || group_of(name)) {
      return fail(ErrorCode::kFormat, "the name `", name, "` is taken");
    }
    return {};
  }

  Status read_witness(const std::vector<std::string_view>& words) {
    MERLON_CHECK(check_new_name(words[1]));
    MERLON_TRY(VerifierKey key, parse_verifier_key(words[2]));
    if (key.algorithm != KeyAlgorithm::kCosignature) {
      return fail(ErrorCode::kFormat, "the key of the witness `", words[1],
                  "` is not one for cosignatures");
    }
    out_.witnesses.push_back({.name = std::string(words[1]),
                              .key = std::move(key),
                              .url = std::string(words.size() == 4 ? words[3] : "")});
    return {};
  }

  Status read_group(const std::vector<std::string_view>& words) {
    MERLON_CHECK(check_new_name(words[1]));
    TlogGroup group{.name = std::string(words[1])};
    for (std::size_t i = 3; i < words.size(); ++i) {
      const auto witness = witness_of(words[i]);
      const auto inner = group_of(words[i]);
      if (!witness && !inner) {
        return fail(ErrorCode::kFormat, "no witness or group `", words[i], "` stands before");
      }
      std::vector<std::size_t>& members = witness ? group.witnesses : group.groups;
      const std::size_t member = witness ? *witness : *inner;
      if (std::ranges::find(members, member) != members.end()) {
        return fail(ErrorCode::kFormat, "`", words[i], "` stands twice in the group");
      }
      members.push_back(member);
    }
    const std::size_t count = words.size() - 3;
    const auto number = parse_unsigned(words[2]);
    group.least = words[2] == "all" ? count : words[2] == "any" ? 1 : number.value_or(0);
    if (group.least == 0 || group.least > count) {
      return fail(ErrorCode::kFormat, "`", words[2], "` is not `all`, `any` or a number up to ",
                  std::to_string(count));
    }
    out_.groups.push_back(std::move(group));
    return {};
  }

  Status read_quorum(std::string_view name) {
    if (quorum_) {
      return fail(ErrorCode::kFormat, "a second `quorum`");
    }
    quorum_ = true;
    out_.quorum_witness = witness_of(name);
    out_.quorum_group = group_of(name);
    if (name != "none" && !out_.quorum_witness && !out_.quorum_group) {
      return fail(ErrorCode::kFormat, "no witness or group `", name, "` stands before");
    }
    return {};
  }

  TlogPolicy out_;
  bool quorum_{false};
};

/// Groups name only groups before them, so one pass is enough.
bool reaches_quorum(const TlogPolicy& policy, const std::vector<bool>& signed_by) {
  std::vector<bool> reached(policy.groups.size());
  for (std::size_t i = 0; i < policy.groups.size(); ++i) {
    const TlogGroup& group = policy.groups[i];
    const auto count = static_cast<std::size_t>(
        std::ranges::count_if(group.witnesses, [&](std::size_t w) { return signed_by[w]; }) +
        std::ranges::count_if(group.groups, [&](std::size_t g) { return reached[g]; }));
    reached[i] = count >= group.least;
  }
  if (policy.quorum_witness) {
    return signed_by[*policy.quorum_witness];
  }
  return !policy.quorum_group || reached[*policy.quorum_group];
}

}  // namespace

Result<TlogPolicy> parse_tlog_policy(std::string_view text, std::string_view file) {
  return TlogPolicyReader().read(text, file);
}

Result<PolicyVerdict> judge_by_policy(const Note& checkpoint, const TlogPolicy& policy) {
  PolicyVerdict verdict;
  MERLON_TRY(verdict.log, verify_note(checkpoint, policy.logs));
  std::vector<bool> signed_by(policy.witnesses.size());
  for (std::size_t i = 0; i < policy.witnesses.size(); ++i) {
    const VerifierKey& key = policy.witnesses[i].key;
    for (const NoteSignature& signature : checkpoint.signatures) {
      if (signature.name != key.name || signature.id != key.id) {
        continue;
      }
      MERLON_TRY(const bool good, verify_with(key, checkpoint.text, signature.bytes));
      verdict.bad_cosignature = verdict.bad_cosignature || !good;
      if (good && !signed_by[i]) {
        signed_by[i] = true;
        verdict.witnesses.push_back(i);
        verdict.times.push_back(cosignature_time(signature.bytes).value_or(0));
      }
    }
  }
  verdict.quorum = !verdict.bad_cosignature && reaches_quorum(policy, signed_by);
  return verdict;
}

}  // namespace merlon
