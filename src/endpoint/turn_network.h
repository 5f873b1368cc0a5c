#pragma once
// An ONNX model that hears whether a turn is over: smart-turn v3, or another file of its shapes.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "audio/mel.h"
#include "base/cancel.h"
#include "base/error.h"
#include "tensor/model.h"

namespace eva::endpoint {

/// Takes either the features of smart_turn_features.h, [1, 80, 800], or the newest 8 s of samples
/// (full scale 1, zeros in front), [1, 128000]; gives one number, the probability that the turn is
/// over. A first dimension of any size will do. Immutable once loaded; any thread.
class TurnNetwork {
 public:
  /// Loads and runs the file once, single-threaded. kNotFound: no such file. kBadConfig: no model,
  /// or one of other shapes, which the text names. kInternal: the runtime cannot be used.
  static Result<std::unique_ptr<TurnNetwork>> load(const std::filesystem::path& file);

  /// `pcm`: the turn so far, mono, 16 kHz, any length; the newest 8 s count. Blocks for about 50 ms
  /// of one core (smart-turn v3.2, docs/measurements.md). Returns 0..1. kCancelled: `cancel` fired.
  Result<double> probability(std::span<const std::int16_t> pcm,
                             CancelToken* cancel = nullptr) const;

 private:
  TurnNetwork(std::unique_ptr<tensor::Model> model, std::string input, std::string output,
              bool takes_samples);

  const std::unique_ptr<tensor::Model> model_;
  const std::string input_;
  const std::string output_;
  const bool takes_samples_;
  const audio::LogMel log_mel_;
};

}  // namespace eva::endpoint
