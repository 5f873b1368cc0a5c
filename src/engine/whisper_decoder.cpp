#include "engine/whisper_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace eva::engine {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
constexpr float kNegligible = -20.0F;  // e^-20 times the vocabulary is still below 0.001
constexpr std::size_t kLanes = 8;      // independent maxima, so that the loop runs in SIMD

/// The mask with the size of `logits`, or nothing for "no mask".
float masked(std::span<const float> logits, std::span<const float> mask, std::size_t i) {
  return mask.empty() ? logits[i] : logits[i] + mask[i];
}

float largest(std::span<const float> logits, std::span<const float> mask) {
  std::array<float, kLanes> best{};
  best.fill(kNever);
  std::size_t i = 0;
  for (; i + kLanes <= logits.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float value = masked(logits, mask, i + lane);
      best[lane] = value > best[lane] ? value : best[lane];
    }
  }
  for (; i < logits.size(); ++i) best[0] = std::max(best[0], masked(logits, mask, i));
  return *std::max_element(best.begin(), best.end());
}

/// Sum of e^(logit - top).
double exponentials(std::span<const float> logits, std::span<const float> mask, float top) {
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const float below = masked(logits, mask, i) - top;
    if (below > kNegligible) sum += std::exp(below);
  }
  return sum;
}

}  // namespace

WhisperNetwork::WhisperNetwork(WhisperPack pack, std::unique_ptr<tensor::Model> encoder,
                               std::unique_ptr<tensor::Model> decoder)
    : pack_(std::move(pack)),
      encoder_(std::move(encoder)),
      decoder_(std::move(decoder)),
      mask_(static_cast<std::size_t>(pack_.vocabulary), 0.0F) {
  for (const std::int64_t id : pack_.suppress) mask_[static_cast<std::size_t>(id)] = kNever;
  std::fill(mask_.begin() + pack_.end_of_text + 1, mask_.end(), kNever);
  mask_[static_cast<std::size_t>(pack_.end_of_text)] = 0.0F;
  first_mask_ = mask_;
  for (const std::int64_t id : pack_.suppress_first) {
    first_mask_[static_cast<std::size_t>(id)] = kNever;
  }
  for (std::int64_t layer = 0; layer < pack_.text_layers; ++layer) {
    for (const char* part : {"k", "v"}) {
      cross_names_.push_back(fmt::format("cross_{}_{}", part, layer));
      past_names_.push_back(fmt::format("past_{}_{}", part, layer));
      new_row_names_.push_back(fmt::format("new_{}_{}", part, layer));
    }
  }
  output_names_.push_back("logits");
  for (const std::string& name : new_row_names_) output_names_.push_back(name.c_str());
  if (pack_.alignment) output_names_.push_back("alignment");
}

Result<std::vector<tensor::Value>> WhisperNetwork::encode(std::span<float> mel,
                                                          CancelToken& cancel) const {
  const std::array<std::int64_t, 3> shape{1, pack_.mel_bands,
                                          static_cast<std::int64_t>(mel.size()) / pack_.mel_bands};
  const auto value = tensor::Value::view(mel, shape);
  const std::array<tensor::Input, 1> inputs{{{"mel", &value}}};
  std::vector<const char*> outputs;
  for (const std::string& name : cross_names_) outputs.push_back(name.c_str());
  return encoder_->run(inputs, outputs, &cancel);
}

DecoderRun::DecoderRun(const WhisperNetwork& network, const std::vector<tensor::Value>& cross,
                       std::int64_t positions)
    : network_(network), cross_(cross), positions_(positions) {
  EVA_CHECK(cross.size() == network.cross_names_.size());
  EVA_CHECK(positions <= network.pack().text_positions);
  const auto size = static_cast<std::size_t>(positions * network.pack().text_state);
  past_.assign(network.past_names_.size(), std::vector<float>(size));
}

Result<std::span<const float>> DecoderRun::step(std::span<std::int64_t> tokens,
                                                CancelToken& cancel) {
  const WhisperPack& pack = network_.pack();
  const auto count = static_cast<std::int64_t>(tokens.size());
  EVA_CHECK(count > 0 && rows_ + count <= positions_);
  const std::array<std::int64_t, 2> tokens_shape{1, count};
  const std::array<std::int64_t, 3> past_shape{1, rows_, pack.text_state};
  const auto token_value = tensor::Value::view(tokens, tokens_shape);
  std::vector<tensor::Value> past;
  past.reserve(past_.size());
  std::vector<tensor::Input> inputs{{"tokens", &token_value}};
  for (std::size_t i = 0; i < past_.size(); ++i) {
    const std::span<float> rows(past_[i].data(), static_cast<std::size_t>(rows_ * pack.text_state));
    past.push_back(tensor::Value::view(rows, past_shape));
    inputs.push_back({network_.past_names_[i].c_str(), &past.back()});
    inputs.push_back({network_.cross_names_[i].c_str(), &cross_[i]});
  }
  auto outputs = network_.decoder_->run(inputs, network_.output_names_, &cancel);
  if (!outputs) return std::unexpected(outputs.error());
  outputs_ = std::move(*outputs);

  const auto new_size = static_cast<std::size_t>(count * pack.text_state);
  for (std::size_t i = 0; i < past_.size(); ++i) {
    const std::span<const float> rows = outputs_[i + 1].floats();
    if (rows.size() != new_size) return fail(ErrorCode::kBadConfig, "the decoder's rows are odd");
    std::copy(rows.begin(), rows.end(), past_[i].begin() + rows_ * pack.text_state);
  }
  rows_ += count;
  const std::span<const float> logits = outputs_[0].floats();
  if (logits.size() != static_cast<std::size_t>(count * pack.vocabulary)) {
    return fail(ErrorCode::kBadConfig, "the decoder's vocabulary is not the pack's");
  }
  if (pack.alignment && alignment().size() != tokens.size() * kAudioPositions) {
    return fail(ErrorCode::kBadConfig, "the decoder's alignment is odd");
  }
  return logits;
}

std::span<const float> DecoderRun::alignment() const {
  if (!network_.pack().alignment || outputs_.empty()) return {};
  return outputs_.back().floats();
}

TokenChoice choose_token(std::span<const float> logits, std::span<const float> mask) {
  EVA_CHECK(!logits.empty() && mask.size() == logits.size());
  const float top = largest(logits, mask);
  std::size_t token = 0;
  while (token + 1 < logits.size() && masked(logits, mask, token) != top) ++token;
  return {static_cast<std::int64_t>(token), -std::log(exponentials(logits, mask, top))};
}

double token_probability(std::span<const float> logits, std::int64_t token) {
  const float top = largest(logits, {});
  return std::exp(logits[static_cast<std::size_t>(token)] - top) / exponentials(logits, {}, top);
}

}  // namespace eva::engine
