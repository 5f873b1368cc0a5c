#include "replay/call_recorder.h"

#include <utility>

#include "replay/store_call.h"

namespace eva::replay {
namespace {
constexpr std::size_t kChunk = 32 * 1024;
}

/// Hears what the detector says.
class CallRecorder::HeardVad final : public vad::Vad {
 public:
  HeardVad(std::unique_ptr<vad::Vad> vad, std::vector<double>& probabilities)
      : vad_(std::move(vad)), probabilities_(probabilities) {}
  float speech_probability(std::span<const std::int16_t> window) override {
    const float probability = vad_->speech_probability(window);
    probabilities_.push_back(probability);
    return probability;
  }
  void reset() override { vad_->reset(); }

 private:
  std::unique_ptr<vad::Vad> vad_;
  std::vector<double>& probabilities_;
};

CallRecorder::CallRecorder(RecordingStore& store, std::shared_ptr<RecordingStore::Call> call,
                           bool redact, std::string started)
    : store_(store), call_(std::move(call)), started_(std::move(started)) {
  rules_.redact = redact;
  rules_.id_names = &id_names_;
}

CallRecorder::~CallRecorder() {
  flush(kClosed);
}

session::SessionParts CallRecorder::attach(session::SessionParts parts, Time now) {
  rules_.id_suffix = parts.id_suffix;
  rules_.lexicon = *parts.lexicon;
  JsonWriter writer(lines_, rules_);
  writer.open();
  writer("format", kFormat);
  writer.code("eva", EVA_VERSION);
  writer.code("started", started_);
  writer("redacted", rules_.redact);
  writer.code("id_suffix", parts.id_suffix);
  writer("start", now);
  writer("settings", parts.settings);
  writer("limits", parts.limits);
  writer("lexicon", *parts.lexicon);
  writer.close();
  lines_ += '\n';
  rules_.origin = now;
  parts.vad = std::make_unique<HeardVad>(std::move(parts.vad), probabilities_);
  return parts;
}

void CallRecorder::on_event(const session::Event& event, Time now) {
  probabilities_.clear();
  if (call_->over) return;
  JsonWriter writer(lines_, rules_, &audio_);
  lines_ += '{';
  writer("t", now - rules_.origin);
  writer.held("event", event);
}

void CallRecorder::on_actions(std::span<const session::Action> actions) {
  if (call_->over) return;
  JsonWriter writer(lines_, rules_);
  if (!probabilities_.empty()) {
    lines_ += ",\"vad\":";
    writer.put(probabilities_);
  }
  if (!actions.empty()) {
    lines_ += ",\"actions\":";
    append_actions(lines_, actions, rules_);
  }
  lines_ += "}\n";
  std::size_t size = lines_.size();
  for (const auto& file : audio_) size += file.size();
  if (size >= kChunk) flush();
}

void CallRecorder::on_failed(std::string_view what) {
  if (call_->over) return;
  lines_ += ",\"failed\":";
  append_text(lines_, what);  // names a condition of the program
  lines_ += "}\n";
  flush();
}

void CallRecorder::flush(const char* end) {
  if (call_->over) return;
  store_.push({.call = call_,
               .lines = std::exchange(lines_, {}),
               .audio = std::exchange(audio_, {}),
               .end = end});
}

}  // namespace eva::replay
