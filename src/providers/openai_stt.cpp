#include "providers/openai_stt.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "providers/provider_call.h"
#include "providers/transcription_form.h"

namespace eva::providers {
namespace {
constexpr std::size_t kMaxAnswer = 1 << 20;

std::string trimmed(const std::string& text) {
  constexpr const char* kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

Result<speech::Transcript> parse_answer(const std::string& body) {
  const auto answer = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (answer.is_object()) {
    const auto text = answer.find("text");
    if (text != answer.end() && text->is_string()) {
      return speech::Transcript{trimmed(text->get<std::string>())};
    }
  }
  return fail(ErrorCode::kProtocol, "the answer is not a transcription ({\"text\": ...})");
}

struct Pending {
  std::string body;
  std::move_only_function<void(Result<speech::Transcript>)> done;
};
}  // namespace

OpenAiStt::OpenAiStt(io::EventLoop& loop, io::HttpClient& client, TranscriptionDoor* partials,
                     ProviderOptions options)
    : loop_(loop), client_(client), partials_(partials), options_(std::move(options)) {}

std::unique_ptr<speech::SttStream> OpenAiStt::listen(speech::SttStreamRequest request,
                                                     speech::SttStreamCallbacks callbacks) {
  if (partials_ == nullptr) return nullptr;
  return partials_->listen(options_, request, std::move(callbacks));
}

speech::CallHandle OpenAiStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  const std::string& language = request.language.empty() ? options_.language : request.language;
  // Other servers may refuse a field that they do not know.
  const bool takes_prefix = partials_ != nullptr && partials_->takes_prefix();
  Form form = transcription_form({{"model", options_.model},
                                  {"response_format", "json"},
                                  {"temperature", "0"},
                                  {"language", language},
                                  {"prompt", request.prompt},
                                  {"prefix", takes_prefix ? request.prefix : ""}},
                                 wav_file(request.pcm));
  ProviderRequest provider_request{
      .http = {.method = "POST",
               .target = "/audio/transcriptions",
               .headers = {{"Content-Type", std::move(form.content_type)}},
               .body = std::move(form.body)},
      .api_key = options_.api_key,
      .timeout = options_.timeout};
  const auto pending = std::make_shared<Pending>();  // of the three callbacks
  pending->done = std::move(done);
  return start_provider_call(
      loop_, client_, std::move(provider_request),
      {.on_start = [pending](const io::Headers&) -> Result<> {
         pending->body.clear();
         return {};
       },
       .on_data = [pending](std::string_view bytes) -> Received {
         if (pending->body.size() + bytes.size() > kMaxAnswer) {
           return {.error = Error{ErrorCode::kProtocol, "the transcription is over 1 MiB"}};
         }
         pending->body += bytes;
         return {};
       },
       .on_end = [] { return Received{}; },
       .on_done =
           [pending](Result<> result) {
             if (!result) return pending->done(std::unexpected(result.error()));
             pending->done(parse_answer(pending->body));
           }});
}

}  // namespace eva::providers
