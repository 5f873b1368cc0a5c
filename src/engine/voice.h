#pragma once
// A voice turns one sentence or clause into audio.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/cancel.h"
#include "base/error.h"

namespace eva::engine {

inline constexpr int kVoiceRate = 24'000;  // what every voice delivers, mono int16

/// Immutable once loaded; speak() may be called from several threads at once.
class Voice {
 public:
  virtual ~Voice() = default;
  /// Speaks UTF-8 text of any length up to 4096 characters: it is split into sentences and clauses
  /// of at most 200 characters, and `on_audio` gets each as soon as it is made (leading and
  /// trailing silence trimmed, natural gaps between clauses kept). What cannot be spoken is
  /// skipped. speed: 0.25 to 4. Blocks the calling thread; on_audio runs on it. on_audio may return
  /// false to stop. kCancelled: `cancel` fired. kBadInput: text too long or not UTF-8, speed out of
  /// range.
  virtual Result<> speak(const std::string& text, double speed,
                         const std::function<bool(std::span<const std::int16_t>)>& on_audio,
                         CancelToken& cancel) const = 0;
  virtual std::string name() const = 0;  // "joe", "flite"
};

/// Whether a sentence sounds a little different each time, as the voice was made, or always the
/// same (tests; flatter to the ear).
enum class Variation { kNatural, kNone };

struct PiperOptions {
  std::filesystem::path folder;   // the pack: model.onnx, voice.json
  std::filesystem::path lexicon;  // the user's own pronunciations (text/lexicon.h), "" = none
  int threads = 1;                // of one clause
  Variation variation = Variation::kNatural;
};

/// kNotFound: a file is missing. kBadConfig: voice.json or the model is not a Piper voice.
/// kBadInput: the lexicon has bad lines (names each).
Result<std::unique_ptr<Voice>> load_piper(const PiperOptions& options);

/// Flite's own voice: no model file, always there; the last resort. Calls of speak() take turns
/// clause by clause, whatever their thread.
std::unique_ptr<Voice> make_flite_voice();

}  // namespace eva::engine
