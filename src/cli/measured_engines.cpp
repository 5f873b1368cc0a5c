#include "cli/measured_engines.h"

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

}  // namespace

speech::CallHandle MeasuredStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  const Time start = loop_.now();
  std::optional<Result<speech::Transcript>> result;
  Duration took{};
  const auto call = real_.transcribe(std::move(request), [&](Result<speech::Transcript> value) {
    took = loop_.now() - start;
    result = std::move(value);
  });
  loop_.run_until([&] { return result.has_value(); });
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
  collect.on_text = [&](std::string_view text) { pieces.emplace_back(loop_.now() - start, text); };
  collect.on_done = [&](Result<speech::LlmUsage> value) {
    took = loop_.now() - start;
    result = std::move(value);
  };
  const auto call = real_.complete(std::move(request), std::move(collect));
  loop_.run_until([&] { return result.has_value(); });
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
  collect.on_audio = [&](std::span<const std::int16_t> pcm) {
    pieces.emplace_back(loop_.now() - start, std::vector(pcm.begin(), pcm.end()));
  };
  collect.on_done = [&](Result<> value) {
    took = loop_.now() - start;
    result = std::move(value);
  };
  const auto call = real_.speak(std::move(request), std::move(collect));
  loop_.run_until([&] { return result.has_value(); });
  auto replay = std::make_unique<Replay>(clock_);
  const auto shared = std::make_shared<speech::TtsCallbacks>(std::move(callbacks));
  for (auto& [delay, pcm] : pieces) {
    replay->after(delay, [shared, pcm = std::move(pcm)] { shared->on_audio(pcm); });
  }
  replay->after(took, [shared, value = std::move(*result)] { shared->on_done(value); });
  return replay;
}

}  // namespace eva::cli
