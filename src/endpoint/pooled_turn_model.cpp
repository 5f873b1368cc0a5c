#include "endpoint/pooled_turn_model.h"

#include <memory>
#include <optional>
#include <utility>

#include "endpoint/smart_turn_features.h"

namespace eva::endpoint {
namespace {

using Done = std::move_only_function<void(Result<double>)>;

/// A job of the pool's, or a refusal on its way.
struct Scoring final : speech::Call {
  std::unique_ptr<pool::Ticket> ticket;
};

struct Refusal final : speech::Call {
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  ~Refusal() override { *alive = false; }
};

}  // namespace

std::size_t PooledTurnModel::samples_wanted() const {
  return kHeard;
}

speech::CallHandle PooledTurnModel::score(std::vector<std::int16_t> pcm, Done done) {
  // Of the worker until `done` runs, of the home thread from then on.
  const auto answer = std::make_shared<std::optional<double>>();
  const auto shared_done = std::make_shared<Done>(std::move(done));  // owners: the job, a refusal
  pool::Job job{
      .priority = pool::Priority::kOther,
      .deadline = home_.now() + patience_,
      .work = [this, pcm = std::move(pcm), answer](pool::JobContext& context) -> Result<> {
        auto probability = network_.probability(pcm, &context.cancel());
        if (!probability) return std::unexpected(probability.error());
        context.post([answer, value = *probability] { *answer = value; });
        return {};
      },
      .started = nullptr,
      .done =
          [answer, shared_done](Result<> result) {
            if (!result) {
              (*shared_done)(std::unexpected(result.error()));
            } else {
              (*shared_done)(**answer);
            }
          }};
  auto ticket = pool_.try_post(std::move(job));
  if (!ticket) {
    auto refusal = std::make_unique<Refusal>();
    home_.post([alive = refusal->alive, shared_done, error = ticket.error()] {
      if (*alive) (*shared_done)(std::unexpected(error));
    });
    return refusal;
  }
  auto scoring = std::make_unique<Scoring>();
  scoring->ticket = std::move(*ticket);
  return scoring;
}

}  // namespace eva::endpoint
