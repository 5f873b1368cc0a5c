#include "replay/json_reader.h"

#include "base/base64.h"

namespace eva::replay {

void AudioSupply::give(AudioFile file, std::vector<std::int16_t> pcm) {
  sources_[static_cast<std::size_t>(file)] = {std::move(pcm), 0};
}

std::optional<std::span<const std::int16_t>> AudioSupply::take(AudioFile file,
                                                               std::size_t samples) {
  if (samples > kMostAtOnce) return std::nullopt;
  if (!silence_.empty()) {
    if (samples > kMostOfNone - claimed_) return std::nullopt;
    claimed_ += samples;
    return std::span(silence_).first(samples);
  }
  Source& source = sources_[static_cast<std::size_t>(file)];
  if (samples > source.pcm.size() - source.taken) return std::nullopt;
  const auto next = std::span(source.pcm).subspan(source.taken, samples);
  source.taken += samples;
  return next;
}

std::size_t AudioSupply::left(AudioFile file) const {
  const Source& source = sources_[static_cast<std::size_t>(file)];
  return source.pcm.size() - source.taken;
}

void JsonReader::metadata(std::string_view name, std::map<std::string, std::string>& value) {
  with(name, [&](const nlohmann::json& field) {
    value.clear();
    if (!field.is_array()) return wrong("a list is missing");
    for (const auto& pair : field) {
      if (!pair.is_array() || pair.size() != 2) return wrong("a pair is missing");
      std::string k;
      get_text(pair[0], k);
      get_text(pair[1], value[k]);
    }
  });
}

void JsonReader::phrases(std::string_view name, std::vector<turn::Words>& value) {
  with(name, [&](const nlohmann::json& field) {
    value.clear();
    if (!field.is_array()) return wrong("a list is missing");
    for (const auto& phrase : field) {
      std::string text;
      get_text(phrase, text);
      value.push_back(turn::words_of(text));
    }
  });
}

void JsonReader::pcm(AudioFile file, std::span<const std::int16_t>& value) {
  std::size_t samples = 0;
  (*this)("samples", samples);
  if (!state_.mistake.empty()) return;
  const auto taken = state_.audio ? state_.audio->take(file, samples) : std::nullopt;
  if (!taken) {
    return wrong(std::string(kAudioNames[static_cast<std::size_t>(file)]) +
                 " is too short: samples of it are missing from here on");
  }
  value = *taken;
}

void JsonReader::pcm(AudioFile file, std::vector<std::int16_t>& value) {
  std::span<const std::int16_t> samples;
  pcm(file, samples);
  value.assign(samples.begin(), samples.end());
}

void JsonReader::get_text(const nlohmann::json& field, std::string& value) {
  if (const auto* text = field.get_ptr<const std::string*>()) {
    value = *text;
    return;
  }
  const auto base64 = field.is_object() ? field.find("base64") : field.end();
  const std::string* text = base64 == field.end() ? nullptr : base64->get_ptr<const std::string*>();
  const auto bytes = text ? base64_decode(*text) : std::nullopt;
  if (!bytes) return wrong("a text is missing");
  value.assign(bytes->begin(), bytes->end());
}

}  // namespace eva::replay
