#include "recorder/recorder.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>

#include "audio/pcm.h"
#include "audio/resampler.h"
#include "io/event_loop.h"
#include "recorder/audio_inbox.h"
#include "recorder/callback_queue.h"
#include "recorder/host_settings.h"
#include "recorder/recorder_host.h"
#include "recorder/stabilizer.h"
#include "recorder/stt_factory.h"
#include "vad/silero_vad.h"

namespace eva::recorder {
namespace {

constexpr int kRate = 16'000;
constexpr std::size_t kPiece = 16 * vad::kWindow;         // heard in one task: about 2 ms of work
constexpr std::int64_t kMostBacklog = 30 * 60LL * kRate;  // samples of recordings not taken
constexpr std::size_t kUnlimitedLatency = 10 * 60UL * kRate;  // handle_buffer_overflow false
constexpr std::size_t kMostPendingTexts = 16;
constexpr Duration kFeedPatience = 5s;
constexpr const char* kVadFile = "silero-vad-v6/silero_vad_16k.onnx";

std::unexpected<Error> cancelled(const char* why) {
  return fail(ErrorCode::kCancelled, why);
}

double seconds_of(std::int64_t samples) {
  return static_cast<double>(samples) / kRate;
}

/// A stream that is converted to 16 kHz; its rate may change on the way.
class Converter {
 public:
  std::vector<std::int16_t> convert(std::span<const std::int16_t> pcm, int rate) {
    std::vector<std::int16_t> out;
    if (!resampler_ || rate != rate_) {
      flush(out);
      resampler_.emplace(rate, kRate);
      rate_ = rate;
    }
    resampler_->process(pcm, out);
    return out;
  }
  void flush(std::vector<std::int16_t>& out) {
    if (resampler_) resampler_->flush(out);
  }

 private:
  std::optional<audio::Resampler> resampler_;
  int rate_ = 0;
};

/// What the user wants to be called at an event; nullptr: nothing.
struct CallbackOf {
  using Callback = const std::function<void()>*;
  const RecorderOptions& options;
  Callback operator()(const ListeningStarted&) const { return &options.on_vad_detect_start; }
  Callback operator()(const ListeningStopped&) const { return &options.on_vad_detect_stop; }
  Callback operator()(const VoiceStarted&) const { return &options.on_vad_start; }
  Callback operator()(const VoiceStopped&) const { return &options.on_vad_stop; }
  Callback operator()(const RecordingStarted&) const { return &options.on_recording_start; }
  Callback operator()(const RecordingStopped&) const { return &options.on_recording_stop; }
  Callback operator()(const RecordingDropped&) const { return &options.on_recording_stop; }
  Callback operator()(const SilenceStarted&) const { return &options.on_turn_detection_start; }
  Callback operator()(const SilenceStopped&) const { return &options.on_turn_detection_stop; }
  Callback operator()(const EarlyTranscriptionDue&) const { return nullptr; }
};

/// A recording whose text is wanted.
struct TextJob {
  Recording recording;
  std::function<void(const std::string&)> on_text;  // empty: somebody waits for `result`
  // Loop thread.
  speech::CallHandle call;
  // Under the mutex.
  std::optional<Result<FinalText>> result;
};
using TextJobPtr = std::shared_ptr<TextJob>;  // owners: the one who waits, and the loop's lists

}  // namespace

std::string_view to_string(RecorderState state) {
  switch (state) {
    case RecorderState::kInactive:
      return "inactive";
    case RecorderState::kListening:
      return "listening";
    case RecorderState::kRecording:
      return "recording";
    case RecorderState::kTranscribing:
      return "transcribing";
  }
  std::unreachable();
}

struct Recorder::Impl {
  explicit Impl(RecorderOptions options_in)
      : options(std::move(options_in)),
        inbox(options.handle_buffer_overflow
                  ? static_cast<std::size_t>(options.allowed_latency_limit) * vad::kWindow
                  : kUnlimitedLatency,
              [this] { loop.post([this] { hear(); }); }) {}

  // Loop thread.
  void run(const SttFactories& factories, std::promise<void> started);
  void hear();
  void on_event(HostEvent event);
  void on_core_event(CoreEvent event);
  void on_live_text(const LiveText& text);
  void begin_text(const TextJobPtr& job);
  void make_text(const TextJobPtr& job);
  void end_text(const TextJobPtr& job, Result<FinalText> result);
  void drop_text(const TextJobPtr& job);
  void tell_texts_in_order();
  void stop_holding_back();
  void end_audio_on_loop();

