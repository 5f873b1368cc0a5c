#pragma once
// The Silero network as a Vad: one model per process, a small state per stream.
// Source: github.com/snakers4/silero-vad (MIT), file silero_vad_openvino_16k.onnx of version 6.2.3.
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/error.h"
#include "tensor/model.h"
#include "vad/vad.h"

namespace eva::vad {

/// The shared, immutable weights. Thread-safe; must outlive every SileroVad made from it.
class SileroModel {
 public:
  /// Loads and runs the file once. kNotFound: no such file. kBadConfig: another model than Silero's
  /// 16 kHz network. kInternal: the tensor runtime cannot be used.
  static Result<std::unique_ptr<SileroModel>> load(const std::filesystem::path& file);

 private:
  friend class SileroVad;
  explicit SileroModel(std::unique_ptr<tensor::Model> model) : model_(std::move(model)) {}

  const std::unique_ptr<tensor::Model> model_;
};

/// One stream. The network sees each window behind the last 64 samples of the one before; without
/// them it runs and answers nonsense.
class SileroVad final : public Vad {
 public:
  explicit SileroVad(const SileroModel& model) : model_(model) {}

  float speech_probability(std::span<const std::int16_t> window) override;
  void reset() override;

 private:
  static constexpr std::size_t kContext = 64;
  static constexpr std::size_t kStateSize = 2 * 128;
  friend class SileroModel;

  /// The next probability; kBadInput or kInternal if the file is not the network it should be.
  Result<float> step(std::span<const std::int16_t> window);

  const SileroModel& model_;
  std::array<float, kContext + kWindow> samples_{};  // -1..1; the front is the last window's end
  std::array<float, kStateSize> state_{};
};

}  // namespace eva::vad
