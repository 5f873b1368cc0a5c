#include "turn/turn_machine.h"

#include <utility>

namespace eva::turn {
namespace {
// Hysteresis as in Silero's own iterator: speech goes on until 0.15 below the starting threshold.
constexpr double kHysteresis = 0.15;
// A gap inside a word (a stop consonant) must not kill a candidate.
constexpr Duration kCandidateGap = 96ms;
}  // namespace

TurnMachine::TurnMachine(const TurnSettings& settings, std::unique_ptr<EndOfTurn> end_of_turn)
    : settings_(settings), end_of_turn_(std::move(end_of_turn)) {}

const std::vector<TurnEvent>& TurnMachine::on_window(float probability, Duration end,
                                                     Duration length) {
  events_.clear();
  heard_ = end;
  const bool speech = is_speech(probability);
  if (speech) {
    if (state_ == State::kSilent) {
      state_ = State::kCandidate;
      turn_ = {.turn_start = end - length};
    }
    turn_.voiced += length;
    turn_.speech_end = end;
    if (state_ == State::kPausing) {
      state_ = State::kSpeaking;
      text_.reset();
      turn_.probability.reset();
      awaited_ = {};
      if (std::exchange(pause_reported_, false)) events_.emplace_back(SpeechResumed{});
    }
    if (state_ == State::kCandidate && turn_.voiced >= settings_.min_speech) start_turn();
  } else if (state_ == State::kCandidate) {
    if (end - turn_.speech_end > kCandidateGap) reset();
  } else if (in_turn()) {
    state_ = State::kPausing;
    const Duration silence = end - turn_.speech_end;
    if (!pause_reported_ && silence >= settings_.stt_after) {
      pause_reported_ = true;
      awaited_ = end_of_turn_->wanted();
      events_.emplace_back(SpeechPaused{turn_.speech_end});
    }
    Pause pause = turn_;
    pause.text = text_;
    pause.asked = asked_;
    const bool judged = !awaited_.text && !awaited_.probability;
    if (judged && silence >= end_of_turn_->silence_needed(pause)) end_turn();
  }
  if (in_turn() && end - turn_.turn_start >= settings_.max_turn) end_turn();
  return events_;
}

bool TurnMachine::is_speech(float probability) const {
  const bool goes_on = state_ == State::kCandidate || state_ == State::kSpeaking;
  return probability >= settings_.threshold - (goes_on ? kHysteresis : 0);
}

void TurnMachine::configure(const TurnSettings& settings, std::unique_ptr<EndOfTurn> end_of_turn) {
  settings_ = settings;
  end_of_turn_ = std::move(end_of_turn);
}

void TurnMachine::start_turn() {
  state_ = State::kSpeaking;
  events_.emplace_back(SpeechStarted{turn_.turn_start});
}

void TurnMachine::end_turn() {
  events_.emplace_back(TurnEnded{turn_.turn_start, turn_.speech_end});
  reset();
}

void TurnMachine::reset() {
  state_ = State::kSilent;
  turn_ = {};
  pause_reported_ = false;
  awaited_ = {};
  text_.reset();
}

bool TurnMachine::waits(Duration length) const {
  return state_ == State::kPausing && (awaited_.text || awaited_.probability) &&
         heard_ + length - turn_.speech_end >= end_of_turn_->earliest();
}

void TurnMachine::set_text(std::optional<std::string> text) {
  text_ = std::move(text);
  awaited_.text = false;
}

void TurnMachine::set_probability(std::optional<double> probability) {
  turn_.probability = probability;
  awaited_.probability = false;
}

std::optional<Duration> TurnMachine::speech_start() const {
  if (state_ == State::kSilent) return std::nullopt;
  return turn_.turn_start;
}

}  // namespace eva::turn