  // Any thread.
  template <typename F>
  bool on_loop(F task);
  template <typename... Values>
  void call_back(CallbackQueue::Kind kind, const std::function<void(Values...)>& callback,
                 std::type_identity_t<std::decay_t<Values>>... values);
  Result<Recording> next_recording();
  Result<std::string> wait_for_text(const TextJobPtr& job, std::uint64_t interruption);
  Result<std::string> text_of(Recording recording, std::uint64_t interruption);
  TextJobPtr ask_for_text(Recording recording, std::function<void(const std::string&)> on_text);
  Result<> start_source();
  void take_from_source(std::span<const std::int16_t> pcm);
  template <typename T>
  Result<> change(T& option, T value);
  std::uint64_t interruption_now() const;

  RecorderOptions options;
  std::unique_ptr<vad::SileroModel> silero;
  io::EventLoop loop;
  CallbackQueue callbacks;  // before what posts to it, after the loop it posts to
  AudioInbox inbox;
  std::mutex feed_mutex;
  Converter fed;
  std::mutex settings_mutex;

  // Loop thread.
  RecorderHost* host = nullptr;
  std::set<TextJobPtr> jobs;        // under way
  std::deque<TextJobPtr> in_order;  // those with on_text, until they were told
  bool held_back = false;           // a source that can wait does until somebody listens
  bool parked = false;              // held back, or too many recordings wait: no audio is heard
  bool ending = false;

  // Under the mutex.
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Recording> recordings;
  std::int64_t backlog = 0;  // samples of `recordings`
  std::optional<Recording> kept;
  State core_state = State::kInactive;
  std::size_t texts_under_way = 0;
  std::size_t texts_to_tell = 0;
  std::uint64_t interruptions = 0;
  Duration heard{};
  std::int64_t dropped = 0;
  bool microphone_on = true;
  bool audio_ended = false;  // and everything was heard
  bool no_more_audio = false;
  bool closing = false;

