// A Piper voice (VITS) on the tensor runtime. Source of the input format: the piper project's
// phonemes-to-ids rule; all timings and memory figures are in docs/voices.md.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/clause_speech.h"
#include "engine/piper_pack.h"
#include "engine/text/g2p.h"
#include "engine/text/lexicon.h"
#include "engine/voice.h"
#include "engine/voice_sound.h"
#include "tensor/model.h"

namespace eva::engine {
namespace {

/// Bytes of IPA that one run of the model gets at speed 1 or above; below, fewer in proportion. 200
/// characters of prose give about 300; only digits and the like give more, and the model's memory
/// grows with the square.
constexpr std::size_t kIpaMax = 600;

/// Cuts IPA at spaces. A word longer than `longest` is cut off there.
std::vector<std::string_view> cut_ipa(std::string_view ipa, std::size_t longest) {
  std::vector<std::string_view> pieces;
  while (ipa.size() > longest) {
    const std::size_t space = ipa.rfind(' ', longest);
    const std::size_t end = space == std::string_view::npos || space == 0 ? longest : space;
    pieces.push_back(ipa.substr(0, end));
    ipa.remove_prefix(space == end ? end + 1 : ipa.size());
  }
  if (!ipa.empty()) pieces.push_back(ipa);
  return pieces;
}

class PiperVoice final : public Voice {
 public:
  PiperVoice(PiperPack pack, std::unique_ptr<tensor::Model> model, text::Lexicon lexicon,
             Variation variation)
      : pack_(std::move(pack)),
        model_(std::move(model)),
        g2p_(std::move(lexicon)),
        variation_(variation) {}

  Result<> speak(const std::string& text, double speed,
                 const std::function<bool(std::span<const std::int16_t>)>& on_audio,
                 CancelToken& cancel) const override {
    const auto synthesise = [&](const std::string& clause) {
      return synthesise_clause(clause, speed, cancel);
    };
    return speak_clauses(text, speed, synthesise, on_audio, cancel);
  }

  std::string name() const override { return "joe"; }

 private:
  Result<std::vector<std::int16_t>> synthesise_clause(const std::string& clause, double speed,
                                                      CancelToken& cancel) const {
    const std::string ipa = g2p_.ipa(clause);
    const auto longest = static_cast<std::size_t>(kIpaMax * std::min(1.0, speed));
    std::vector<std::int16_t> pcm;
    for (const std::string_view piece : cut_ipa(ipa, longest)) {
      Result<std::vector<std::int16_t>> part = run_model(piece, speed, cancel);
      if (!part) return part;
      pcm.insert(pcm.end(), part->begin(), part->end());
    }
    return pcm;
  }

  Result<std::vector<std::int16_t>> run_model(std::string_view ipa, double speed,
                                              CancelToken& cancel) const {
    std::vector<std::int64_t> ids = pack_.phoneme_ids(ipa);
    std::array<std::int64_t, 1> length = {static_cast<std::int64_t>(ids.size())};
    const bool varied = variation_ == Variation::kNatural;
    std::array<float, 3> scales = {varied ? pack_.noise_scale : 0,
                                   pack_.length_scale / static_cast<float>(speed),
                                   varied ? pack_.noise_w : 0};
    const std::array<std::int64_t, 2> ids_shape = {1, length[0]};
    const std::array<std::int64_t, 1> length_shape = {1};
    const std::array<std::int64_t, 1> scales_shape = {3};
    const tensor::Value input = tensor::Value::view(ids, ids_shape);
    const tensor::Value input_lengths = tensor::Value::view(length, length_shape);
    const tensor::Value scale = tensor::Value::view(scales, scales_shape);
    Result<std::vector<tensor::Value>> outputs =
        model_->run({{"input", &input}, {"input_lengths", &input_lengths}, {"scales", &scale}},
                    {"output"}, &cancel);
    if (!outputs) return std::unexpected(outputs.error());
    return finish_clause(outputs->front().floats(), pack_.sample_rate);
  }

  PiperPack pack_;
  std::unique_ptr<tensor::Model> model_;
  text::G2p g2p_;
  Variation variation_;
};

Result<text::Lexicon> read_lexicon(const std::filesystem::path& file) {
  if (file.empty()) return text::Lexicon();
  return text::Lexicon::read(file);
}

}  // namespace

Result<std::unique_ptr<Voice>> load_piper(const PiperOptions& options) {
  Result<text::Lexicon> lexicon = read_lexicon(options.lexicon);
  if (!lexicon) return std::unexpected(lexicon.error());
  Result<PiperPack> pack = PiperPack::read(options.folder / "voice.json");
  if (!pack) return std::unexpected(pack.error());
  // Without the arena memory goes back after each clause; it costs little time (docs/voices.md).
  Result<std::unique_ptr<tensor::Model>> model = tensor::Model::load(
      options.folder / "model.onnx", {.threads = options.threads, .arena = false});
  if (!model) return std::unexpected(model.error());
  return std::make_unique<PiperVoice>(std::move(*pack), std::move(*model), std::move(*lexicon),
                                      options.variation);
}

}  // namespace eva::engine
