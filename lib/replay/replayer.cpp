#include "replay/replayer.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "replay/expectation_check.h"
#include "replay/played_side.h"
#include "replay/ruling.h"

namespace merlon {
namespace {

/// What is said later, beside the recording, stands above what it says itself.
std::optional<SessionLabel> label_of(const RecordingHeader& header, const SessionNotes* notes) {
  if (notes != nullptr && notes->label) {
    return notes->label;
  }
  if (!header.label) {
    return std::nullopt;
  }
  return SessionLabel{.kind = header.label->attack ? SessionKind::kAttack : SessionKind::kBenign,
                      .attacker_calls = header.label->attacker_calls,
                      .utility = header.label->utility,
                      .cluster = header.label->cluster};
}

/// One session on its way.
class SessionRun {
 public:
  SessionRun(const ReplayOptions& options, SessionSource& source, const SessionNotes* notes,
             SessionReplay& out)
      : options_(options), source_(source), out_(out), side_(*options.policy) {
    const auto label = label_of(source.header(), notes);
    if (label) {
      score_.emplace(*label);
      out_.cluster = label->cluster.empty() ? out_.file : label->cluster;
      if (options.against != nullptr) {
        against_score_.emplace(*label);
      }
    }
    notes_ = notes;
    if (options.against != nullptr) {
      against_.emplace(*options.against);
    }
  }

  void run() {
    if (!use(source_.header().engine)) {
      return;
    }
    out_.policy_digest = side_.policy().policy().digest;
    if (notes_ != nullptr) {
      expectations_.emplace(notes_->find(side_.policy().policy().name));
    }
    while (step()) {
    }
    finish_notes();
    out_.complete = source_.complete();
    out_.cut_off = source_.cut_off();
    out_.diverged_at = side_.diverged_at();
    out_.fired.add(side_.fired());
    if (against_) {
      out_.against_diverged_at = against_->diverged_at();
    }
  }

 private:
  void finish_notes() {
    if (expectations_) {
      out_.expectations = std::move(*expectations_).finish();
    }
    if (score_) {
      out_.score = score_->counts();
    }
    if (against_score_) {
      out_.against_score = against_score_->counts();
    }
  }

  bool use(const RecordedEngine& engine) {
    for (PlayedSide* const side : {&side_, against_ ? &*against_ : nullptr}) {
      if (side == nullptr) {
        continue;
      }
      std::vector<Error> errors = side->use(engine, source_.header());
      if (!errors.empty()) {
        add_policy_errors(std::move(errors));
        return false;
      }
    }
    return true;
  }

  void add_policy_errors(std::vector<Error> errors) {
    for (Error& error : errors) {
      if (error.where.file.empty()) {
        error.where.file = out_.file;
      }
      if (!source_.has_decisions() && !options_.policy->is_named()) {
        error.hints.emplace_back("`--policy` says what decides it");
      }
      out_.errors.push_back(std::move(error));
    }
  }

  /// False at the end.
  bool step() {
    auto line = source_.next();
    if (!line) {
      out_.errors.push_back(std::move(line).error());
      side_.lose_line();
      if (against_) {
        against_->lose_line();
      }
      return options_.keep_going;
    }
    std::optional<RecordedLine> found = *std::move(line);
    if (!found) {
      return false;
    }
    if (auto* const event = std::get_if<RecordedEvent>(&*found)) {
      play(std::move(*event));
    } else if (const auto* const unreadable = std::get_if<RecordedUnreadable>(&*found)) {
      play(*unreadable);
    } else if (const auto* const reload = std::get_if<RecordedReload>(&*found)) {
      ++out_.reloads;
      return use(reload->engine);
    }
    return true;
  }

  void play(RecordedEvent event) {
    ReplayedMessage message{.sequence = event.event.sequence,
                            .line = source_.line(),
                            .time_ms = event.event.time_ms,
                            .direction = event.event.message.direction,
                            .origin = event.event.origin};
    const RecordedAction action = event.sending.action;
    const std::string recorded = std::move(event.decision);
    event.decision = recorded;
    std::optional<PlayedSide::Answer> other;
    if (against_) {
      other = against_->play(event);
    }
    PlayedSide::Answer answer = side_.play(std::move(event));
    message.method = std::move(answer.names.method);
    message.tool = std::move(answer.names.tool);
    message.path = answer.path;
    if (answer.event) {
      take(*answer.event, message);
      message.state = answer.state;
    } else {
      ++out_.unreachable;
    }
    take_recorded(recorded, action, message);
    if (other) {
      take_other(*other, message);
    }
    note_change(message);
    show(std::move(message));
  }

  void play(const RecordedUnreadable& line) {
    ++out_.unreadable;
    ReplayedMessage message{
        .line = source_.line(), .time_ms = line.time_ms, .direction = line.direction};
    const ReplayedEvent again = side_.play(line);
    message.same = again.same_decision && again.same_sending;
    message.masked = !again.reproducible;
    if (source_.has_decisions()) {
      count_reproduction(message);
    }
    if (against_) {
      (void)against_->play(line);
    }
    show(std::move(message));
  }