  std::unique_ptr<AudioSource> source;
  Converter from_source;
  std::thread thread;
};

// ---- the loop's side

void Recorder::Impl::run(const SttFactories& factories, std::promise<void> started) {
  const auto final_stt = factories.final_texts(loop);
  std::unique_ptr<speech::Stt> own_live;
  if (options.enable_realtime_transcription) own_live = factories.live_texts(loop);
  speech::Stt& live_stt = own_live ? *own_live : *final_stt;
  auto vad =
      options.voice_detector ? options.voice_detector() : std::make_unique<vad::SileroVad>(*silero);
  RecorderHost recorder_host(std::move(vad), *final_stt, live_stt, host_settings(options),
                             [this](HostEvent event) { on_event(std::move(event)); });
  host = &recorder_host;
  started.set_value();
  loop.run();
  for (const TextJobPtr& job : std::exchange(jobs, {})) job->call.reset();
  host = nullptr;
}

void Recorder::Impl::hear() {
  {
    std::lock_guard lock(mutex);
    parked = held_back || backlog >= kMostBacklog;
  }
  if (parked) return;
  const auto pcm = inbox.take(kPiece);
  if (pcm.empty()) {
    if (ending) end_audio_on_loop();
    return;
  }
  call_back(CallbackQueue::Kind::kNews, options.on_recorded_chunk, pcm);
  host->push(pcm);
  {
    std::lock_guard lock(mutex);
    heard = host->core().received();
  }
  loop.post([this] { hear(); });
}

void Recorder::Impl::stop_holding_back() {
  if (std::exchange(held_back, false) && parked) hear();
}

void Recorder::Impl::end_audio_on_loop() {
  ending = false;
  host->end_audio();
  std::lock_guard lock(mutex);
  heard = host->core().received();
  audio_ended = true;
  changed.notify_all();
}

void Recorder::Impl::on_event(HostEvent event) {
  if (auto* core = std::get_if<CoreEvent>(&event)) return on_core_event(std::move(*core));
  on_live_text(std::get<LiveTextChanged>(event).text);
}

void Recorder::Impl::on_core_event(CoreEvent event) {
  {
    std::lock_guard lock(mutex);
    core_state = host->core().state();
    if (auto* stopped = std::get_if<RecordingStopped>(&event)) {
      backlog += std::ssize(stopped->recording.pcm);
      recordings.push_back(std::move(stopped->recording));
    }
    changed.notify_all();
  }
  if (const auto* callback = std::visit(CallbackOf{options}, event)) {
    call_back(CallbackQueue::Kind::kEvent, *callback);
  }
}

void Recorder::Impl::on_live_text(const LiveText& text) {
  using Kind = CallbackQueue::Kind;
  call_back(Kind::kNews, options.on_realtime_transcription_stabilized, text.committed);
  call_back(Kind::kNews, options.on_realtime_transcription_update, text.committed + text.tentative);
  call_back(Kind::kNews, options.on_realtime_text_stabilization_update,
            TextStabilization{.stable_text = text.committed, .unstable_text = text.tentative});
}

void Recorder::Impl::begin_text(const TextJobPtr& job) {
  jobs.insert(job);
  if (job->on_text) in_order.push_back(job);
  const bool asked =
      options.on_transcription_start && callbacks.post(CallbackQueue::Kind::kEvent, [this, job] {
        const bool cancel = options.on_transcription_start(job->recording.pcm);
        loop.post([this, job, cancel] {
          if (!jobs.contains(job)) return;
          if (!cancel) return make_text(job);
          end_text(job, cancelled("on_transcription_start cancelled the transcription"));
        });
      });
  if (!asked) make_text(job);
}

void Recorder::Impl::make_text(const TextJobPtr& job) {
  auto call = host->transcribe(
      job->recording, [this, job](Result<FinalText> result) { end_text(job, std::move(result)); });
  if (jobs.contains(job)) job->call = std::move(call);
}

void Recorder::Impl::end_text(const TextJobPtr& job, Result<FinalText> result) {
  if (jobs.erase(job) == 0) return;
  const auto call = std::move(job->call);
  if (result && options.enable_realtime_transcription) {
    call_back(
        CallbackQueue::Kind::kEvent, options.on_realtime_text_stabilization_update,
        TextStabilization{.stable_text = result->text,
                          .is_final = true,
                          .final_agrees = starts_with_words(result->text, result->committed)});
  }
  {
    std::lock_guard lock(mutex);
    job->result = std::move(result);
    --texts_under_way;
    changed.notify_all();
  }
  tell_texts_in_order();
}

void Recorder::Impl::tell_texts_in_order() {
  while (!in_order.empty()) {
    const TextJobPtr job = in_order.front();
    {
      std::lock_guard lock(mutex);
      if (!job->result) return;
      --texts_to_tell;
      changed.notify_all();
    }
    in_order.pop_front();
    if (*job->result) {
      callbacks.post(CallbackQueue::Kind::kEvent, [job] { job->on_text((*job->result)->text); });
    } else if (job->result->error().code != ErrorCode::kCancelled) {
      call_back(CallbackQueue::Kind::kEvent, options.on_error, job->result->error());
    }
  }
}

void Recorder::Impl::drop_text(const TextJobPtr& job) {
  end_text(job, cancelled("aborted"));
}

// ---- any thread

// False: the recorder is shutting down, and the task does not run.
template <typename F>
bool Recorder::Impl::on_loop(F task) {
  const auto done = std::make_shared<std::promise<void>>();
  auto ran = done->get_future();
  {
    // Under the lock, so that it stands before the loop's end.
    std::lock_guard lock(mutex);
    if (closing) return false;
    loop.post([done, task = std::move(task)]() mutable {
      task();
      done->set_value();
    });
  }
  ran.wait();
  return true;
}

template <typename... Values>
void Recorder::Impl::call_back(CallbackQueue::Kind kind,
                               const std::function<void(Values...)>& callback,
                               std::type_identity_t<std::decay_t<Values>>... values) {
  if (!callback) return;
  callbacks.post(kind, [&callback, ... values = std::move(values)] { callback(values...); });
}

std::uint64_t Recorder::Impl::interruption_now() const {
  std::lock_guard lock(mutex);
  return interruptions;
}

Result<Recording> Recorder::Impl::next_recording() {
  const std::uint64_t before = interruption_now();
  on_loop([this] {
    host->listen();
    host->stop_on_silence();
    stop_holding_back();
  });
  Recording recording;
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] {
      return closing || interruptions != before || !recordings.empty() || audio_ended;
    });
    if (closing) return cancelled("the recorder is shut down");
    if (interruptions != before) return cancelled("interrupted");
    if (recordings.empty()) return fail(ErrorCode::kNotFound, "the audio has ended");
    recording = std::move(recordings.front());
    recordings.pop_front();
    backlog -= std::ssize(recording.pcm);
  }
  loop.post([this] {
    if (parked) hear();
  });
  return recording;
}

