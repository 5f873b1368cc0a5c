#include "cli/measured_engines.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace eva::cli {
namespace {

// What is still to arrive of one request; dies with the handle.
class Replay final : public speech::Call {
 public:
  explicit Replay(Executor& clock) : clock_(clock) {}
  ~Replay() override {
    for (const TimerId timer : timers_) clock_.cancel(timer);
  }
  void after(Duration delay, Task task) {
    timers_.push_back(clock_.call_at(clock_.now() + delay, std::move(task)));
  }

 private:
  Executor& clock_;
  std::vector<TimerId> timers_;
};

// Runs the loop until the answer is complete, at the latest until a bound; why it is not.
Result<> wait_for(io::EventLoop& loop, const AnswerBounds& bounds, const char* what,
                  const std::function<bool()>& complete) {
  const Time latest = loop.now() + bounds.time;
  const TimerId alarm = loop.call_at(latest, [] {});
  loop.run_until([&] { return complete() || bounds.interrupted() || loop.now() >= latest; });
  loop.cancel(alarm);
  if (complete()) return {};
  if (bounds.interrupted()) return fail(ErrorCode::kCancelled, "interrupted");
  return fail(ErrorCode::kTimeout,
              fmt::format("{} was not finished within {} s", what, to_ms(bounds.time) / 1000));
}

}  // namespace

speech::CallHandle MeasuredStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  const Time start = loop_.now();
  std::optional<Result<speech::Transcript>> result;
  Duration took{};
  auto call = real_.transcribe(std::move(request), [&](Result<speech::Transcript> value) {
    took = loop_.now() - start;
    result = std::move(value);
  });
  const auto complete =
      wait_for(loop_, bounds_, "the transcription", [&] { return result.has_value(); });
  call.reset();
  if (!complete) {
    took = loop_.now() - start;
    result = std::unexpected(complete.error());
  }
  auto replay = std::make_unique<Replay>(clock_);
  replay->after(took, [done = std::move(done), value = std::move(*result)]() mutable {
    done(std::move(value));
  });
  return replay;
}

namespace {

class MeasuredStream final : public speech::SttStream {
 public:
  MeasuredStream(io::EventLoop& loop, Executor& clock, const AnswerBounds& bounds,
                 speech::SttStreamCallbacks callbacks)
      : loop_(loop),
        clock_(clock),
        bounds_(bounds),
        callbacks_(std::move(callbacks)),
        replay_(clock) {}

  /// False where the engine has no partial transcripts.
  bool open(speech::Stt& real, speech::SttStreamRequest request) {
    real_ = real.listen(
        std::move(request),
        {.on_partial =
             [this](speech::PartialTranscript partial) {
               heard_ = true;
               replay_.after(next_delay(), [this, partial = std::move(partial)]() mutable {
                 callbacks_.on_partial(std::move(partial));
               });
             },
         .on_failed =
             [this](Error error) {
               failed_ = true;
               replay_.after(next_delay(), [this, error = std::move(error)]() mutable {
                 auto callbacks = std::move(callbacks_);  // may destroy this
                 callbacks.on_failed(std::move(error));
               });
             }});
    return real_ != nullptr;
  }

  void push(std::span<const std::int16_t> pcm) override {
    pending_.insert(pending_.end(), pcm.begin(), pcm.end());
    const Duration enough = is_first_ ? 400ms : 200ms;
    if (failed_ || samples_to_duration(std::ssize(pending_), speech::kSttRate) < enough) return;
    is_first_ = false;
    pushed_ = loop_.now();
    heard_ = false;
    real_->push(std::exchange(pending_, {}));
    const Time latest = pushed_ + kPatience;
    const TimerId alarm = loop_.call_at(latest, [] {});
    loop_.run_until(
        [&] { return heard_ || failed_ || bounds_.interrupted() || loop_.now() >= latest; });
    loop_.cancel(alarm);
  }

 private:
  static constexpr Duration kPatience = 300ms;

  /// What took less time than the one before does not overtake it.
  Duration next_delay() {
    last_ = std::max(last_, clock_.now() + (loop_.now() - pushed_));
    return last_ - clock_.now();
  }

  io::EventLoop& loop_;
  Executor& clock_;
  const AnswerBounds& bounds_;
  speech::SttStreamCallbacks callbacks_;
  std::vector<std::int16_t> pending_;
  Time pushed_{};  // on the loop's clock
  Time last_{};    // on the virtual clock: when the latest news arrives
  bool is_first_ = true;
  bool heard_ = false;
  bool failed_ = false;
  Replay replay_;
  std::unique_ptr<speech::SttStream> real_;  // last: calls back until it dies
};

}  // namespace

