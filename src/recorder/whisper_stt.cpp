#include "recorder/whisper_stt.h"

#include <optional>
#include <string>
#include <utility>

#include "engine/partial_transcriber.h"

namespace eva::recorder {
namespace {

constexpr Duration kDeadline = 300s;

class PoolCall final : public speech::Call {
 public:
  explicit PoolCall(std::unique_ptr<pool::Ticket> ticket) : ticket_(std::move(ticket)) {}

 private:
  std::unique_ptr<pool::Ticket> ticket_;
};

/// Of a request that was refused: the answer comes later, unless this dies first.
class RefusedCall final : public speech::Call {
 public:
  RefusedCall(Executor& home, Task answer) : alive_(std::make_shared<bool>(true)) {
    home.post([alive = alive_, answer = std::move(answer)]() mutable {
      if (*alive) answer();
    });
  }
  ~RefusedCall() override { *alive_ = false; }

 private:
  std::shared_ptr<bool> alive_;  // with the task
};

}  // namespace

/// One utterance under way.
class WhisperStream final : public speech::SttStream {
 public:
  WhisperStream(WhisperStt& stt, const std::string& language, speech::SttStreamCallbacks callbacks)
      : stt_(stt), partials_(language), callbacks_(std::move(callbacks)) {}

  void push(std::span<const std::int16_t> pcm) override {
    partials_.push(pcm);
    if (pass_ || !partials_.is_due() || stt_.home_.now() < rest_until_) return;
    engine::PartialTranscriber::Pass pass = partials_.next();
    const Time posted = stt_.home_.now();
    auto ticket = stt_.post(pool::Priority::kPartial, std::move(pass.pcm), std::move(pass.hearing),
                            [this, posted](Result<engine::Transcription> heard) {
                              end_pass(posted, std::move(heard));
                            });
    if (ticket) pass_ = std::move(*ticket);  // else the next audio asks again
  }

 private:
  void end_pass(Time posted, Result<engine::Transcription> heard) {
    const auto ended = std::move(pass_);
    const Time now = stt_.home_.now();
    rest_until_ = now + (now - posted);
    if (!heard) return;  // the final text, if it fails too, says why
    partials_.finish(*heard);
    callbacks_.on_partial(partials_.transcript());
  }

  WhisperStt& stt_;
  engine::PartialTranscriber partials_;
  speech::SttStreamCallbacks callbacks_;
  std::unique_ptr<pool::Ticket> pass_;
  Time rest_until_{};
};

WhisperStt::WhisperStt(Executor& home, std::shared_ptr<const engine::Whisper> whisper, int workers)
    : home_(home),
      whisper_(std::move(whisper)),
      pool_(home, {.workers = workers, .queue_limit = 32}) {}

Result<std::unique_ptr<pool::Ticket>> WhisperStt::post(pool::Priority priority,
                                                       std::vector<std::int16_t> pcm,
                                                       engine::Hearing hearing, Done done) {
  const auto heard = std::make_shared<std::optional<engine::Transcription>>();  // of home's thread
  pool::Job job;
  job.priority = priority;
  job.deadline = home_.now() + kDeadline;
  job.work = [whisper = whisper_, pcm = std::move(pcm), hearing = std::move(hearing),
              heard](pool::JobContext& context) -> Result<> {
    auto made = whisper->transcribe(pcm, hearing, context.cancel());
    if (!made) return std::unexpected(made.error());
    context.post([heard, made = std::move(*made)]() mutable { *heard = std::move(made); });
    return {};
  };
  job.done = [heard, done = std::move(done)](Result<> result) mutable {
    if (!result) return done(std::unexpected(result.error()));
    done(std::move(**heard));
  };
  return pool_.try_post(std::move(job));
}

speech::CallHandle WhisperStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  // A refusal needs it as well.
  const auto tell =
      std::make_shared<std::move_only_function<void(Result<speech::Transcript>)>>(std::move(done));
  auto ticket = post(pool::Priority::kTranscription, std::move(request.pcm),
                     {.language = request.language, .prefix = request.prefix},
                     [tell](Result<engine::Transcription> heard) {
                       if (!heard) return (*tell)(std::unexpected(heard.error()));
                       (*tell)(speech::Transcript{std::move(heard->text), std::move(heard->words)});
                     });
  if (ticket) return std::make_unique<PoolCall>(std::move(*ticket));
  return std::make_unique<RefusedCall>(
      home_, [tell, error = ticket.error()] { (*tell)(std::unexpected(error)); });
}

std::unique_ptr<speech::SttStream> WhisperStt::listen(speech::SttStreamRequest request,
                                                      speech::SttStreamCallbacks callbacks) {
  return std::make_unique<WhisperStream>(*this, request.language, std::move(callbacks));
}

}  // namespace eva::recorder