TextJobPtr Recorder::Impl::ask_for_text(Recording recording,
                                        std::function<void(const std::string&)> on_text) {
  auto job = std::make_shared<TextJob>();
  job->recording = std::move(recording);
  job->on_text = std::move(on_text);
  {
    std::lock_guard lock(mutex);
    ++texts_under_way;
    if (job->on_text) ++texts_to_tell;
  }
  on_loop([this, job] { begin_text(job); });
  return job;
}

Result<std::string> Recorder::Impl::wait_for_text(const TextJobPtr& job,
                                                  std::uint64_t interruption) {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return closing || job->result || interruptions != interruption; });
  if (closing) return cancelled("the recorder is shut down");
  if (!job->result) return cancelled("interrupted");
  if (!*job->result) return std::unexpected(job->result->error());
  return (*job->result)->text;
}

Result<std::string> Recorder::Impl::text_of(Recording recording, std::uint64_t interruption) {
  const TextJobPtr job = ask_for_text(std::move(recording), nullptr);
  auto text = wait_for_text(job, interruption);
  bool undone = false;  // interrupted: the next text() is to have it
  on_loop([&] {
    undone = jobs.contains(job);
    if (undone) drop_text(job);
  });
  if (undone) {
    std::lock_guard lock(mutex);
    backlog += std::ssize(job->recording.pcm);
    recordings.push_front(std::move(job->recording));
  }
  return text;
}

Result<> Recorder::Impl::start_source() {
  if (options.use_microphone) {
    auto opened = options.microphone(options.input_device_index);
    if (!opened) return std::unexpected(opened.error());
    source = std::move(*opened);
  } else {
    source = std::move(options.audio_source);
  }
  if (!source) return {};
  if (source->can_wait()) on_loop([this] { held_back = true; });
  AudioSink sink;
  sink.on_audio = [this](std::span<const std::int16_t> pcm) { take_from_source(pcm); };
  sink.on_end = [this](Result<> result) {
    if (!result) call_back(CallbackQueue::Kind::kEvent, options.on_error, result.error());
    std::vector<std::int16_t> rest;
    from_source.flush(rest);
    inbox.push(rest, kFeedPatience);
    loop.post([this] {
      ending = true;
      hear();
    });
  };
  return source->start(std::move(sink));
}

void Recorder::Impl::take_from_source(std::span<const std::int16_t> pcm) {
  {
    std::lock_guard lock(mutex);
    if (!microphone_on || closing) return;
  }
  const auto converted = from_source.convert(pcm, source->rate());
  if (source->can_wait()) {
    std::span<const std::int16_t> rest = converted;
    while (!rest.empty() && !inbox.closed()) rest = rest.subspan(inbox.push(rest, kFeedPatience));
    return;
  }
  const auto lost = static_cast<std::int64_t>(inbox.push_dropping(converted));
  if (lost == 0) return;
  {
    std::lock_guard lock(mutex);
    dropped += lost;
  }
  call_back(CallbackQueue::Kind::kEvent, options.on_audio_dropped, seconds_of(lost));
}

template <typename T>
Result<> Recorder::Impl::change(T& option, T value) {
  std::lock_guard settings_lock(settings_mutex);
  std::swap(option, value);
  if (auto right = check_options(options); !right) {
    std::swap(option, value);
    return right;
  }
  on_loop([this, settings = host_settings(options)] { host->configure(settings); });
  return {};
}

// ---- the user's side

Recorder::Recorder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Recorder::~Recorder() {
  shutdown();
  impl_->callbacks.finish();  // one that called shutdown() may still run
}

Result<std::unique_ptr<Recorder>> Recorder::create(RecorderOptions options) {
  if (auto right = check_options(options); !right) return std::unexpected(right.error());
  auto factories = make_stt_factories(options);
  if (!factories) return std::unexpected(factories.error());
  auto impl = std::make_unique<Impl>(std::move(options));
  const RecorderOptions& given = impl->options;
  if (!given.voice_detector) {
    const std::string file = given.silero_onnx_model_path.empty()
                                 ? models_root(given.download_root) + "/" + kVadFile
                                 : given.silero_onnx_model_path;
    auto model = vad::SileroModel::load(file);
    if (!model) {
      return fail(model.error().code, model.error().detail + " (run: eva models pull)");
    }
    impl->silero = std::move(*model);
  }
  std::promise<void> started;
  auto ready = started.get_future();
  impl->thread = std::thread(
      [impl = impl.get(), factories = std::move(*factories),
       started = std::move(started)]() mutable { impl->run(factories, std::move(started)); });
  ready.wait();
  std::unique_ptr<Recorder> recorder(new Recorder(std::move(impl)));
  if (auto source = recorder->impl_->start_source(); !source) {
    return std::unexpected(source.error());
  }
  return recorder;
}

