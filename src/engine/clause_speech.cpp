#include "engine/clause_speech.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"
#include "engine/text/sentences.h"
#include "engine/text/utf8.h"
#include "engine/voice.h"

namespace eva::engine {
namespace {

constexpr std::size_t kCharactersMax = 4096;
constexpr double kSpeedMin = 0.25;
constexpr double kSpeedMax = 4;

Result<> check(const std::string& text, double speed) {
  const std::u32string codes = text::decode_utf8(text);
  std::string valid;
  for (const char32_t code : codes) text::append_utf8(valid, code);
  if (valid != text) return fail(ErrorCode::kBadInput, "the text is not valid UTF-8");
  if (codes.size() > kCharactersMax) {
    return fail(ErrorCode::kBadInput,
                fmt::format("the text has {} characters, at most {} are spoken", codes.size(),
                            kCharactersMax));
  }
  if (!(speed >= kSpeedMin && speed <= kSpeedMax)) {  // NaN fails as well
    return fail(ErrorCode::kBadInput,
                fmt::format("speed {} is not between {} and {}", speed, kSpeedMin, kSpeedMax));
  }
  return {};
}

/// The pause after a clause, by the mark that ends it (closing quotes and brackets aside).
Duration pause_after(const std::string& clause) {
  const std::size_t last = clause.find_last_not_of("\"')]}>*");
  switch (last == std::string::npos ? ' ' : clause[last]) {
    case '.':
    case '?':
    case '!':
      return 300ms;
    case ',':
    case ';':
    case ':':
      return 120ms;
    default:
      return 0ms;
  }
}

/// Slow speech is longer: shorter clauses keep the audio of one, and the memory it takes, the same.
std::size_t clause_max(double speed) {
  return static_cast<std::size_t>(static_cast<double>(text::kClauseMax) * std::min(1.0, speed));
}

std::size_t samples_of(Duration pause, double speed) {
  const auto samples = static_cast<double>(duration_to_samples(pause, kVoiceRate));
  return static_cast<std::size_t>(samples / speed);
}

}  // namespace

Result<> speak_clauses(const std::string& text, double speed, const ClauseSynthesis& synthesise,
                       const std::function<bool(std::span<const std::int16_t>)>& on_audio,
                       const CancelToken& cancel) {
  if (Result<> checked = check(text, speed); !checked) return checked;
  std::size_t pause = 0;
  for (const std::string& clause :
       text::split_for_speech(text, /*quick_start=*/true, clause_max(speed))) {
    if (cancel.cancelled()) return fail(ErrorCode::kCancelled, "speech was cancelled");
    Result<std::vector<std::int16_t>> speech = synthesise(clause);
    if (!speech) return std::unexpected(speech.error());
    if (speech->empty()) continue;
    speech->insert(speech->begin(), pause, 0);
    if (!on_audio(*speech)) return {};
    pause = samples_of(pause_after(clause), speed);
  }
  if (cancel.cancelled()) return fail(ErrorCode::kCancelled, "speech was cancelled");
  return {};
}

}  // namespace eva::engine
