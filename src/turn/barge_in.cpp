#include "turn/barge_in.h"

namespace eva::turn {
namespace {
constexpr int kQuestions = 8;
constexpr Duration kMore = 96ms;     // of speech that is worth asking again
constexpr Duration kOver = 96ms;     // silence after which the overlap seems over
constexpr Duration kAfresh = 128ms;  // silence after which speech is a new overlap
}  // namespace

void BargeIn::on_window(bool speech, Duration end, Duration length) {
  if (start_ < Duration{}) start_ = end - length;
  now_ = end;
  if (stops_) return;
  if (speech) {
    if (dismissed_ && end - length - last_speech_ >= kAfresh) {
      start_ = end - length;
      voiced_ = voiced_asked_ = {};
      questions_ = single_words_ = 0;
      dismissed_ = answered_ = false;
    }
    voiced_ += length;
    last_speech_ = end;
  }
  decide();
}

void BargeIn::decide() {
  if (settings_.kind == BargeInKind::kSpeech) {
    stops_ = settings_.interruptible && voiced_ >= settings_.interrupt_speech;
    return;
  }
  if (!settings_.interruptible || dismissed_) return;
  const bool over = now_ - last_speech_ >= kOver;
  const bool heard_all = answered_ && !asking_ && voiced_ - voiced_asked_ < kMore;
  const bool late = now_ - start_ >= kDecide;
  if (answered_ && words_.kind == OverlapWords::Kind::kSpeech) {
    // A single word may be a recogniser's guess at a noise: believed once it is heard twice, or
    // when it is all there is.
    if (single_words_ >= 2 || (heard_all && over) || late) stops_ = true;
  } else if (answered_) {
    if ((heard_all && over) || late) dismiss();
  } else if (late) {
    if (voiced_ >= kLong) {
      stops_ = true;
    } else {
      dismiss();
    }
  }
  if (stops_ || dismissed_) return;
  if (voiced_ >= kHold) {
    level_ = Level::kHeld;
  } else if (voiced_ >= kDuck) {
    level_ = Level::kDucked;
    if (over && now_ - last_speech_ >= kAfresh) dismiss();  // too short to be anything
  }
}

void BargeIn::dismiss() {
  dismissed_ = true;
  level_ = Level::kFull;
}

void BargeIn::on_words(std::string_view text) {
  asking_ = false;
  if (stops_) return;
  words_ = judge_words(text, lexicon_);
  answered_ = true;
  const bool speech = words_.kind == OverlapWords::Kind::kSpeech;
  single_words_ = speech && words_.words == 1 ? single_words_ + 1 : 0;
  const bool certain = words_.kind == OverlapWords::Kind::kStop ||
                       (settings_.interruptible && speech && words_.words >= 2);
  if (certain) {
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
