// Flite's own voice "slt": 16 kHz, no model file. Eva's normaliser stands in front, so numbers and
// abbreviations sound the same as with Piper.
#include <mutex>
#include <vector>

#include "engine/clause_speech.h"
#include "engine/text/g2p.h"
#include "engine/voice.h"
#include "engine/voice_sound.h"

extern "C" {
#include <flite/flite.h>
cst_voice* register_cmu_us_slt(const char* voice_directory);  // exported, header not packaged
}

namespace eva::engine {
namespace {

/// Guards the one synthesis voice of the process: Flite's reference counts are not atomic.
std::mutex& flite_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// Synthesises under flite_mutex(). No samples when Flite fails.
std::vector<float> synthesise(const std::string& words, double speed, int& rate) {
  std::lock_guard lock(flite_mutex());
  static cst_voice* const voice = [] {
    flite_init();
    return register_cmu_us_slt(nullptr);
  }();
  feat_set_float(voice->features, "duration_stretch", static_cast<float>(1 / speed));
  cst_wave* wave = flite_text_to_wave(words.c_str(), voice);
  if (wave == nullptr) return {};
  rate = cst_wave_sample_rate(wave);
  std::vector<float> samples;
  samples.reserve(static_cast<std::size_t>(cst_wave_num_samples(wave)));
  for (int i = 0; i < cst_wave_num_samples(wave); ++i) {
    samples.push_back(static_cast<float>(cst_wave_samples(wave)[i]) / 32768.0F);
  }
  delete_wave(wave);
  return samples;
}

class FliteVoice final : public Voice {
 public:
  Result<> speak(const std::string& text, double speed,
                 const std::function<bool(std::span<const std::int16_t>)>& on_audio,
                 CancelToken& cancel) const override {
    const auto make = [&](const std::string& clause) -> Result<std::vector<std::int16_t>> {
      const std::string words = g2p_.words(clause);
      if (words.empty()) return std::vector<std::int16_t>{};
      int rate = 0;
      const std::vector<float> samples = synthesise(words, speed, rate);
      if (samples.empty()) return fail(ErrorCode::kInternal, "Flite made no sound");
      return finish_clause(samples, rate);
    };
    return speak_clauses(text, speed, make, on_audio, cancel);
  }

  std::string name() const override { return "flite"; }

 private:
  text::G2p g2p_;
};

}  // namespace

std::unique_ptr<Voice> make_flite_voice() {
  return std::make_unique<FliteVoice>();
}

}  // namespace eva::engine
