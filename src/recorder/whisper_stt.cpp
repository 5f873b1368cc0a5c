#include "recorder/whisper_stt.h"

#include <optional>
#include <utility>

namespace eva::recorder {
namespace {

constexpr Duration kDeadline = 300s;

class PoolCall final : public speech::Call {
 public:
  std::unique_ptr<pool::Ticket> ticket;
};

}  // namespace

WhisperStt::WhisperStt(Executor& home, std::shared_ptr<const engine::Whisper> whisper, int workers)
    : home_(home),
      whisper_(std::move(whisper)),
      pool_(home, {.workers = workers, .queue_limit = 32}) {}

speech::CallHandle WhisperStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  const auto answer = std::make_shared<std::optional<speech::Transcript>>();  // worker, then home
  const auto tell =
      std::make_shared<std::move_only_function<void(Result<speech::Transcript>)>>(std::move(done));
  auto call = std::make_unique<PoolCall>();
  pool::Job job;
  job.priority = pool::Priority::kTranscription;
  job.deadline = home_.now() + kDeadline;
  job.work = [whisper = whisper_, request = std::move(request),
              answer](pool::JobContext& context) -> Result<> {
    auto text = whisper->transcribe(request.pcm, request.language, context.cancel());
    if (!text) return std::unexpected(text.error());
    context.post([answer, text = std::move(text->text)]() mutable {
      *answer = speech::Transcript{std::move(text)};
    });
    return {};
  };
  job.done = [answer, tell](Result<> result) {
    if (!result) return (*tell)(std::unexpected(result.error()));
    (*tell)(std::move(**answer));
  };
  auto ticket = pool_.try_post(std::move(job));
  if (ticket) {
    call->ticket = std::move(*ticket);
    return call;
  }
  // Never inside this call; and not at all once the handle is gone.
  const auto alive = std::make_shared<bool>(true);
  class RefusedCall final : public speech::Call {
   public:
    explicit RefusedCall(std::shared_ptr<bool> alive_in) : alive_(std::move(alive_in)) {}
    ~RefusedCall() override { *alive_ = false; }

   private:
    std::shared_ptr<bool> alive_;
  };
  home_.post([alive, tell, error = ticket.error()] {
    if (*alive) (*tell)(std::unexpected(error));
  });
  return std::make_unique<RefusedCall>(alive);
}

}  // namespace eva::recorder
