#include "recorder/stt_factory.h"

#include <chrono>
#include <map>
#include <utility>

#include "engine/whisper.h"
#include "io/http_client.h"
#include "io/url.h"
#include "providers/openai_stt.h"
#include "providers/transcription_door.h"
#include "recorder/whisper_stt.h"

namespace eva::recorder {
namespace {

/// A remote recogniser with its connections.
class RemoteStt final : public speech::Stt {
 public:
  RemoteStt(io::EventLoop& loop, const io::Url& url, providers::ProviderOptions options)
      : client_(loop, url),
        partials_(loop, url),
        stt_(loop, client_, &partials_, std::move(options)) {}
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override {
    return stt_.transcribe(std::move(request), std::move(done));
  }
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest request,
                                            speech::SttStreamCallbacks callbacks) override {
    return stt_.listen(std::move(request), std::move(callbacks));
  }

 private:
  io::HttpClient client_;
  providers::TranscriptionDoor partials_;
  providers::OpenAiStt stt_;
};

using Loaded = std::map<std::string, std::shared_ptr<const engine::Whisper>>;  // by folder

Result<LoopSttFactory> embedded(const std::string& folder, Loaded& loaded, int workers) {
  auto& whisper = loaded[folder];
  if (!whisper) {
    auto result = engine::Whisper::load({.folder = folder});
    if (!result) {
      Error error = result.error();
      if (error.code == ErrorCode::kNotFound) error.detail += " (run: eva models pull)";
      return std::unexpected(std::move(error));
    }
    whisper = std::move(*result);
  }
  return [whisper, workers](io::EventLoop& home) {
    return std::make_unique<WhisperStt>(home, whisper, workers);
  };
}

Result<LoopSttFactory> remote(const EngineOptions& options) {
  auto url = io::parse_url(options.url);
  if (!url) return fail(ErrorCode::kBadConfig, url.error().detail);
  providers::ProviderOptions provider;
  provider.model = options.model;
  provider.api_key = options.api_key;
  provider.timeout =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.timeout));
  return [url = std::move(*url), provider](io::EventLoop& home) {
    return std::make_unique<RemoteStt>(home, url, provider);
  };
}

}  // namespace

Result<SttFactories> make_stt_factories(const RecorderOptions& options, int workers) {
  SttFactories factories;
  Loaded loaded;
  const std::string root = models_root(options.download_root);
  const auto make = [&](const std::string& engine, const EngineOptions& engine_options,
                        const std::string& model, int at_a_time) -> Result<LoopSttFactory> {
    if (engine == "openai_api") return remote(engine_options);
    return embedded(model_folder(root, model), loaded, at_a_time);
  };
  factories.final_texts = options.transcription_executor;
  if (!factories.final_texts) {
    auto made = make(options.transcription_engine, options.transcription_engine_options,
                     options.model, workers);
    if (!made) return std::unexpected(made.error());
    factories.final_texts = std::move(*made);
  }
  factories.live_texts = options.realtime_transcription_executor;
  if (factories.live_texts) return factories;
  const bool own_engine = !options.realtime_transcription_engine.empty();
  if (options.transcription_executor && !own_engine) {
    factories.live_texts = factories.final_texts;
    return factories;
  }
  auto made =
      make(own_engine ? options.realtime_transcription_engine : options.transcription_engine,
           own_engine ? options.realtime_transcription_engine_options
                      : options.transcription_engine_options,
           options.use_main_model_for_realtime || !options.enable_realtime_transcription
               ? options.model
               : options.realtime_model_type,
           1);
  if (!made) return std::unexpected(made.error());
  factories.live_texts = std::move(*made);
  return factories;
}

}  // namespace eva::recorder