  void take(ReplayedEvent& again, ReplayedMessage& message) {
    ++out_.messages;
    message.decided = ruling_of(again.decision, recorded_action_of(again.sending.action));
    if (expectations_) {
      expectations_->check(message.sequence, again.decision);
    }
    if (score_) {
      score_->see(message.sequence, message.decided->would_be);
    }
    message.same = again.same_decision && again.same_sending;
    message.masked = !again.reproducible;
    count_fired(again.decision, out_.fired);
    ++out_.verdicts[static_cast<std::size_t>(message.decided->would_be)];
    message.reasons = reasons_of(again.decision);
    message.decision_json = std::move(again.decision_json);
  }

  void take_recorded(const std::string& recorded, RecordedAction action, ReplayedMessage& message) {
    if (!source_.has_decisions()) {
      message.same = true;
      note_undecided(message);
      return;
    }
    if (side_.is_recorded_policy() && message.decided) {
      message.recorded = message.same ? message.decided : parse_ruling(recorded, action);
      if (message.same) {
        message.decided->undecided = false;  // it was then, too: that is the decision
      }
      count_reproduction(message);
      return;
    }
    message.same = true;  // nobody says that it must be
    message.recorded = parse_ruling(recorded, action);
    note_undecided(message);
    const bool changed = message.recorded && message.decided &&
                         change_of(message.recorded->would_be, message.decided->would_be);
    if (changed && message.masked) {
      ++out_.masked_changes;
    }
  }

  void note_undecided(const ReplayedMessage& message) {
    if (message.decided && message.decided->undecided) {
      ++out_.undecided;
    }
  }

  void count_reproduction(const ReplayedMessage& message) {
    Reproduction& counts = out_.reproduction;
    if (message.same) {
      ++counts.same;
    } else if (message.masked) {
      ++counts.masked_different;
    } else if (!side_.has_recorded_rules()) {
      ++counts.other_rules;
    } else {
      ++counts.different;
    }
  }

  void take_other(PlayedSide::Answer& other, ReplayedMessage& message) {
    message.against_path = other.path;
    if (!other.event) {
      return;
    }
    const Decision& decision = other.event->decision;
    message.against = ruling_of(decision, recorded_action_of(other.event->sending.action));
    message.against_reasons = reasons_of(decision);
    if (against_score_) {
      against_score_->see(message.sequence, message.against->would_be);
    }
    ++out_.against_verdicts[static_cast<std::size_t>(message.against->would_be)];
    if (message.against->undecided && !(message.decided && message.decided->undecided)) {
      ++out_.undecided;
    }
  }

  /// Two policies are compared with each other, one with what was recorded.
  void note_change(ReplayedMessage& message) {
    const std::optional<Ruling>& before = against_ ? message.decided : message.recorded;
    const std::optional<Ruling>& after = against_ ? message.against : message.decided;
    if (!before || !after) {
      return;
    }
    message.change = change_of(before->would_be, after->would_be);
    if (!message.change) {
      return;
    }
    const bool taken = message.path == SessionPath::kTaken &&
                       (!against_ || message.against_path == SessionPath::kTaken);
    ++(taken ? out_.changes.taken
             : out_.changes.counterfactual)[static_cast<std::size_t>(*message.change)];
    // What is newly allowed was stopped by a rule of before.
    const Ruling& speaker = after->would_be > before->would_be ? *after : *before;
    for (const std::string& rule : speaker.rules) {
      ++out_.changes.by_rule[{*message.change, rule}];
    }
    if (!message.tool.empty()) {
      ++out_.changes.by_tool[{*message.change, message.tool}];
    }
  }

  [[nodiscard]] bool is_notable(const ReplayedMessage& message) const {
    if (message.sequence == 0 || !message.same || message.change) {
      return true;
    }
    return (message.decided && message.decided->would_be != Verdict::kAllow) ||
           (message.against && message.against->would_be != Verdict::kAllow);
  }

  void show(ReplayedMessage message) {
    switch (options_.shown) {
      case ShownMessages::kNone: return;
      case ShownMessages::kNotable:
        if (!is_notable(message)) {
          return;
        }
        break;
      case ShownMessages::kAll: break;
    }
    out_.shown.push_back(std::move(message));
  }

  const ReplayOptions& options_;
  SessionSource& source_;
  SessionReplay& out_;
  PlayedSide side_;
  std::optional<PlayedSide> against_;
  const SessionNotes* notes_{nullptr};
  std::optional<ExpectationCheck> expectations_;
  std::optional<SessionScore> score_;
  std::optional<SessionScore> against_score_;
};

}  // namespace

SessionReplay Replayer::replay(SessionSource& source, std::string file,
                               const SessionNotes* notes) const {
  const RecordingHeader& header = source.header();
  SessionReplay out;
  out.file = std::move(file);
  out.format = source.format();
  out.cannot_tell = source.cannot_tell();
  out.session = header.session;
  out.server = header.server;
  out.recorded_policy = header.engine.policy.name;
  out.recorded_digest = header.engine.policy.digest;
  out.full = header.full;
  SessionRun(options_, source, notes, out).run();
  return out;
}

}  // namespace merlon
