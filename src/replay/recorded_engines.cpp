#include "replay/recorded_engines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "replay/json_writer.h"

namespace eva::replay {
namespace {

constexpr std::int64_t kMs = speech::kSttRate / 1000;  // samples
constexpr Duration kSomeLatency = 200ms;               // where the recording knows none

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
  const ReplyBook::Stt* best = nullptr;
  bool same_audio = false;
  for (const auto& entry : desk_.book.stt()) {
    if (!entry.result) continue;
    const bool same =
        entry.hash == hash && entry.stretch.end - entry.stretch.begin == wanted.end - wanted.begin;
    if ((same_audio && !same) || (!same && overlap(entry.stretch, wanted) <= 0)) continue;
    const bool better = !best || (same && !same_audio) ||
                        distance(entry.stretch, wanted) < distance(best->stretch, wanted);
    if (better) best = &entry;
    same_audio = same_audio || same;
  }
  Result<speech::Transcript> result = speech::Transcript{};
  Duration after = usual_latency(desk_.book.stt());
  if (!best) {
    desk_.guess("no text was recorded for this stretch of speech; taken for none");
  } else {
    result = *best->result;
    after = best->after;
    if (!same_audio && distance(best->stretch, wanted) > kNearlySame) {
      desk_.guess(fmt::format("heard {} to {} ms more than was recorded; its text is {}",
                              (best->stretch.begin - wanted.begin) / kMs,
                              (wanted.end - best->stretch.end) / kMs,
                              result ? quoted(result->text) : "missing"));
    }
  }
  auto call = std::make_unique<Timers>(desk_.executor);
  call->at(desk_.executor.now() + after,
           [done = std::move(done), result]() mutable { done(std::move(result)); });
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
    desk_.guess(fmt::format("nobody asked {} in the recording; answered as {}", quoted(words),
                            quoted(last_words(best->request))));
  }
  for (const auto& [after, text] : best->texts) {
    call->at(now + after, [shared, text = text] { shared->on_text(text); });
  }
  if (!best->result) desk_.guess("the answer was cut short in the recording and ends there");
  const auto result = best->result.value_or(speech::LlmUsage{});
  call->at(now + best->after, [shared, result] { shared->on_done(result); });
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
    desk_.guess(best ? "of a piece of speech only the beginning was recorded; silence follows"
                     : fmt::format("{} was never spoken in the recording; silence of its length",
                                   quoted(request.text)));
    call->at(now + after, [shared, silence = std::vector<std::int16_t>(length)] {
      if (!silence.empty()) shared->on_audio(silence);
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
