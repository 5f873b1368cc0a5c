#include "cli/listen_run.h"

#include <algorithm>
#include <utility>

#include "audio/resampler.h"

namespace eva::cli {
namespace {

constexpr int kRate = 16'000;
constexpr std::size_t kPiece = 16 * vad::kWindow;  // about 2 ms of work
constexpr std::size_t kInbox = 60UL * kRate;       // a microphone's audio while the machine is busy
constexpr Duration kTick = 20ms;
constexpr Duration kPatience = 1s;
constexpr Duration kProgressEvery = 100ms;

}  // namespace

ListenRun::ListenRun(io::EventLoop& loop, Parts parts)
    : loop_(loop),
      output_(parts.output),
      subtitles_(std::move(parts.subtitles)),
      pace_(parts.pace),
      source_(std::move(parts.source)),
      can_wait_(source_->can_wait()),
      host_(std::move(parts.vad), parts.final_stt, parts.live_stt, std::move(parts.settings),
            [this](recorder::HostEvent event) { on_event(std::move(event)); }),
      inbox_(kInbox, [this] {
        loop_.post([this] {
          if (!pace_.realtime) hear();
        });
      }) {
  host_.listen();
}

ListenRun::~ListenRun() {
  inbox_.close();
  source_.reset();
  loop_.cancel(tick_);
}

Result<> ListenRun::start() {
  started_ = loop_.now();
  recorder::AudioSink sink;
  // Both on the source's thread.
  const auto resampler = std::make_shared<audio::Resampler>(source_->rate(), kRate);
  const auto deliver = [this](std::span<const std::int16_t> pcm) {
    if (!can_wait_) {
      inbox_.push_dropping(pcm);
      return;
    }
    while (!pcm.empty() && !inbox_.closed()) pcm = pcm.subspan(inbox_.push(pcm, kPatience));
  };
  sink.on_audio = [resampler, deliver](std::span<const std::int16_t> pcm) {
    std::vector<std::int16_t> converted;
    resampler->process(pcm, converted);
    deliver(converted);
  };
  sink.on_end = [this, resampler, deliver](Result<> result) {
    std::vector<std::int16_t> rest;
    resampler->flush(rest);
    deliver(rest);
    loop_.post([this, result = std::move(result)] {
      if (!result) error_ = result.error();  // what was heard until then gets its text
      source_ended_ = true;
      hear();
    });
  };
  if (pace_.realtime) hear_in_real_time();
  return source_->start(std::move(sink));
}

void ListenRun::hear() {
  if (audio_ended_ || done_ || must_wait()) return;
  std::size_t most = kPiece;
  if (pace_.realtime) {
    const std::int64_t due = duration_to_samples(loop_.now() - started_, kRate);
    most = static_cast<std::size_t>(std::max<std::int64_t>(0, due - pushed_));
    if (most == 0) return;
  }
  const auto pcm = inbox_.take(most);
  if (pcm.empty()) {
    if (source_ended_) end_audio();
    return;
  }
  pushed_ += std::ssize(pcm);
  host_.push(pcm);
  show_progress();
  if (!pace_.realtime) loop_.post([this] { hear(); });
}

void ListenRun::hear_in_real_time() {
  tick_ = loop_.call_at(loop_.now() + kTick, [this] {
    hear();
    if (!audio_ended_ && !done_) hear_in_real_time();
  });
}

void ListenRun::finish() {
  inbox_.close();
  end_audio();
}

void ListenRun::end_audio() {
  if (std::exchange(audio_ended_, true)) return;
  host_.end_audio();
  check_done();
}

bool ListenRun::must_wait() const {
  return can_wait_ && !pace_.realtime && waiting_.size() >= pace_.most_waiting;
}

void ListenRun::on_event(recorder::HostEvent event) {
  if (auto* live = std::get_if<recorder::LiveTextChanged>(&event)) {
    if (!waiting_.empty()) return;  // an older text is still to come
    return output_.partial(
        {live->id.value, std::move(live->text.committed), std::move(live->text.tentative)});
  }
  auto& core = std::get<recorder::CoreEvent>(event);
  if (auto* stopped = std::get_if<recorder::RecordingStopped>(&core)) {
    on_recording(std::move(stopped->recording));
  }
}

void ListenRun::on_recording(recorder::Recording recording) {
  const auto waiting = std::make_shared<Waiting>();
  waiting->recording = std::move(recording);
  waiting_.push_back(waiting);
  waiting->call = host_.transcribe(
      waiting->recording, [this, weak = std::weak_ptr(waiting)](Result<recorder::FinalText> text) {
        if (const auto self = weak.lock()) self->text = std::move(text);
        // Not at once: what is told may end the run.
        loop_.post([this] { tell_finals(); });
      });
  waiting->recording.pcm = {};
}

void ListenRun::tell_finals() {
  const bool waited = must_wait();
  while (!done_ && !waiting_.empty() && waiting_.front()->text) {
    const auto first = std::move(waiting_.front());
    waiting_.pop_front();
    if (*first->text) {
      tell(first->recording, std::move(**first->text));
    } else {
      ++failures_;
      output_.failed(first->recording.id.value, first->text->error());
    }
  }
  if (waited && !must_wait()) hear();
  check_done();
}

void ListenRun::tell(const recorder::Recording& recording, recorder::FinalText text) {
  HeardFinal heard{.number = recording.id.value,
                   .start = recording.speech_start,
                   .end = recording.speech_end,
                   .text = std::move(text.text),
                   .words = std::move(text.words)};
  const Duration before_speech = recording.speech_start - recording.start;
  const Duration length = heard.end - heard.start;
  for (speech::Word& word : heard.words) {
    word.start = std::clamp(word.start - before_speech, Duration{}, length);
    word.end = std::clamp(word.end - before_speech, word.start, length);
  }
  output_.final_text(heard);
  for (auto* file : {&subtitles_.srt, &subtitles_.vtt}) {
    if (!*file) continue;
    if (auto written = (*file)->add(heard); !written) return fail_with(written.error());
  }
}

void ListenRun::show_progress() {
  const Time now = loop_.now();
  if (progress_at_ && now < *progress_at_) return;
  progress_at_ = now + kProgressEvery;
  output_.progress(heard(), pace_.length, now - started_);
}

void ListenRun::fail_with(Error error) {
  error_ = std::move(error);
  done_ = true;
}

void ListenRun::check_done() {
  if (audio_ended_ && waiting_.empty()) done_ = true;
}

}  // namespace eva::cli
