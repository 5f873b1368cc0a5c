#include "engine/speech_api.h"

#include <fmt/format.h>

#include "engine/service_json.h"

namespace eva::engine {
namespace {
constexpr std::size_t kMaxBody = 64 << 10;
constexpr double kMinSpeed = 0.25;
constexpr double kMaxSpeed = 4.0;

ApiResult<SpeechRequest::Format> parse_format(const nlohmann::json& object) {
  const auto name = string_field(object, "response_format", "pcm");
  if (!name) return std::unexpected(name.error());
  if (*name == "pcm") return SpeechRequest::Format::kPcm;
  if (*name == "wav") return SpeechRequest::Format::kWav;
  return refuse("this engine makes the response_format \"pcm\" or \"wav\" only", "response_format");
}

ApiResult<double> parse_speed(const nlohmann::json& object) {
  const auto field = object.find("speed");
  if (field == object.end() || field->is_null()) return 1.0;
  if (field->is_number()) {
    const auto speed = field->get<double>();
    if (speed >= kMinSpeed && speed <= kMaxSpeed) return speed;
  }
  return refuse(fmt::format("\"speed\" must be a number from {} to {}", kMinSpeed, kMaxSpeed),
                "speed");
}
}  // namespace

ApiResult<SpeechRequest> parse_speech_request(std::string_view body) {
  const auto object = parse_object(body, kMaxBody);
  if (!object) return std::unexpected(object.error());
  SpeechRequest request;
  auto input = string_field(*object, "input", "");
  if (!input) return std::unexpected(input.error());
  if (input->empty()) return refuse("\"input\" is missing: the text to speak", "input");
  if (count_characters(*input) > kMaxSpeechCharacters) {
    return refuse(fmt::format("\"input\" is longer than {} characters", kMaxSpeechCharacters),
                  "input", "string_above_max_length");
  }
  request.input = std::move(*input);
  auto voice = string_field(*object, "voice", "");
  if (!voice) return std::unexpected(voice.error());
  request.voice = std::move(*voice);
  const auto format = parse_format(*object);
  if (!format) return std::unexpected(format.error());
  request.format = *format;
  const auto speed = parse_speed(*object);
  if (!speed) return std::unexpected(speed.error());
  request.speed = *speed;
  const auto stream_format = string_field(*object, "stream_format", "audio");
  if (!stream_format) return std::unexpected(stream_format.error());
  if (*stream_format != "audio") {
    return refuse("this engine streams \"audio\" only", "stream_format");
  }
  return request;
}

}  // namespace eva::engine
