#include "engine/transcription_api.h"

#include <charconv>

#include "engine/multipart.h"
#include "engine/service_json.h"

namespace eva::engine {
namespace {
using Format = TranscriptionForm::Format;

ApiResult<Format> parse_format(std::string_view name) {
  if (name == "json") return Format::kJson;
  if (name == "text") return Format::kText;
  if (name == "verbose_json") return Format::kVerboseJson;
  return refuse("this engine answers in the response_format \"json\", \"text\" or \"verbose_json\"",
                "response_format");
}

bool is_temperature(std::string_view text) {
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= 0 && value <= 1;
}
}  // namespace

ApiResult<TranscriptionForm> parse_transcription_form(std::string_view content_type,
                                                      std::string_view body) {
  const auto parts = parse_multipart(content_type, body);
  if (!parts) return std::unexpected(to_api_error(parts.error()));
  TranscriptionForm form;
  for (const FormPart& part : *parts) {
    if (part.name == "file") {
      if (!form.file.empty()) return refuse("the form has two files; send one", "file");
      form.file = part.data;
    } else if (part.name == "language") {
      form.language = std::string(part.data);
    } else if (part.name == "prefix") {
      form.prefix = std::string(part.data);
    } else if (part.name == "response_format") {
      const auto format = parse_format(part.data);
      if (!format) return std::unexpected(format.error());
      form.format = *format;
    } else if (part.name == "temperature" && !is_temperature(part.data)) {
      return refuse("\"temperature\" must be a number from 0 to 1", "temperature");
    } else if (part.name == "stream" && part.data == "true") {
      return refuse("this engine does not stream transcriptions", "stream");
    }
  }
  if (form.file.empty()) return refuse("the form field \"file\" is missing or empty", "file");
  return form;
}

io::HttpResponse transcription_response(const Transcription& transcription, Duration audio,
                                        Format format) {
  using nlohmann::json;
  if (format == Format::kText) {
    return {.status = 200,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = transcription.text + "\n"};
  }
  json body = {{"text", transcription.text}};
  if (format == Format::kVerboseJson) {
    const double seconds = static_cast<double>(audio.count()) / 1e6;
    body["task"] = "transcribe";
    body["language"] = transcription.language;
    body["duration"] = seconds;
    body["segments"] = json::array({{{"id", 0},
                                     {"start", 0.0},
                                     {"end", seconds},
                                     {"text", transcription.text},
                                     {"temperature", 0.0},
                                     {"avg_logprob", transcription.average_log_probability},
                                     {"no_speech_prob", transcription.no_speech_probability}}});
  }
  return json_response(200, body);
}

}  // namespace eva::engine
