#include "engine/service_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>

namespace eva::engine {
namespace {
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds = {0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5,
                                              0.75, 1,    1.5,  2,   5,   10,  30};

double seconds(Duration d) {
  return static_cast<double>(d.count()) / 1e6;
}

const char* name(Route route) {
  switch (route) {
    case Route::kTranscription:
      return "transcriptions";
    case Route::kSpeech:
      return "speech";
    case Route::kChat:
      return "chat";
    case Route::kModels:
      return "models";
    case Route::kHealth:
      return "healthz";
    case Route::kReady:
      return "readyz";
    case Route::kMetrics:
      return "metrics";
    case Route::kRealtime:
      return "realtime";
    case Route::kUnknown:
      return "unknown";
  }
  std::unreachable();
}

const char* name(RequestResult result) {
  switch (result) {
    case RequestResult::kOk:
      return "ok";
    case RequestResult::kRefused:
      return "refused";
    case RequestResult::kOverloaded:
      return "overloaded";
    case RequestResult::kNotReady:
      return "not_ready";
    case RequestResult::kCancelled:
      return "cancelled";
    case RequestResult::kFailed:
      return "failed";
  }
  std::unreachable();
}

const char* name(EngineKind engine) {
  switch (engine) {
    case EngineKind::kTranscription:
      return "transcription";
    case EngineKind::kPartial:
      return "partial";
    case EngineKind::kSpeech:
      return "speech";
  }
  std::unreachable();
}
}  // namespace

struct ServiceMetrics::Families {
  prometheus::Registry registry;
  Family<Counter>& requests = prometheus::BuildCounter()
                                  .Name("eva_engine_requests_total")
                                  .Help("Requests by route and how they ended")
                                  .Register(registry);
  Family<Counter>& audio = prometheus::BuildCounter()
                               .Name("eva_engine_audio_seconds_total")
                               .Help("Audio heard (transcription) or made (speech)")
                               .Register(registry);
  Family<Histogram>& inference = prometheus::BuildHistogram()
                                     .Name("eva_engine_inference_seconds")
                                     .Help("Work on one request, without waiting")
                                     .Register(registry);
  Family<Histogram>& wait = prometheus::BuildHistogram()
                                .Name("eva_engine_wait_seconds")
                                .Help("Time one request waited for a worker")
                                .Register(registry);
  Histogram& first_audio = prometheus::BuildHistogram()
                               .Name("eva_engine_first_audio_seconds")
                               .Help("From a speech request to its first audio")
                               .Register(registry)
                               .Add({}, kSeconds);
  Family<Gauge>& jobs = prometheus::BuildGauge()
                            .Name("eva_engine_jobs")
                            .Help("Jobs that wait for a worker or run")
                            .Register(registry);
};

ServiceMetrics::ServiceMetrics() : families_(std::make_unique<Families>()) {}
ServiceMetrics::~ServiceMetrics() = default;

void ServiceMetrics::count_request(Route route, RequestResult result) {
  families_->requests.Add({{"route", name(route)}, {"result", name(result)}}).Increment();
}

void ServiceMetrics::observe_job(EngineKind engine, Duration waited, Duration worked,
                                 Duration audio) {
  const prometheus::Labels labels = {{"engine", name(engine)}};
  families_->wait.Add(labels, kSeconds).Observe(seconds(waited));
  families_->inference.Add(labels, kSeconds).Observe(seconds(worked));
  families_->audio.Add(labels).Increment(seconds(audio));
}

void ServiceMetrics::observe_first_audio(Duration since_request) {
  families_->first_audio.Observe(seconds(since_request));
}

void ServiceMetrics::set_jobs(std::size_t waiting, std::size_t running) {
  families_->jobs.Add({{"state", "waiting"}}).Set(static_cast<double>(waiting));
  families_->jobs.Add({{"state", "running"}}).Set(static_cast<double>(running));
}

std::string ServiceMetrics::text() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace eva::engine
