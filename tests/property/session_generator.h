#pragma once
/// Sessions that a seed chooses, for the property that live and replayed decisions are the same
/// bytes: several stories go on at once (a loop, a drain, a changing list ...), in both directions,
/// with answers out of order, facts that come late, and another policy in the middle.
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "property/recorded_proxy.h"

namespace merlon::test {

/// Everything that decides, made from a seed: two policies, with pins or without.
class GeneratedEngines {
 public:
  GeneratedEngines(std::uint32_t seed, const std::string& tenant);

  struct Engine {
    RecordedEngine recorded;
    std::shared_ptr<const CompiledPolicy> policy;
  };
  [[nodiscard]] const Engine& first() const { return engines_[0]; }
  [[nodiscard]] const Engine& second() const { return engines_[1]; }

 private:
  std::vector<Engine> engines_;
};

/// What happened while sessions were generated: how much of what is to be held was reached.
struct GeneratedCounts {
  std::map<std::string, std::size_t> rules;  ///< by rule id, of all reasons
  std::size_t events{0};
  std::size_t unreadable{0};
  std::size_t broken_answers{0};  ///< of those
  std::size_t parked{0};          ///< finished after others
  std::size_t parked_reload{0};   ///< judged under one policy, finished under the next
  std::size_t late{0};
  std::size_t grants{0};
  std::size_t group{0};
  std::size_t own{0};
  std::size_t rewritten{0};
  std::size_t answered{0};
  std::size_t out_of_order{0};
};

/// A token that some generated sessions hold in arguments and answers.
[[nodiscard]] std::string generated_secret();

/// Plays one session to its end.
void generate_session(std::uint32_t seed, RecordedProxy& proxy, const GeneratedEngines& engines,
                      GeneratedCounts& counts);

}  // namespace merlon::test
