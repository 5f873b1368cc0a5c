#pragma once
// The port speech::TurnModel over a TurnNetwork and a pool's workers.
#include <cstdint>
#include <functional>
#include <vector>

#include "base/executor.h"
#include "endpoint/turn_network.h"
#include "pool/worker_pool.h"
#include "speech/turn_model.h"

namespace eva::endpoint {

/// One per loop, shared by its sessions. Lives on the pool's home executor; everything given
/// outlives it, and it outlives its calls.
class PooledTurnModel final : public speech::TurnModel {
 public:
  /// `patience`: an answer that has not come by then, waiting included, is kTimeout.
  PooledTurnModel(Executor& home, pool::WorkerPool& pool, const TurnNetwork& network,
                  Duration patience)
      : home_(home), pool_(pool), network_(network), patience_(patience) {}

  std::size_t samples_wanted() const override;
  speech::CallHandle score(std::vector<std::int16_t> pcm,
                           std::move_only_function<void(Result<double>)> done) override;

 private:
  Executor& home_;
  pool::WorkerPool& pool_;
  const TurnNetwork& network_;
  const Duration patience_;
};

}  // namespace eva::endpoint