Result<std::string> Recorder::text() {
  const std::uint64_t interruption = impl_->interruption_now();
  auto recording = impl_->next_recording();
  if (!recording) return std::unexpected(recording.error());
  return impl_->text_of(std::move(*recording), interruption);
}

Result<> Recorder::text(std::function<void(const std::string&)> done) {
  {
    std::unique_lock lock(impl_->mutex);
    const std::uint64_t before = impl_->interruptions;
    impl_->changed.wait(lock, [&] {
      return impl_->closing || impl_->interruptions != before ||
             impl_->texts_to_tell <= kMostPendingTexts;
    });
    if (impl_->interruptions != before) return cancelled("interrupted");
  }
  auto recording = impl_->next_recording();
  if (!recording) return std::unexpected(recording.error());
  impl_->ask_for_text(std::move(*recording), std::move(done));
  return {};
}

Result<> Recorder::wait_audio() {
  auto recording = impl_->next_recording();
  if (!recording) return std::unexpected(recording.error());
  std::lock_guard lock(impl_->mutex);
  impl_->kept = std::move(*recording);
  return {};
}

Result<std::string> Recorder::transcribe() {
  std::optional<Recording> recording;
  std::uint64_t interruption = 0;
  {
    std::lock_guard lock(impl_->mutex);
    recording = std::exchange(impl_->kept, std::nullopt);
    interruption = impl_->interruptions;
  }
  if (!recording) {
    return fail(ErrorCode::kBadInput, "there is no recording; call wait_audio() first");
  }
  return impl_->text_of(std::move(*recording), interruption);
}

Result<std::string> Recorder::perform_final_transcription(std::span<const std::int16_t> audio) {
  const std::uint64_t interruption = impl_->interruption_now();
  const auto job = impl_->ask_for_text(Recording{.pcm = {audio.begin(), audio.end()}}, nullptr);
  auto text = impl_->wait_for_text(job, interruption);
  impl_->on_loop([this, job] { impl_->drop_text(job); });
  return text;
}

void Recorder::listen() {
  impl_->on_loop([this] {
    impl_->host->listen();
    impl_->stop_holding_back();
  });
}

Result<> Recorder::wakeup() {
  return fail(ErrorCode::kBadConfig,
              "Eva has no wake word that wakeup() could stand for; call listen()");
}

void Recorder::start(std::vector<std::int16_t> frames) {
  impl_->on_loop([this, &frames] {
    impl_->host->start(std::move(frames));
    impl_->stop_holding_back();
  });
}

void Recorder::stop(double backdate_stop_seconds, double backdate_resume_seconds) {
  impl_->on_loop([&] {
    impl_->host->stop(seconds_to_duration(std::clamp(backdate_stop_seconds, 0.0, 600.0)),
                      seconds_to_duration(std::clamp(backdate_resume_seconds, 0.0, 600.0)));
  });
}

Result<> Recorder::feed_audio(std::span<const std::int16_t> pcm, int original_sample_rate) {
  if (original_sample_rate < 8'000 || original_sample_rate > 192'000) {
    return fail(ErrorCode::kBadInput, "original_sample_rate must be 8000 to 192000 Hz");
  }
  std::lock_guard feed_lock(impl_->feed_mutex);  // two feeders take turns
  {
    std::lock_guard lock(impl_->mutex);
    if (impl_->closing) return cancelled("the recorder is shut down");
    if (impl_->no_more_audio) {
      return fail(ErrorCode::kBadInput, "end_audio() was called; no audio may follow");
    }
  }
  const auto converted = impl_->fed.convert(pcm, original_sample_rate);
  if (impl_->inbox.push(converted, kFeedPatience) == converted.size()) return {};
  std::lock_guard lock(impl_->mutex);
  if (impl_->closing) return cancelled("the recorder is shut down");
  return fail(ErrorCode::kOverloaded,
              "no audio was taken for 5 s: 30 min of recordings wait; call text()");
}

