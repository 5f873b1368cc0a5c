#include "replay/recorded_engines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "replay/json_writer.h"

namespace eva::replay {
namespace {

constexpr std::int64_t kMs = speech::kSttRate / 1000;  // samples
// A request that was cancelled is known to have had no answer until then; if it is not cancelled
// again by that time, and some ms more, the answer has to be made up.
constexpr Duration kGrace = 50ms;
constexpr Duration kSomeLatency = 200ms;  // where the recording knows none

/// Timers that die with the handle.
class Timers final : public speech::Call {
 public:
  explicit Timers(Executor& executor) : executor_(executor) {}
  ~Timers() override {
    for (const TimerId timer : timers_) executor_.cancel(timer);
  }
  void at(Time when, Task task) { timers_.push_back(executor_.call_at(when, std::move(task))); }

 private:
  Executor& executor_;
  std::vector<TimerId> timers_;
};

class RecordedStream final : public speech::SttStream {
 public:
  explicit RecordedStream(Executor& executor) : timers(executor) {}
  void push(std::span<const std::int16_t>) override {}
  Timers timers;
};

std::int64_t overlap(const Stretch& a, const Stretch& b) {
  return std::min(a.end, b.end) - std::max(a.begin, b.begin);
}
std::int64_t distance(const Stretch& a, const Stretch& b) {
  return std::abs(a.begin - b.begin) + std::abs(a.end - b.end);
}
Stretch last(const Desk& desk, std::size_t samples) {
  return {desk.received - static_cast<std::int64_t>(samples), desk.received};
}

/// The middle one of the latencies of entries that were answered.
template <typename Entries>
Duration usual_latency(const Entries& entries) {
  std::vector<Duration> all;
  for (const auto& entry : entries) {
    if (entry.result) all.push_back(entry.after);
  }
  if (all.empty()) return kSomeLatency;
  std::ranges::nth_element(all, all.begin() + std::ssize(all) / 2);
  return all[all.size() / 2];
}

/// Leaves those words of the text of `heard` that were spoken in `wanted`; all, if there are no
/// times.
void keep_words(speech::Transcript& transcript, const Stretch& heard, const Stretch& wanted) {
  if (transcript.words.empty()) return;
  std::vector<speech::Word> kept;
  transcript.text.clear();
  for (speech::Word& word : transcript.words) {
    const auto middle =
        heard.begin + duration_to_samples((word.start + word.end) / 2, speech::kSttRate);
    if (middle < wanted.begin || middle >= wanted.end) continue;
    const Duration later = samples_to_duration(heard.begin - wanted.begin, speech::kSttRate);
    transcript.text += (transcript.text.empty() ? "" : " ") + word.text;
    kept.push_back({word.text, word.start + later, word.end + later});
  }
  transcript.words = std::move(kept);
}

std::string quoted(const std::string& text) {
  constexpr std::size_t kShown = 40;
  return text.size() <= kShown ? "\"" + text + "\"" : "\"" + text.substr(0, kShown) + "...\"";
}

}  // namespace

speech::CallHandle RecordedStt::transcribe(
    speech::SttRequest request, std::move_only_function<void(Result<speech::Transcript>)> done) {
  constexpr std::int64_t kNearlySame = 100 * kMs;  // ends of windows and chunks
  const Stretch wanted = last(desk_, request.pcm.size());
  const std::uint64_t hash = fingerprint(request.pcm);
  // Of a redacted recording all audio is the same.
  const bool telling = std::ranges::any_of(request.pcm, [](std::int16_t s) { return s != 0; });
  const auto same = [&](const ReplyBook::Stt& entry) { return telling && entry.hash == hash; };
  const auto off = [&](const ReplyBook::Stt& entry) { return distance(entry.stretch, wanted); };
  const ReplyBook::Stt* best = nullptr;
  Duration silent{};  // it is known not to have been answered for so long
  for (const auto& entry : desk_.book.stt()) {
    if (!entry.result) {
      if (same(entry) || off(entry) <= kNearlySame) silent = entry.after + kGrace;
    } else if (same(entry) || overlap(entry.stretch, wanted) > 0) {
      const auto rank = [&](const auto& e) { return std::pair(!same(e), off(e)); };
      if (!best || rank(entry) < rank(*best)) best = &entry;
    }
  }
  Result<speech::Transcript> result = speech::Transcript{};
  Duration after = std::max(silent, usual_latency(desk_.book.stt()));
  std::string guess = "no text was recorded for this stretch of speech; taken for none";
  if (best) {
    guess.clear();
    result = *best->result;
    after = same(*best) ? best->after : std::max(silent, best->after);
    if (!same(*best) && off(*best) > kNearlySame) {
      if (result) keep_words(*result, best->stretch, wanted);
      const auto seconds = [](std::int64_t samples) {
        return static_cast<double>(samples) / speech::kSttRate;
      };
      guess = fmt::format("for the speech of {:.2f} to {:.2f} s that of {:.2f} to {:.2f} s: {}",
                          seconds(wanted.begin), seconds(wanted.end), seconds(best->stretch.begin),
                          seconds(best->stretch.end), result ? quoted(result->text) : "failed");
    }
  }
  auto call = std::make_unique<Timers>(desk_.executor);
  call->at(desk_.executor.now() + after,
           [&desk = desk_, guess, done = std::move(done), result]() mutable {
             if (!guess.empty()) desk.guess(guess);
             done(std::move(result));
           });
  return call;
}

std::unique_ptr<speech::SttStream> RecordedStt::listen(speech::SttStreamRequest,
                                                       speech::SttStreamCallbacks callbacks) {
  constexpr std::int64_t kSameTurn = 300 * kMs;
  const ReplyBook::Partials* best = nullptr;
  for (const auto& entry : desk_.book.partials()) {
    const auto off = [&](const auto& e) { return std::abs(e.began - desk_.received); };
    if (off(entry) <= kSameTurn && (!best || off(entry) < off(*best))) best = &entry;
  }
  if (!best) return nullptr;
  auto stream = std::make_unique<RecordedStream>(desk_.executor);
  const auto shared = std::make_shared<speech::SttStreamCallbacks>(std::move(callbacks));
  for (const auto& [at, partial] : best->all) {
    if (at < desk_.executor.now()) continue;
    // At its recorded time: by then the same audio has come.
    stream->timers.at(at, [shared, partial] { shared->on_partial(partial); });
  }
  return stream;
}

speech::CallHandle RecordedLlm::complete(speech::LlmRequest request,
                                         speech::LlmCallbacks callbacks) {
  const Time now = desk_.executor.now();
  const auto last_words = [](const speech::LlmRequest& asked) {
    return asked.messages.empty() ? std::string() : asked.messages.back().text;
  };
  const std::string words = last_words(request);
  // Of equals the one that got further, then the one nearest in time.
  const auto rank = [&](const ReplyBook::Llm& entry) {
    const int fit = entry.request == request ? 0 : last_words(entry.request) == words ? 1 : 2;
    const bool cut = !entry.result;
    const Duration off = entry.asked > now ? entry.asked - now : now - entry.asked;
    return std::tuple(fit, cut, off);
  };
  const auto& book = desk_.book.llm();
  auto call = std::make_unique<Timers>(desk_.executor);
  const auto shared = std::make_shared<speech::LlmCallbacks>(std::move(callbacks));
  const auto best = std::ranges::min_element(book, {}, rank);
  if (best == book.end()) {
    desk_.guess("the recording holds no answer at all; the request fails");
    call->at(now + kSomeLatency, [shared] {
      shared->on_done(fail(ErrorCode::kUnavailable, "the recording holds no answer"));
    });
    return call;
  }
  if (std::get<0>(rank(*best)) == 2) {
    // Told with the first of it: most that is asked ahead of time is dropped before.
    const Duration first = best->texts.empty() ? best->after : best->texts.front().first;
    call->at(now + first,
             [&desk = desk_,
              guess = fmt::format("nobody asked {} in the recording; answered as {}", quoted(words),
                                  quoted(last_words(best->request)))] { desk.guess(guess); });
  }
  for (const auto& [after, text] : best->texts) {
    call->at(now + after, [shared, text = text] { shared->on_text(text); });
  }
  if (best->result) {
    call->at(now + best->after, [shared, result = *best->result] { shared->on_done(result); });
  } else {
    call->at(now + best->after + kGrace, [&desk = desk_, shared] {
      desk.guess("the answer was cut short in the recording and ends there");
      shared->on_done(speech::LlmUsage{});
    });
  }
  return call;
}

speech::CallHandle RecordedTts::speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) {
  const auto& book = desk_.book.tts();
  const Time now = desk_.executor.now();
  const ReplyBook::Tts* best = nullptr;
  std::size_t samples = 0;  // of whole pieces, for what was not recorded
  std::size_t characters = 0;
  for (const auto& entry : book) {
    if (entry.text == request.text && (!best || (entry.result && !best->result))) best = &entry;
    if (!entry.result) continue;
    characters += entry.text.size();
    for (const auto& [after, pcm] : entry.audio) samples += pcm.size();
  }
  constexpr double kSomePace = speech::kTtsRate / 15.0;  // samples of a character
  const double pace =
      characters > 0 ? static_cast<double>(samples) / static_cast<double>(characters) : kSomePace;
  auto length = static_cast<std::size_t>(pace * static_cast<double>(request.text.size()));
  auto call = std::make_unique<Timers>(desk_.executor);
  const auto shared = std::make_shared<speech::TtsCallbacks>(std::move(callbacks));
  Duration after = usual_latency(book);
  Result<> result;
  if (best) {
    after = best->after;
    for (const auto& [at, pcm] : best->audio) {
      length -= std::min(length, pcm.size());
      call->at(now + at, [shared, pcm = pcm] { shared->on_audio(pcm); });
    }
    if (best->result) result = *best->result;
  }
  if (!best || !best->result) {
    if (best) after += kGrace;
    const std::string guess =
        best ? fmt::format("of {} only the beginning was recorded; silence follows",
                           quoted(request.text))
             : fmt::format("{} was never spoken in the recording; silence of its length",
                           quoted(request.text));
    call->at(now + after, [&desk = desk_, guess, shared, length] {
      desk.guess(guess);
      if (length > 0) shared->on_audio(std::vector<std::int16_t>(length));
    });
  }
  call->at(now + after, [shared, result] { shared->on_done(result); });
  return call;
}

speech::CallHandle RecordedTurnModel::score(std::vector<std::int16_t> pcm,
                                            std::move_only_function<void(Result<double>)> done) {
  constexpr std::int64_t kSame = 100 * kMs;
  const Stretch wanted = last(desk_, pcm.size());
  const ReplyBook::Score* best = nullptr;
  for (const auto& entry : desk_.book.scores()) {
    if (!entry.result || distance(entry.stretch, wanted) > kSame) continue;
    if (!best || distance(entry.stretch, wanted) < distance(best->stretch, wanted)) best = &entry;
  }
  auto call = std::make_unique<Timers>(desk_.executor);
  Result<double> result = fail(ErrorCode::kUnavailable, "no score was recorded here");
  if (best) result = *best->result;
  call->at(desk_.executor.now() + (best ? best->after : kSomeLatency),
           [done = std::move(done), result]() mutable { done(std::move(result)); });
  return call;
}

}  // namespace eva::replay
