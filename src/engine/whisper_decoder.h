#pragma once
// Greedy decoding of one encoded part of a recording, step by step.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"
#include "engine/whisper_pack.h"
#include "tensor/model.h"

namespace eva::engine {

inline constexpr std::size_t kAudioPositions = 1500;     // of the encoded audio, 30 s
inline constexpr std::size_t kSamplesPerPosition = 320;  // 20 ms at 16 kHz

/// The decoder network with the names of its tensors and the masks of its vocabulary. Immutable;
/// any thread.
class WhisperNetwork {
 public:
  WhisperNetwork(WhisperPack pack, std::unique_ptr<tensor::Model> encoder,
                 std::unique_ptr<tensor::Model> decoder);

  const WhisperPack& pack() const { return pack_; }
  /// Added to the logits: 0, or minus infinity for a token that must not be chosen.
  std::span<const float> mask() const { return mask_; }
  std::span<const float> first_mask() const { return first_mask_; }

  /// mel: pack().mel_bands rows. Returns the cross keys and values, for DecoderRun.
  Result<std::vector<tensor::Value>> encode(std::span<float> mel, CancelToken& cancel) const;

 private:
  friend class DecoderRun;
  WhisperPack pack_;
  std::unique_ptr<tensor::Model> encoder_;
  std::unique_ptr<tensor::Model> decoder_;
  std::vector<float> mask_;
  std::vector<float> first_mask_;
  std::vector<std::string> cross_names_;    // cross_k_0, cross_v_0, cross_k_1, ...
  std::vector<std::string> past_names_;     // past_k_0, ...
  std::vector<const char*> output_names_;   // logits, new_k_0, ...
  std::vector<std::string> new_row_names_;  // what output_names_ points into
};

/// One text under construction: keeps the keys and values of the tokens so far, so that each step
/// costs the same. Lives on one thread.
class DecoderRun {
 public:
  /// `cross` from WhisperNetwork::encode; both must outlive the run. `positions`: the most tokens
  /// that the run will be fed, at most pack().text_positions.
  DecoderRun(const WhisperNetwork& network, const std::vector<tensor::Value>& cross,
             std::int64_t positions);

  /// Feeds tokens (at least one) and returns one row of logits per token, pack().vocabulary wide;
  /// valid until the next step. kBadConfig: the network is not what its pack says.
  Result<std::span<const float>> step(std::span<std::int64_t> tokens, CancelToken& cancel);
  /// How the last step looked at the audio: one row of kAudioPositions values per token; empty
  /// where the pack has no alignment. Valid until the next step.
  std::span<const float> alignment() const;

 private:
  const WhisperNetwork& network_;
  const std::vector<tensor::Value>& cross_;
  const std::int64_t positions_;
  std::int64_t rows_ = 0;
  std::vector<std::vector<float>> past_;  // per name: positions_ rows of text_state values
  std::vector<tensor::Value> outputs_;    // of the last step
};

struct TokenChoice {
  std::int64_t token;
  double log_probability;  // among the tokens that the mask allows
};
/// The most probable token of one row of logits. `mask` has the size of the row.
TokenChoice choose_token(std::span<const float> logits, std::span<const float> mask);

/// The probability of one token, nothing masked.
double token_probability(std::span<const float> logits, std::int64_t token);

}  // namespace eva::engine
