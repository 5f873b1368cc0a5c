#include "engine/piper_pack.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/text/utf8.h"

namespace eva::engine {
namespace {

using Json = nlohmann::json;

constexpr char32_t kBegin = U'^';
constexpr char32_t kEnd = U'$';
constexpr char32_t kBlank = U'_';

Result<PiperPack> read_fields(const Json& json) {
  PiperPack pack;
  pack.sample_rate = json.at("audio").at("sample_rate").get<int>();
  const Json& inference = json.at("inference");
  pack.noise_scale = inference.at("noise_scale").get<float>();
  pack.length_scale = inference.at("length_scale").get<float>();
  pack.noise_w = inference.at("noise_w").get<float>();
  if (json.value("num_speakers", 1) != 1) {
    return fail(ErrorCode::kBadConfig,
                "voice.json: voices with several speakers are not supported");
  }
  if (pack.sample_rate < 8000 || pack.sample_rate > 48000 || pack.length_scale <= 0) {
    return fail(ErrorCode::kBadConfig, "voice.json: sample_rate or length_scale out of range");
  }
  for (const auto& [symbol, ids] : json.at("phoneme_id_map").items()) {
    const std::u32string codes = text::decode_utf8(symbol);
    if (codes.size() == 1) pack.ids[codes.front()] = ids.get<std::vector<std::int64_t>>();
  }
  for (const char32_t mark : {kBegin, kEnd, kBlank}) {
    if (pack.ids.contains(mark)) continue;
    return fail(ErrorCode::kBadConfig,
                fmt::format("voice.json: phoneme_id_map lacks '{}'", static_cast<char>(mark)));
  }
  return pack;
}

}  // namespace

Result<PiperPack> PiperPack::parse(std::string_view json) {
  try {
    return read_fields(Json::parse(json));
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kBadConfig, fmt::format("voice.json: {}", error.what()));
  }
}

Result<PiperPack> PiperPack::read(const std::filesystem::path& voice_json) {
  std::ifstream in(voice_json, std::ios::binary);
  if (!in) return fail(ErrorCode::kNotFound, fmt::format("cannot open {}", voice_json.string()));
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  return parse(content);
}

std::vector<std::int64_t> PiperPack::phoneme_ids(std::string_view ipa) const {
  std::vector<std::int64_t> out;
  const auto append = [&](char32_t symbol) {
    const auto entry = ids.find(symbol);
    if (entry == ids.end()) return false;
    out.insert(out.end(), entry->second.begin(), entry->second.end());
    return true;
  };
  append(kBegin);
  append(kBlank);
  for (const char32_t symbol : text::decode_utf8(ipa)) {
    if (append(symbol)) append(kBlank);
  }
  append(kEnd);
  return out;
}

}  // namespace eva::engine
