#include "bench/direct_engines.h"

#include <memory>
#include <utility>

namespace eva::bench {
namespace {

// One answer that is still to arrive; dies with the handle.
class Later final : public speech::Call {
 public:
  Later(Executor& world, Duration delay, Task task)
      : world_(world), timer_(world.call_at(world.now() + delay, std::move(task))) {}
  ~Later() override { world_.cancel(timer_); }

 private:
  Executor& world_;
  TimerId timer_;
};

}  // namespace

speech::CallHandle DirectStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  const Time began = clock_();
  CancelToken never;
  const auto heard = whisper_.transcribe(
      request.pcm, {.language = request.language, .prefix = request.prefix}, never);
  Result<speech::Transcript> result = std::unexpected(Error{});
  if (heard) {
    result = speech::Transcript{.text = heard->text, .words = heard->words};
  } else {
    result = std::unexpected(heard.error());
  }
  return std::make_unique<Later>(
      world_, clock_() - began,
      [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
}

speech::CallHandle DirectTts::speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) {
  auto [at, fresh] = spoken_.try_emplace(request.text);
  std::vector<std::int16_t>& pcm = at->second;
  Result<> result;
  if (fresh) {
    CancelToken never;
    result = voice_.speak(
        request.text, request.speed,
        [&pcm](std::span<const std::int16_t> part) {
          pcm.insert(pcm.end(), part.begin(), part.end());
          return true;
        },
        never);
  }
  return std::make_unique<Later>(world_, Duration{},
                                 [callbacks = std::move(callbacks), &pcm, result]() mutable {
                                   // on_audio may end this request; nothing of it is touched
                                   // afterwards.
                                   auto done = std::move(callbacks.on_done);
                                   callbacks.on_audio(pcm);
                                   done(result);
                                 });
}

}  // namespace eva::bench
