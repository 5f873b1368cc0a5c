#include "sim/fake_engines.h"

#include <memory>
#include <sstream>
#include <utility>

#include "sim/coded_speech.h"

namespace eva::sim {
namespace {

// One request under way: a chain of timers that dies with the handle.
class Script final : public speech::Call {
 public:
  Script(Executor& executor, EngineStats& stats) : executor_(executor), stats_(stats) {
    ++stats_.started;
  }
  ~Script() override {
    for (const TimerId timer : timers_) executor_.cancel(timer);
    if (!finished_) ++stats_.cancelled;
  }
  void at(Time when, std::move_only_function<void()> task) {
    timers_.push_back(executor_.call_at(when, std::move(task)));
  }
  // The last step: `task` may destroy this.
  void finish_at(Time when, std::move_only_function<void()> task) {
    at(when, [this, task = std::move(task)]() mutable {
      finished_ = true;
      ++stats_.finished;
      const auto last = std::move(task);
      const_cast<std::move_only_function<void()>&>(last)();
    });
  }

 private:
  Executor& executor_;
  EngineStats& stats_;
  std::vector<TimerId> timers_;
  bool finished_ = false;
};

Duration pick(const Behaviour& behaviour, std::mt19937_64& random) {
  return Duration{std::uniform_int_distribution<Duration::rep>(
      behaviour.min_delay.count(), behaviour.max_delay.count())(random)};
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

Error broken() {
  return {ErrorCode::kUnavailable, "the engine broke"};
}

}  // namespace

namespace {

class FakeSttStream final : public speech::SttStream {
 public:
  /// `delay` is asked for each pass.
  FakeSttStream(Executor& executor, EngineStats& stats, std::size_t held_back,
                std::function<Duration()> delay, speech::SttStreamCallbacks callbacks)
      : script_(executor, stats),
        executor_(executor),
        held_back_(held_back),
        delay_(std::move(delay)),
        callbacks_(std::move(callbacks)) {}

  void fail() {
    script_.finish_at(executor_.now() + delay_(), [this] {
      auto callbacks = std::move(callbacks_);  // may destroy this
      callbacks.on_failed(broken());
    });
  }

  void push(std::span<const std::int16_t> pcm) override {
    constexpr auto kStep = static_cast<std::size_t>(speech::kSttRate / 5);
    heard_.insert(heard_.end(), pcm.begin(), pcm.end());
    if (heard_.size() < passed_ + kStep) return;
    passed_ = heard_.size();
    script_.at(executor_.now() + delay_(),
               [this, words = words_of(read_words(heard_, speech::kSttRate))] { tell(words); });
  }

 private:
  void tell(const std::vector<std::string>& words) {
    speech::PartialTranscript partial;
    const std::size_t committed = words.size() - std::min(held_back_, words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string& part = i < committed ? partial.committed : partial.tentative;
      part += (i > 0 ? " " : "") + words[i];
    }
    callbacks_.on_partial(std::move(partial));
  }

  Script script_;
  Executor& executor_;
  const std::size_t held_back_;
  const std::function<Duration()> delay_;
  speech::SttStreamCallbacks callbacks_;
  std::vector<std::int16_t> heard_;
  std::size_t passed_ = 0;
};

}  // namespace

std::unique_ptr<speech::SttStream> FakeStt::listen(speech::SttStreamRequest,
                                                   speech::SttStreamCallbacks callbacks) {
  if (!offers_partials) return nullptr;
  auto stream = std::make_unique<FakeSttStream>(
      executor_, streams, held_back, [this] { return pick(behaviour, random_); },
      std::move(callbacks));
  if (behaviour.fault == Behaviour::Fault::kFail) stream->fail();
  return stream;
}

speech::CallHandle FakeStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  prefixes.push_back(request.prefix);
  auto script = std::make_unique<Script>(executor_, stats);
  if (behaviour.fault == Behaviour::Fault::kHang) return script;
  Result<speech::Transcript> result = speech::Transcript{read_words(request.pcm, speech::kSttRate)};
  if (behaviour.fault != Behaviour::Fault::kNone) result = std::unexpected(broken());
  script->finish_at(executor_.now() + pick(behaviour, random_),
                    [done = std::move(done), result]() mutable { done(std::move(result)); });
  return script;
}

speech::CallHandle FakeTurnModel::score(std::vector<std::int16_t> pcm,
                                        std::move_only_function<void(Result<double>)> done) {
  auto script = std::make_unique<Script>(executor_, stats);
  if (behaviour.fault == Behaviour::Fault::kHang) return script;
  unsigned sum = 0;
  for (const char c : read_words(pcm, speech::kSttRate)) sum = sum * 31 + static_cast<unsigned>(c);
  Result<double> result = static_cast<double>(sum % 101) / 100;
  if (behaviour.fault != Behaviour::Fault::kNone) result = std::unexpected(broken());
  script->finish_at(executor_.now() + pick(behaviour, random_),
                    [done = std::move(done), result]() mutable { done(std::move(result)); });
  return script;
}

speech::CallHandle FakeLlm::complete(speech::LlmRequest request, speech::LlmCallbacks callbacks) {
  auto call = std::make_unique<Script>(executor_, stats);
  requests.push_back(request);
  if (behaviour.fault == Behaviour::Fault::kHang) return call;
  const auto shared = std::make_shared<speech::LlmCallbacks>(std::move(callbacks));
  Time at = executor_.now() + pick(behaviour, random_);
  auto words = words_of(script ? script(request) : "fine.");
  Result<speech::LlmUsage> result = speech::LlmUsage{10, static_cast<int>(words.size())};
  if (behaviour.fault == Behaviour::Fault::kFail) words.clear();
  if (behaviour.fault == Behaviour::Fault::kFailMidway) words.resize(words.size() / 2);
  if (behaviour.fault != Behaviour::Fault::kNone) result = std::unexpected(broken());
  for (std::size_t i = 0; i < words.size(); ++i, at += per_word) {
    const std::string text = (i ? " " : "") + words[i];
    call->at(at, [shared, text] { shared->on_text(text); });
  }
  call->finish_at(at, [shared, result] { shared->on_done(result); });
  return call;
}

speech::CallHandle FakeTts::speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) {
  auto call = std::make_unique<Script>(executor_, stats);
  if (behaviour.fault == Behaviour::Fault::kHang) return call;
  const auto shared = std::make_shared<speech::TtsCallbacks>(std::move(callbacks));
  Time at = executor_.now() + pick(behaviour, random_);
  auto words = words_of(request.text);
  Result<> result;
  if (behaviour.fault == Behaviour::Fault::kFail) words.clear();
  if (behaviour.fault == Behaviour::Fault::kFailMidway) words.resize(words.size() / 2);
  if (behaviour.fault != Behaviour::Fault::kNone) result = std::unexpected(broken());
  for (const std::string& word : words) {
    int code = -1;
    if (word[0] == 'w') std::istringstream(word.substr(1)) >> code;
    std::vector<std::int16_t> pcm(
        static_cast<std::size_t>(duration_to_samples(100ms, speech::kTtsRate)), 7);
    if (code >= 0) pcm = speak_words(std::vector{code}, speech::kTtsRate);
    call->at(at, [shared, pcm] { shared->on_audio(pcm); });
    at += per_word;
  }
  call->finish_at(at, [shared, result] { shared->on_done(result); });
  return call;
}

}  // namespace eva::sim
