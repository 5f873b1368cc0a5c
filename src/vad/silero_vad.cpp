#include "vad/silero_vad.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace eva::vad {

Result<std::unique_ptr<SileroModel>> SileroModel::load(const std::filesystem::path& file) {
  auto model = tensor::Model::load(file);
  if (!model) return std::unexpected(model.error());
  std::unique_ptr<SileroModel> silero(new SileroModel(std::move(*model)));
  // Once loaded, a stream has no way to report an error: find out now what the file is.
  const std::array<std::int16_t, kWindow> silence{};
  const Result<float> probability = SileroVad(*silero).step(silence);
  if (!probability) {
    return fail(ErrorCode::kBadConfig, fmt::format("{} is not Silero's 16 kHz network: {}",
                                                   file.string(), probability.error().detail));
  }
  return silero;
}

float SileroVad::speech_probability(std::span<const std::int16_t> window) {
  const Result<float> probability = step(window);
  EVA_CHECK(probability.has_value());  // names and shapes were proven by SileroModel::load
  return *probability;
}

void SileroVad::reset() {
  samples_.fill(0.0F);
  state_.fill(0.0F);
}

Result<float> SileroVad::step(std::span<const std::int16_t> window) {
  EVA_CHECK(window.size() == kWindow);
  std::copy(samples_.end() - kContext, samples_.end(), samples_.begin());
  std::transform(window.begin(), window.end(), samples_.begin() + kContext,
                 [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });

  constexpr std::int64_t kSamplesShape[] = {1, kContext + kWindow};
  constexpr std::int64_t kStateShape[] = {2, 1, 128};
  const auto samples = tensor::Value::view(std::span<float>(samples_), kSamplesShape);
  const auto state = tensor::Value::view(std::span<float>(state_), kStateShape);
  const auto outputs =
      model_.model_->run({{"input", &samples}, {"state", &state}}, {"output", "stateN"});
  if (!outputs) return std::unexpected(outputs.error());
  const std::span<const float> probability = (*outputs)[0].floats();
  const std::span<const float> next_state = (*outputs)[1].floats();
  if (probability.size() != 1 || next_state.size() != state_.size()) {
    return fail(ErrorCode::kBadInput, "unexpected output shapes");
  }
  std::copy(next_state.begin(), next_state.end(), state_.begin());
  return std::clamp(probability[0], 0.0F, 1.0F);
}

}  // namespace eva::vad
