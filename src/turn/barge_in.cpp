#include "turn/barge_in.h"

#include <utility>

namespace eva::turn {
namespace {
constexpr int kQuestions = 8;
constexpr int kSentence = 3;         // words that are no backchannel
constexpr Duration kMore = 96ms;     // of speech that is worth asking again
constexpr Duration kOver = 96ms;     // silence after which the overlap seems over
constexpr Duration kAfresh = 128ms;  // silence after which speech is a new overlap
constexpr Duration kGoesOn = 192ms;  // of speech after a dismissal that makes it a new question
constexpr Duration kLatest = 512ms;  // since the start
constexpr Duration kPatience = 1s;   // since the start, where nobody waits for her to go on
}  // namespace

void BargeIn::on_window(bool speech, Duration end, Duration length, bool far) {
  const Duration begin = end - length;
  if (start_ < Duration{}) start_ = begin;
  now_ = end;
  if (stops_) return;
  if (speech) {
    if (dismissed_ && begin - last_speech_ >= kAfresh) start_afresh(begin);
    if (!far && !near_) {
      if (voiced_ > Duration{}) start_afresh(begin);  // the user, over a voice further away
      near_ = true;
    }
    voiced_ += length;
    last_speech_ = end;
  }
  decide();
}

void BargeIn::start_afresh(Duration at) {
  const bool encouraged = answered_ && words_.kind == OverlapWords::Kind::kBackchannel;
  if (near_ && !encouraged) earlier_ += voiced_;
  start_ = at;
  voiced_ = voiced_asked_ = voiced_dismissed_ = {};
  questions_ = 0;
  near_ = dismissed_ = answered_ = false;
  stale_ = asking_;
}

void BargeIn::decide() {
  if (settings_.kind == BargeInKind::kSpeech) {
    stops_ = settings_.interruptible && voiced_ >= settings_.interrupt_speech;
    return;
  }
  if (!settings_.interruptible || dismissed_) return;
  if (!near_) {
    if (now_ - start_ >= kDecide) dismiss();
    return;
  }
  const Duration silence = now_ - last_speech_;
  const Duration age = now_ - start_;
  const bool heard_all = answered_ && !asking_ && voiced_asked_ == voiced_;
  const bool encourages = answered_ && words_.kind == OverlapWords::Kind::kBackchannel;
  if (earlier_ > Duration{} && earlier_ + voiced_ >= kPieces && !encourages) {
    stops_ = true;
  } else if (silence >= kOver && !settings_.agent_heard) {
    if (heard_all ? words_.kind == OverlapWords::Kind::kSpeech
                  : age >= kPatience && voiced_ >= kLong) {
      stops_ = true;
    } else if (heard_all || age >= kPatience) {
      dismiss();
    }
  } else if (silence >= kOver) {
    // Over before half a second: too short to be more than "mm", or a stop phrase, which may still
    // be recognised.
    if (heard_all || age >= kDecide) dismiss();
  } else if (age >= (silence > Duration{} ? kLatest : kDecide)) {
    // They go on speaking. Recognisers need longer for their first words, so none are no excuse.
    if (encourages || voiced_ < kLong) {
      dismiss();
    } else {
      stops_ = true;
    }
  }
  if (stops_ || dismissed_) return;
  if (voiced_ >= kHold) {
    level_ = Level::kHeld;
  } else if (voiced_ >= kDuck) {
    level_ = Level::kDucked;
    if (silence >= kAfresh) dismiss();  // too short to be anything
  }
}

void BargeIn::dismiss() {
  dismissed_ = true;
  voiced_dismissed_ = voiced_;
  level_ = Level::kFull;
}

void BargeIn::on_words(std::string_view text) {
  asking_ = false;
  if (stops_) return;
  const OverlapWords words = judge_words(text, lexicon_);
  if (std::exchange(stale_, false) && words.kind != OverlapWords::Kind::kStop) return;
  words_ = words;
  answered_ = true;
  // After a dismissal, words that are none of the known ones take her to task again.
  const bool speech = near_ && words_.kind == OverlapWords::Kind::kSpeech;
  const bool goes_on =
      dismissed_ && speech && words_.words >= 2 && voiced_ - voiced_dismissed_ >= kGoesOn;
  // Late words of a slow recogniser, too: somebody has said a sentence and expects an answer.
  const bool sentence =
      settings_.interruptible && speech && words_.words >= kSentence && earlier_ + voiced_ >= kLong;
  if (words_.kind == OverlapWords::Kind::kStop || goes_on || sentence) {
    stops_ = true;
  } else {
    decide();
  }
}

bool BargeIn::wants_words() const {
  const bool by_words = settings_.kind == BargeInKind::kWords || !settings_.interruptible;
  if (!by_words || asking_ || stops_ || questions_ >= kQuestions) return false;
  const Duration more = voiced_ - voiced_asked_;
  if (voiced_asked_ == Duration{})
    return voiced_ >= kProbe || (more > Duration{} && now_ - last_speech_ >= kOver);
  return more >= kMore || (more > Duration{} && now_ - last_speech_ >= kOver);
}

void BargeIn::asked() {
  asking_ = true;
  voiced_asked_ = voiced_;
  ++questions_;
}

}  // namespace eva::turn
