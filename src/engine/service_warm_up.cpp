#include "engine/service_warm_up.h"

#include <cstdint>
#include <vector>

#include "engine/service_audio.h"

namespace eva::engine {
namespace {
/// One second of faint noise: digital silence would not reach the model.
std::vector<std::int16_t> faint_noise() {
  std::vector<std::int16_t> pcm(kUploadRate);
  std::uint32_t state = 1;
  for (std::int16_t& sample : pcm) {
    state = state * 1664525 + 1013904223;  // Numerical Recipes' generator
    sample = static_cast<std::int16_t>(static_cast<int>(state >> 24) - 128);
  }
  return pcm;
}
}  // namespace

Result<> warm_up(const Whisper& whisper, CancelToken& cancel) {
  const auto result = whisper.transcribe(faint_noise(), {.language = "en"}, cancel);
  if (!result) return std::unexpected(result.error());
  return {};
}

Result<> warm_up(const Voice& voice, CancelToken& cancel) {
  bool any = false;
  const auto result = voice.speak(
      "Hello.", 1.0,
      [&any](std::span<const std::int16_t> pcm) {
        any = any || !pcm.empty();
        return true;
      },
      cancel);
  if (!result) return std::unexpected(result.error());
  if (!any) return fail(ErrorCode::kInternal, "the voice \"" + voice.name() + "\" makes no sound");
  return {};
}

}  // namespace eva::engine
