#include "rules/matcher.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "rules/matcher_impl.h"

namespace merlon {
namespace {

void check_matchers(const Rule& rule, const std::vector<RuleMatcher>& matchers,
                    std::vector<Error>& errors) {
  for (const RuleMatcher& matcher : matchers) {
    switch (matcher.kind) {
      case MatcherKind::kPattern:
        if (const auto problem = find_regex_problem(matcher.text)) {
          errors.push_back(make_error(ErrorCode::kBadRule, "rule `", rule.id,
                                      "`: pattern: ", problem->message, " at byte ",
                                      std::to_string(problem->offset)));
        }
        break;
      case MatcherKind::kPhrase:
        if (trim(matcher.text).empty()) {
          errors.push_back(
              make_error(ErrorCode::kBadRule, "rule `", rule.id, "`: a phrase is empty"));
        }
        break;
      case MatcherKind::kDetector:
        if (find_detector(matcher.text) == nullptr) {
          errors.push_back(make_error(ErrorCode::kBadRule, "rule `", rule.id,
                                      "`: no detector is called `", matcher.text, "`"));
        }
        break;
    }
  }
}

std::vector<Error> check_rules(const std::vector<Rule>& rules) {
  std::vector<Error> errors;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (i > 0 && rules[i].id == rules[i - 1].id) {
      errors.push_back(
          make_error(ErrorCode::kBadRule, "two rules have the id `", rules[i].id, "`"));
    }
    check_matchers(rules[i], rules[i].any, errors);
    check_matchers(rules[i], rules[i].all, errors);
    check_matchers(rules[i], rules[i].none, errors);
  }
  return errors;
}

}  // namespace

Status CompiledRules::Impl::link(const std::vector<std::string_view>& precompiled) {
  rule_of = std::vector<std::atomic<const Rule*>>(pack.rules.size());
  regex_of.resize(pack.matchers.size());
  detector_of.resize(pack.matchers.size());
  for (std::size_t i = 0; i < pack.matchers.size(); ++i) {
    const PackMatcher& matcher = pack.matchers[i];
    const std::string_view text = pack.text(matcher.text);
    switch (static_cast<MatcherKind>(matcher.kind)) {
      case MatcherKind::kPhrase: break;
      case MatcherKind::kPattern:
        regex_of[i] =
            &regexes.emplace_back(text, precompiled.empty() ? std::string_view{} : precompiled[i]);
        break;
      case MatcherKind::kDetector:
        detector_of[i] = find_detector(text);
        if (detector_of[i] == nullptr) {
          return fail(ErrorCode::kBadRule, "rule `", pack.text(pack.rules[matcher.rule].id),
                      "`: no detector is called `", text, "`");
        }
        break;
    }
  }
  for (std::uint32_t i = 0; i < pack.rules.size(); ++i) {
    if (pack.rules[i].always != 0 && pack.rules[i].enabled != 0) {
      always.push_back(i);
    }
  }
  return {};
}

CompiledRules::CompiledRules(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CompiledRules::~CompiledRules() = default;

Checked<std::shared_ptr<const CompiledRules>> CompiledRules::compile(std::vector<Rule> rules,
                                                                     RulePackInfo info) {
  std::stable_sort(rules.begin(), rules.end(),
                   [](const Rule& a, const Rule& b) { return a.id < b.id; });
  if (std::vector<Error> errors = check_rules(rules); !errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  const std::string bytes = build_pack(rules, info.name, info.version);
  auto impl = std::make_unique<Impl>();
  impl->storage.resize((bytes.size() + 7) / 8);
  std::memcpy(impl->storage.data(), bytes.data(), bytes.size());
  auto pack = open_pack({reinterpret_cast<const char*>(impl->storage.data()), bytes.size()},
                        PackTrust::kOwn);
  if (!pack) {
    return std::unexpected(std::vector<Error>{std::move(pack).error()});
  }
  impl->pack = *pack;
  info.rules = static_cast<std::uint32_t>(rules.size());
  info.digest = impl->pack.digest;
  impl->info = std::move(info);
  if (Status linked = impl->link({}); !linked) {
    return std::unexpected(std::vector<Error>{std::move(linked).error()});
  }
  // The caller's rules keep their examples.
  std::call_once(impl->unpack_once, [&] { impl->rules = std::move(rules); });
  for (std::size_t i = 0; i < impl->rules.size(); ++i) {
    impl->rule_of[i] = &impl->rules[i];
  }
  return std::shared_ptr<const CompiledRules>(new CompiledRules(std::move(impl)));
}

Result<std::shared_ptr<const CompiledRules>> CompiledRules::open(std::string_view pack_bytes) {
  return open(pack_bytes, {}, PackTrust::kOwn);
}

Result<std::shared_ptr<const CompiledRules>> CompiledRules::open(std::string_view pack_bytes,
                                                                 std::string_view regex_bytes,
                                                                 PackTrust trust) {
  auto impl = std::make_unique<Impl>();
  MERLON_TRY(impl->pack, open_pack(pack_bytes, trust));
  impl->info = {.name = std::string(impl->pack.name),
                .version = std::string(impl->pack.version),
                .digest = std::string(impl->pack.digest),
                .rules = static_cast<std::uint32_t>(impl->pack.rules.size())};
  MERLON_CHECK(impl->link(open_pack_regexes(regex_bytes, impl->pack)));
  return std::shared_ptr<const CompiledRules>(new CompiledRules(std::move(impl)));
}

const Rule& CompiledRules::rule(std::uint32_t index) const {
  const Impl& impl = *impl_;
  std::atomic<const Rule*>& known = impl.rule_of[index];
  if (const Rule* rule = known.load(std::memory_order_acquire)) {
    return *rule;
  }
  const std::lock_guard lock(impl.unpack_mutex);
  if (known.load(std::memory_order_relaxed) == nullptr) {
    known.store(&impl.single_rules.emplace_back(unpack_rule(impl.pack, index)),
                std::memory_order_release);
  }
  return *known.load(std::memory_order_relaxed);
}

const std::vector<Rule>& CompiledRules::rules() const {
  const Impl& impl = *impl_;
  std::call_once(impl.unpack_once, [&impl] {
    impl.rules.reserve(impl.pack.rules.size());
    for (std::uint32_t i = 0; i < impl.pack.rules.size(); ++i) {
      impl.rules.push_back(unpack_rule(impl.pack, i));
    }
  });
  return impl.rules;
}

const RulePackInfo& CompiledRules::info() const {
  return impl_->info;
}

std::optional<std::uint32_t> CompiledRules::find(std::string_view id) const {
  const PackView& pack = impl_->pack;
  const auto place = std::lower_bound(
      pack.rules.begin(), pack.rules.end(), id,
      [&](const PackRule& rule, std::string_view x) { return pack.text(rule.id) < x; });
  if (place == pack.rules.end() || pack.text(place->id) != id) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(place - pack.rules.begin());
}

}  // namespace merlon