Result<> Recorder::feed_audio(std::span<const float> samples, int original_sample_rate) {
  std::vector<std::int16_t> pcm(samples.size());
  std::ranges::transform(samples, pcm.begin(), audio::to_pcm16);
  return feed_audio(pcm, original_sample_rate);
}

void Recorder::end_audio() {
  std::lock_guard feed_lock(impl_->feed_mutex);
  {
    std::lock_guard lock(impl_->mutex);
    if (std::exchange(impl_->no_more_audio, true)) return;
  }
  std::vector<std::int16_t> rest;
  impl_->fed.flush(rest);
  impl_->inbox.push(rest, kFeedPatience);
  impl_->on_loop([this] {
    impl_->ending = true;
    impl_->hear();
  });
}

void Recorder::set_microphone(bool on) {
  std::lock_guard lock(impl_->mutex);
  impl_->microphone_on = on;
}

void Recorder::clear_audio_queue() {
  impl_->inbox.clear();
  impl_->on_loop([this] { impl_->host->clear(); });
}

bool Recorder::has_pending_recordings() const {
  std::lock_guard lock(impl_->mutex);
  return !impl_->recordings.empty();
}

bool Recorder::flush_buffered_audio(int min_abs_level) {
  std::size_t before = 0;
  std::size_t after = 0;
  impl_->on_loop([&] {
    const auto count = [this] {
      std::lock_guard lock(impl_->mutex);
      return impl_->recordings.size();
    };
    before = count();
    impl_->host->flush(min_abs_level);
    after = count();
  });
  return after > before;
}

void Recorder::abort() {
  impl_->inbox.clear();
  impl_->on_loop([this] {
    impl_->host->abort();
    for (const TextJobPtr& job : std::set(impl_->jobs)) impl_->drop_text(job);
    std::lock_guard lock(impl_->mutex);
    impl_->recordings.clear();
    impl_->backlog = 0;
    impl_->kept.reset();
    ++impl_->interruptions;
    impl_->changed.notify_all();
    impl_->loop.post([impl = impl_.get()] {
      if (impl->parked) impl->hear();
    });
  });
}

void Recorder::interrupt() {
  std::lock_guard lock(impl_->mutex);
  ++impl_->interruptions;
  impl_->changed.notify_all();
}

void Recorder::shutdown() {
  {
    std::lock_guard lock(impl_->mutex);
    if (std::exchange(impl_->closing, true)) return;
    impl_->changed.notify_all();
    impl_->loop.post([impl = impl_.get()] { impl->loop.stop(); });
  }
  impl_->inbox.close();
  impl_->source.reset();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->callbacks.finish();
}

Result<> Recorder::set_language(const std::string& language) {
  return impl_->change(impl_->options.language, language);
}
Result<> Recorder::set_silero_sensitivity(double sensitivity) {
  return impl_->change(impl_->options.silero_sensitivity, sensitivity);
}
Result<> Recorder::set_post_speech_silence_duration(double seconds) {
  return impl_->change(impl_->options.post_speech_silence_duration, seconds);
}
Result<> Recorder::set_deactivity_silence_confirmation_duration(double seconds) {
  return impl_->change(impl_->options.deactivity_silence_confirmation_duration, seconds);
}
Result<> Recorder::set_min_length_of_recording(double seconds) {
  return impl_->change(impl_->options.min_length_of_recording, seconds);
}
Result<> Recorder::set_min_gap_between_recordings(double seconds) {
  return impl_->change(impl_->options.min_gap_between_recordings, seconds);
}

RecorderState Recorder::state() const {
  std::lock_guard lock(impl_->mutex);
  if (impl_->core_state == State::kRecording) return RecorderState::kRecording;
  if (impl_->texts_under_way > 0) return RecorderState::kTranscribing;
  return impl_->core_state == State::kListening ? RecorderState::kListening
                                                : RecorderState::kInactive;
}

double Recorder::heard_seconds() const {
  std::lock_guard lock(impl_->mutex);
  return static_cast<double>(impl_->heard.count()) / 1e6;
}

double Recorder::dropped_seconds() const {
  std::lock_guard lock(impl_->mutex);
  return seconds_of(impl_->dropped);
}

std::size_t Recorder::dropped_callbacks() const {
  return impl_->callbacks.lost();
}

}  // namespace eva::recorder