std::unique_ptr<speech::SttStream> MeasuredStt::listen(speech::SttStreamRequest request,
                                                       speech::SttStreamCallbacks callbacks) {
  auto stream = std::make_unique<MeasuredStream>(loop_, clock_, bounds_, std::move(callbacks));
  if (!stream->open(real_, std::move(request))) return nullptr;
  return stream;
}

speech::CallHandle MeasuredTurnModel::score(std::vector<std::int16_t> pcm,
                                            std::move_only_function<void(Result<double>)> done) {
  const Time start = loop_.now();
  std::optional<Result<double>> result;
  Duration took{};
  auto call = real_.score(std::move(pcm), [&](Result<double> value) {
    took = loop_.now() - start;
    result = std::move(value);
  });
  const auto complete = wait_for(loop_, bounds_, "the score", [&] { return result.has_value(); });
  call.reset();
  if (!complete) {
    took = loop_.now() - start;
    result = std::unexpected(complete.error());
  }
  auto replay = std::make_unique<Replay>(clock_);
  replay->after(took, [done = std::move(done), value = std::move(*result)]() mutable {
    done(std::move(value));
  });
  return replay;
}

speech::CallHandle MeasuredLlm::complete(speech::LlmRequest request,
                                         speech::LlmCallbacks callbacks) {
  const Time start = loop_.now();
  std::vector<std::pair<Duration, std::string>> pieces;
  std::optional<Result<speech::LlmUsage>> result;
  Duration took{};
  speech::LlmCallbacks collect;
  std::size_t characters = 0;
  const auto end = [&](Result<speech::LlmUsage> value) {
    if (result) return;
    took = loop_.now() - start;
    result = std::move(value);
  };
  collect.on_text = [&](std::string_view text) {
    if (result) return;
    pieces.emplace_back(loop_.now() - start, text);
    characters += text.size();
    if (characters >= bounds_.characters) end(speech::LlmUsage{.truncated = true});
  };
  collect.on_done = end;
  auto call = real_.complete(std::move(request), std::move(collect));
  const auto complete = wait_for(loop_, bounds_, "the reply", [&] { return result.has_value(); });
  call.reset();
  if (!complete) end(std::unexpected(complete.error()));
  auto replay = std::make_unique<Replay>(clock_);
  const auto shared = std::make_shared<speech::LlmCallbacks>(std::move(callbacks));
  for (auto& [delay, text] : pieces) {
    replay->after(delay, [shared, text = std::move(text)] { shared->on_text(text); });
  }
  replay->after(took, [shared, value = std::move(*result)] { shared->on_done(value); });
  return replay;
}

speech::CallHandle MeasuredTts::speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) {
  const Time start = loop_.now();
  std::vector<std::pair<Duration, std::vector<std::int16_t>>> pieces;
  std::optional<Result<>> result;
  Duration took{};
  speech::TtsCallbacks collect;
  std::int64_t samples = 0;
  const auto end = [&](Result<> value) {
    if (result) return;
    took = loop_.now() - start;
    result = std::move(value);
  };
  collect.on_audio = [&](std::span<const std::int16_t> pcm) {
    if (result) return;
    pieces.emplace_back(loop_.now() - start, std::vector(pcm.begin(), pcm.end()));
    samples += std::ssize(pcm);
    if (samples_to_duration(samples, speech::kTtsRate) >= bounds_.audio) {
      end(fail(ErrorCode::kProtocol, fmt::format("the voice sent over {} s for one piece of text",
                                                 to_ms(bounds_.audio) / 1000)));
    }
  };
  collect.on_done = end;
  auto call = real_.speak(std::move(request), std::move(collect));
  const auto complete = wait_for(loop_, bounds_, "the speech", [&] { return result.has_value(); });
  call.reset();
  if (!complete) end(std::unexpected(complete.error()));
  auto replay = std::make_unique<Replay>(clock_);
  const auto shared = std::make_shared<speech::TtsCallbacks>(std::move(callbacks));
  for (auto& [delay, pcm] : pieces) {
    replay->after(delay, [shared, pcm = std::move(pcm)] { shared->on_audio(pcm); });
  }
  replay->after(took, [shared, value = std::move(*result)] { shared->on_done(value); });
  return replay;
}

}  // namespace eva::cli
