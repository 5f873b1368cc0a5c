#include "recorder/recorder_host.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace eva::recorder {
namespace {

constexpr std::size_t kMostKnown = 16;

/// Peak-normalised to 95 % of full scale.
void normalize(std::vector<std::int16_t>& pcm) {
  constexpr double kPeak = 0.95 * 32767;
  int loudest = 0;
  for (const std::int16_t sample : pcm) loudest = std::max(loudest, std::abs(int{sample}));
  if (loudest == 0) return;
  for (std::int16_t& sample : pcm) {
    sample = static_cast<std::int16_t>(sample * (kPeak / loudest));
  }
}

/// Gives the words the looks that they have in the finished text.
void write_as(std::vector<speech::Word>& words, const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> written;
  for (std::string word; in >> word;) written.push_back(word);
  if (written.size() != words.size()) return;  // the recogniser counts words otherwise
  for (std::size_t i = 0; i < words.size(); ++i) words[i].text = std::move(written[i]);
}

}  // namespace

struct RecorderHost::Pending {
  explicit Pending(std::shared_ptr<int> busy_in) : busy(std::move(busy_in)) { ++*busy; }
  ~Pending() {
    if (!result) --*busy;
  }

  std::shared_ptr<int> busy;  // with the host, which may die first
  speech::CallHandle call;
  std::optional<Result<speech::Transcript>> result;
  std::move_only_function<void()> on_result;  // empty while nobody asks
};

class RecorderHost::FinalCall final : public speech::Call {
 public:
  explicit FinalCall(std::shared_ptr<Pending> pending) : pending_(std::move(pending)) {}
  ~FinalCall() override { pending_->on_result = nullptr; }

 private:
  std::shared_ptr<Pending> pending_;
};

RecorderHost::RecorderHost(std::unique_ptr<vad::Vad> vad, speech::Stt& final_stt,
                           speech::Stt& live_stt, HostSettings settings,
                           std::function<void(HostEvent)> on_event)
    : vad_(std::move(vad)),
      final_stt_(final_stt),
      live_stt_(live_stt),
      settings_(std::move(settings)),
      on_event_(std::move(on_event)),
      core_(settings_.core) {}

void RecorderHost::configure(HostSettings settings) {
  settings_ = std::move(settings);
  core_.configure(settings_.core);
}

void RecorderHost::push(std::span<const std::int16_t> pcm) {
  rest_.insert(rest_.end(), pcm.begin(), pcm.end());
  std::size_t done = 0;
  while (rest_.size() - done >= vad::kWindow) {
    const std::vector<std::int16_t> window(
        rest_.begin() + static_cast<std::ptrdiff_t>(done),
        rest_.begin() + static_cast<std::ptrdiff_t>(done) + vad::kWindow);
    done += vad::kWindow;
    hear(window);
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(done));
}

void RecorderHost::hear(std::span<const std::int16_t> window) {
  const bool was_recording = live_ != nullptr;
  core_.on_window(window, vad_->speech_probability(window), events_);
  // A recording that begins with this window has it in its pre-roll.
  if (was_recording) live_->push(window, *busy_ == 0 && !silence_);
  tell();
}

void RecorderHost::end_audio() {
  if (!rest_.empty()) {
    std::vector<std::int16_t> window = std::exchange(rest_, {});
    window.resize(vad::kWindow);
    hear(window);
  }
  core_.stop({}, {}, events_);
  tell();
}

void RecorderHost::listen() {
  core_.listen(events_);
  tell();
}
void RecorderHost::start(std::vector<std::int16_t> frames) {
  core_.start(std::move(frames), events_);
  tell();
}
void RecorderHost::stop(Duration cut, Duration resume) {
  core_.stop(cut, resume, events_);
  tell();
}
void RecorderHost::abort() {
  rest_.clear();
  core_.abort(events_);
  tell();
}
void RecorderHost::clear() {
  rest_.clear();
  core_.clear();
}
void RecorderHost::flush(int min_abs_level) {
  core_.flush(min_abs_level, events_);
  tell();
}

// The listener may call back, so the events are taken out first, and what the host makes of each
// is complete before it is told.
void RecorderHost::tell() {
  std::vector<CoreEvent> events = std::exchange(events_, {});
  for (const CoreEvent& event : events) follow(event);
  for (CoreEvent& event : events) on_event_(std::move(event));
}

void RecorderHost::follow(const CoreEvent& event) {
  if (const auto* started = std::get_if<RecordingStarted>(&event)) {
    known_[started->id];
    if (known_.size() > kMostKnown) known_.erase(known_.begin());
    silence_ = false;
    if (settings_.live_text) begin_live(started->id);
  } else if (std::holds_alternative<SilenceStarted>(event)) {
    silence_ = true;
  } else if (const auto* silence = std::get_if<SilenceStopped>(&event)) {
    silence_ = false;
    // What was said meanwhile is not in the early text.
    if (silence->resumed && !known_.empty()) known_.rbegin()->second.early.reset();
  } else if (const auto* due = std::get_if<EarlyTranscriptionDue>(&event)) {
    known_[due->id].early = ask(core_.recorded());
  } else if (const auto* stopped = std::get_if<RecordingStopped>(&event)) {
    if (live_) known_[stopped->recording.id].committed = live_->committed();
    live_.reset();
  } else if (const auto* dropped = std::get_if<RecordingDropped>(&event)) {
    known_.erase(dropped->id);
    live_.reset();
  }
}

void RecorderHost::begin_live(TurnId id) {
  LiveTextSettings live = settings_.live;
  live.language = settings_.language;
  live_ = std::make_unique<LiveTranscript>(live_stt_, live, [this, id](const LiveText& text) {
    LiveText finished = text;
    // The start only: the end is still open.
    const TextFinish start{settings_.finish.uppercase_start, false};
    if (finished.committed.empty()) {
      finished.tentative = finish_text(finished.tentative, start);
    } else {
      finished.committed = finish_text(finished.committed, start);
    }
    on_event_(LiveTextChanged{id, std::move(finished)});
  });
  live_->push_preroll(core_.recorded());
}

std::shared_ptr<RecorderHost::Pending> RecorderHost::ask(std::vector<std::int16_t> pcm) {
  if (settings_.normalize_audio) normalize(pcm);
  auto pending = std::make_shared<Pending>(busy_);
  pending->call =
      final_stt_.transcribe({std::move(pcm), settings_.language, settings_.prompt},
                            [weak = std::weak_ptr(pending)](Result<speech::Transcript> result) {
                              const auto self = weak.lock();
                              if (!self) return;
                              --*self->busy;
                              self->result = std::move(result);
                              const auto call = std::move(self->call);
                              if (self->on_result) std::exchange(self->on_result, nullptr)();
                            });
  return pending;
}

speech::CallHandle RecorderHost::transcribe(const Recording& recording, OnFinal done) {
  Known known;
  if (auto node = known_.extract(recording.id)) known = std::move(node.mapped());
  const auto pending = known.early ? known.early : ask(recording.pcm);
  auto answer = [raw = pending.get(), finish = settings_.finish, done = std::move(done),
                 committed = std::move(known.committed)]() mutable {
    Result<speech::Transcript>& result = *raw->result;
    if (!result) return done(std::unexpected(std::move(result.error())));
    FinalText text{finish_text(result->text, finish), std::move(result->words),
                   std::move(committed)};
    write_as(text.words, text.text);
    done(std::move(text));
  };
  auto handle = std::make_unique<FinalCall>(pending);
  if (pending->result) {
    answer();
  } else {
    pending->on_result = std::move(answer);
  }
  return handle;
}

}  // namespace eva::recorder
