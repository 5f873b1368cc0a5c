#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <spdlog/spdlog.h>
#include <variant>

namespace eva::server {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries kLatency{0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7,
                                           0.8,  0.9, 1.0,  1.2, 1.5, 2.0, 3.0, 5.0, 10.0};

double seconds(Duration d) {
  return static_cast<double>(d.count()) / 1e6;
}

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;

  Counter& counter(const char* name, const char* help, const prometheus::Labels& labels = {}) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
  }
  Gauge& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
  prometheus::Family<Histogram>& stages = prometheus::BuildHistogram()
                                              .Name("eva_stage_seconds")
                                              .Help("Time of one stage of an answer")
                                              .Register(registry);
  Histogram& stage(const char* name) { return stages.Add({{"stage", name}}, kLatency); }
  prometheus::Family<Counter>& errors = prometheus::BuildCounter()
                                            .Name("eva_stage_errors_total")
                                            .Help("Exchanges in which a stage failed")
                                            .Register(registry);

  Gauge& sessions = gauge("eva_sessions", "Open sessions");
  Counter& sessions_total = counter("eva_sessions_total", "Sessions since the start");
  Counter& turns = counter("eva_turns_total", "User turns that were transcribed to words");
  Counter& noise = counter("eva_noise_turns_total", "User turns without words");
  Counter& replies = counter("eva_replies_total", "Replies that were started");
  Counter& interruptions = counter("eva_interruptions_total", "Replies stopped by the user");
  Counter& failed = counter("eva_failed_sessions_total", "Sessions ended by a bug");
  Counter& refused = counter("eva_refused_events_total", "Client events answered with an error");
  Counter& speculations =
      counter("eva_speculations_total", "Replies prepared before a turn was sure to be over");
  Counter& speculations_used =
      counter("eva_speculations_used_total", "Prepared replies that became the answer");
  Counter& wasted_characters =
      counter("eva_speculation_wasted_characters_total", "Text of the brain in unused replies");
  Counter& wasted_voice =
      counter("eva_speculation_wasted_voice_seconds_total", "Audio made for unused replies");
  Counter& heard = counter("eva_heard_seconds_total", "Audio of Eva that was heard");
  Counter& restarts = counter("eva_engine_restarts_total", "Restarts of the speech engine child");
  Gauge& ready = gauge("eva_engine_ready", "1 when the speech engine answers");
  Histogram& voice_to_voice =
      prometheus::BuildHistogram()
          .Name("eva_voice_to_voice_seconds")
          .Help("End of the user's speech to the first audible sample of the answer")
          .Register(registry)
          .Add({}, kLatency);
  Histogram& endpointing = stage("endpointing");
  Histogram& stt = stage("stt");
  Histogram& brain = stage("brain");
  Histogram& voice = stage("voice");
  Counter& stt_errors = errors.Add({{"stage", "stt"}});
  Counter& llm_errors = errors.Add({{"stage", "llm"}});
  Counter& tts_errors = errors.Add({{"stage", "tts"}});

  void count(const session::TurnRecord& record) {
    const auto observe = [](Histogram& histogram, const std::optional<Time>& from,
                            const std::optional<Time>& to) {
      if (from && to) histogram.Observe(seconds(*to - *from));
    };
    observe(voice_to_voice, record.speech_end_at, record.first_audible_at);
    observe(endpointing, record.speech_end_at, record.turn_ended_at);
    observe(stt, record.stt_started_at, record.stt_final_at);
    observe(brain, record.reply_started_at, record.first_token_at);
    observe(voice, record.first_token_at, record.first_audio_at);
    speculations.Increment(record.speculations);
    if (record.speculation_used) speculations_used.Increment();
    wasted_characters.Increment(static_cast<double>(record.wasted_characters));
    wasted_voice.Increment(seconds(record.wasted_voice));
    if (record.interrupted) interruptions.Increment();
    heard.Increment(seconds(record.heard));
    // The client is told less (RealtimeWriter).
    if (!record.error.empty()) spdlog::warn("{}: {}", record.response_id, record.error);
    if (record.error.starts_with("stt")) stt_errors.Increment();
    if (record.error.starts_with("llm")) llm_errors.Increment();
    if (record.error.starts_with("tts")) tts_errors.Increment();
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::on_notice(const session::Notice& notice, Time) {
  if (const auto* closed = std::get_if<session::TurnClosed>(&notice)) {
    impl_->count(closed->record);
  } else if (const auto* text = std::get_if<session::TranscriptionCompleted>(&notice)) {
    (text->text.empty() ? impl_->noise : impl_->turns).Increment();
  } else if (std::holds_alternative<session::ReplyStarted>(notice)) {
    impl_->replies.Increment();
  } else if (std::holds_alternative<session::CommandRefused>(notice)) {
    impl_->refused.Increment();
  }
}

void Metrics::on_failed(std::string_view what) {
  spdlog::error("a session failed and is closed: {}", what);
  impl_->failed.Increment();
}

void Metrics::session_opened() {
  impl_->sessions.Increment();
  impl_->sessions_total.Increment();
}
void Metrics::session_closed() {
  impl_->sessions.Decrement();
}
void Metrics::engine_restarted() {
  impl_->restarts.Increment();
}
void Metrics::engine_ready(bool ready) {
  impl_->ready.Set(ready ? 1 : 0);
}

std::string Metrics::render() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace eva::server
