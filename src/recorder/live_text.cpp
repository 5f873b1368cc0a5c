#include "recorder/live_text.h"

#include <algorithm>
#include <utility>

namespace eva::recorder {
namespace {
constexpr Duration kShortest = 50ms;  // less audio is not worth a pass
}  // namespace

LiveTranscript::LiveTranscript(speech::Stt& stt, const LiveTextSettings& settings,
                               std::function<void(const LiveText&)> on_text)
    : stt_(stt),
      settings_(settings),
      on_text_(std::move(on_text)),
      next_(std::max(settings.init_after, settings.pause)) {
  speech::SttStreamCallbacks callbacks;
  callbacks.on_partial = [this](speech::PartialTranscript partial) {
    heard({std::move(partial.committed), std::move(partial.tentative), std::move(partial.words)});
  };
  callbacks.on_failed = [this](const Error&) { failed_ = true; };
  stream_ = stt_.listen({settings_.language, settings_.prompt}, std::move(callbacks));
}

LiveTranscript::~LiveTranscript() = default;

void LiveTranscript::push_preroll(std::span<const std::int16_t> pcm) {
  if (stream_) return stream_->push(pcm);
  pcm_.insert(pcm_.end(), pcm.begin(), pcm.end());
}

void LiveTranscript::push(std::span<const std::int16_t> pcm, bool may_pass) {
  push_preroll(pcm);
  age_ += samples_to_duration(std::ssize(pcm), speech::kSttRate);
  publish_if_due();
  if (!stream_ && may_pass && !pass_ && !failed_ && age_ >= next_) start_pass();
}

void LiveTranscript::start_pass() {
  if (samples_to_duration(std::ssize(pcm_), speech::kSttRate) < kShortest) return;
  pass_ = stt_.transcribe(
      {pcm_, settings_.language, settings_.prompt},
      [this, age = age_](Result<speech::Transcript> result) {
        const auto ended = std::move(pass_);
        next_ = age_ + settings_.pause;
        if (!result) {
          // An engine that is merely busy may be asked again.
          failed_ = result.error().code != ErrorCode::kOverloaded;
          return;
        }
        stabilizer_.add(result->text, age);
        if (result->text.empty()) return;
        const bool joined = !stabilizer_.committed().empty() && !stabilizer_.tentative().empty();
        text_ = {stabilizer_.committed(), (joined ? " " : "") + stabilizer_.tentative(),
                 std::move(result->words)};
        publish();
      });
}

void LiveTranscript::heard(LiveText text) {
  text_ = std::move(text);
  news_ = true;
  publish_if_due();
}

void LiveTranscript::publish_if_due() {
  if (!news_ || age_ < next_) return;
  next_ = age_ + settings_.pause;
  publish();
}

void LiveTranscript::publish() {
  news_ = false;
  std::string whole = text_.committed + '|' + text_.tentative;
  if (whole.size() == 1 || whole == told_) return;
  told_ = std::move(whole);
  on_text_(text_);
}

}  // namespace eva::recorder
