#include "recorder/recorder_core.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "vad/vad.h"

namespace eva::recorder {
namespace {
constexpr Duration kWindow = samples_to_duration(vad::kWindow, vad::kRate);
}  // namespace

State RecorderCore::state() const {
  if (recording_) return State::kRecording;
  return listening_ ? State::kListening : State::kInactive;
}

std::vector<std::int16_t> RecorderCore::recorded() const {
  if (!recording_) return {};
  std::vector<std::int16_t> pcm = take_->frames;
  const auto heard = audio_.copy(take_->start, received());
  pcm.insert(pcm.end(), heard.begin(), heard.end());
  return pcm;
}

void RecorderCore::on_window(std::span<const std::int16_t> pcm, float probability,
                             std::vector<CoreEvent>& events) {
  audio_.push(pcm);
  hear(probability > settings_.threshold, events);
  forget_unneeded();
}

void RecorderCore::hear(bool speech, std::vector<CoreEvent>& events) {
  if (!recording_) return wait_for_speech(speech, events);
  record(speech, events);
}

void RecorderCore::wait_for_speech(bool speech, std::vector<CoreEvent>& events) {
  if (speech && listening_) {
    const Duration begin = received() - kWindow;
    if (!take_) take_ = Take{.start = preroll_start(begin)};
    if (!take_->heard) take_->speech_start = begin;
    take_->heard = true;
    take_->speech_end = received();
  }
  if (take_ && !in_gap()) begin(events);
}

void RecorderCore::begin(std::vector<CoreEvent>& events) {
  recording_ = true;
  take_->id = TurnId{++last_id_};
  // A start that waited for the gap's end counts from when it was wanted.
  take_->began = take_->heard ? take_->speech_start + kWindow : received();
  if (!take_->heard) take_->speech_end = received();
  silence_since_.reset();
  early_told_ = false;
  if (listening_) events.emplace_back(ListeningStopped{});
  if (take_->heard) {
    ends_by_itself_ = true;
    events.emplace_back(VoiceStarted{take_->speech_start});
  }
  events.emplace_back(RecordingStarted{take_->id});
}

void RecorderCore::record(bool speech, std::vector<CoreEvent>& events) {
  const Duration now = received();
  if (speech) {
    if (!take_->heard) take_->speech_start = now - kWindow;
    take_->heard = true;
    take_->speech_end = now;
    end_silence(true, events);
  } else if (ends_by_itself_) {
    if (!silence_since_ && now - take_->speech_end >= settings_.silence_confirmation &&
        now - take_->began >= settings_.min_length) {
      silence_since_ = now;
      events.emplace_back(SilenceStarted{});
    }
    if (silence_since_) {
      const Duration counted = now - *silence_since_;
      if (counted >= settings_.post_speech_silence) {
        events.emplace_back(VoiceStopped{take_->speech_end});
        return finish({}, {}, events);
      }
      if (!early_told_ && settings_.early_transcription > Duration{} &&
          counted >= settings_.early_transcription) {
        early_told_ = true;
        events.emplace_back(EarlyTranscriptionDue{take_->id});
      }
    }
  }
  if (now + kWindow - take_->start > kLongest) {
    const bool by_itself = ends_by_itself_;
    finish({}, {}, events);
    take_ = Take{.start = now};
    begin(events);
    ends_by_itself_ = by_itself;
  }
}

void RecorderCore::end_silence(bool resumed, std::vector<CoreEvent>& events) {
  if (!silence_since_) return;
  silence_since_.reset();
  early_told_ = false;
  events.emplace_back(SilenceStopped{resumed});
}

void RecorderCore::finish(Duration cut, Duration resume, std::vector<CoreEvent>& events) {
  const Duration now = received();
  const Take take = *std::exchange(take_, std::nullopt);
  const Duration end = std::max(take.start, now - cut);
  Recording recording{.id = take.id, .pcm = take.frames, .start = take.start, .end = end};
  const auto heard = audio_.copy(take.start, end);
  recording.pcm.insert(recording.pcm.end(), heard.begin(), heard.end());
  recording.speech_start = take.heard ? std::min(take.speech_start, end) : take.start;
  recording.speech_end = take.heard ? std::min(take.speech_end, end) : end;
  recording_ = false;
  ends_by_itself_ = false;
  last_stop_ = now;
  floor_ = std::max(Duration{}, now - resume);
  end_silence(false, events);
  events.emplace_back(RecordingStopped{std::move(recording)});
  if (listening_) events.emplace_back(ListeningStarted{});
}

void RecorderCore::listen(std::vector<CoreEvent>& events) {
  if (std::exchange(listening_, true) || recording_) return;
  events.emplace_back(ListeningStarted{});
}

void RecorderCore::start(std::vector<std::int16_t> frames, std::vector<CoreEvent>& events) {
  if (recording_) return;
  if (!take_) take_ = Take{.frames = std::move(frames), .start = received()};
  if (!in_gap()) begin(events);
}

void RecorderCore::stop(Duration cut, Duration resume, std::vector<CoreEvent>& events) {
  if (!recording_ && take_) begin(events);  // it was waiting for the gap's end
  if (recording_) finish(cut, resume, events);
}

void RecorderCore::abort(std::vector<CoreEvent>& events) {
  floor_ = received();
  const auto take = std::exchange(take_, std::nullopt);
  if (!std::exchange(recording_, false)) return;
  ends_by_itself_ = false;
  last_stop_ = received();
  end_silence(false, events);
  events.emplace_back(RecordingDropped{take->id});
  if (listening_) events.emplace_back(ListeningStarted{});
}

void RecorderCore::clear() {
  if (recording_) return;
  take_.reset();
  floor_ = received();
}

void RecorderCore::flush(int min_abs_level, std::vector<CoreEvent>& events) {
  if (!recording_ && take_) begin(events);  // the gap was to keep recordings apart, not to lose one
  if (!recording_) {
    const Duration start = std::max(floor_, received() - settings_.pre_roll);
    const auto pcm = audio_.copy(start, received());
    const bool loud = std::ranges::any_of(
        pcm, [min_abs_level](std::int16_t sample) { return std::abs(sample) >= min_abs_level; });
    if (!loud) return;
    take_ = Take{.start = start};
    begin(events);
  }
  finish({}, {}, events);
}

Duration RecorderCore::preroll_start(Duration speech_start) const {
  const Duration earliest =
      std::max({Duration{}, floor_, audio_.begin(), speech_start - settings_.pre_roll});
  if (!settings_.trim || earliest >= speech_start) return earliest;
  const auto preroll = audio_.copy(earliest, speech_start);
  const std::size_t skipped = silence_to_trim(preroll, *settings_.trim);
  return earliest + samples_to_duration(static_cast<std::int64_t>(skipped), vad::kRate);
}

bool RecorderCore::in_gap() const {
  return last_stop_ && received() - *last_stop_ < settings_.min_gap;
}

void RecorderCore::forget_unneeded() {
  // One window more than the pre-roll, which is counted from a window's begin.
  Duration needed = received() - settings_.pre_roll - kWindow;
  if (take_) needed = std::min(needed, take_->start);
  audio_.forget_before(std::max(Duration{}, needed));
}

}  // namespace eva::recorder
