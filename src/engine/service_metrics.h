#pragma once
// What the engine counts, as Prometheus reads it.
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"

namespace eva::engine {

enum class Route {
  kTranscription,
  kSpeech,
  kChat,
  kModels,
  kHealth,
  kReady,
  kMetrics,
  kRealtime,
  kUnknown
};
enum class RequestResult {
  kOk,
  kRefused,  // the request was wrong (4xx except 429)
  kOverloaded,
  kNotReady,
  kCancelled,  // the client went away
  kFailed,
};
enum class EngineKind { kTranscription, kPartial, kSpeech };

/// Thread-safe.
class ServiceMetrics {
 public:
  ServiceMetrics();
  ~ServiceMetrics();

  void count_request(Route route, RequestResult result);
  /// One finished job: how long it waited and worked, and how much audio it heard or made.
  void observe_job(EngineKind engine, Duration waited, Duration worked, Duration audio);
  void observe_first_audio(Duration since_request);
  void set_jobs(std::size_t waiting, std::size_t running);

  /// Prometheus text format 0.0.4.
  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace eva::engine
