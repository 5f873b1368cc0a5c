#include "engine/whisper.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "audio/mel.h"
#include "engine/quiet_cut.h"
#include "engine/repetition.h"
#include "engine/speech_guard.h"
#include "engine/text_length.h"
#include "engine/token_text.h"
#include "engine/whisper_decoder.h"
#include "engine/whisper_pack.h"
#include "engine/word_times.h"
#include "tensor/model.h"

namespace eva::engine {
namespace {

constexpr std::int64_t kRate = 16'000;
constexpr std::size_t kLongest = 10 * 60 * kRate;
constexpr std::size_t kLongestPart = 28 * kRate;  // with the padding below Whisper's 30 s
// Zeros behind the speech, encoded with it: with less, one-second clips repeat their text.
constexpr std::int64_t kPadding = 1 * kRate;
// A text that outgrows its audio is a runaway: nobody speaks 12 tokens a second.
constexpr std::int64_t kTokensPerSecond = 12;
constexpr std::int64_t kTokensAlways = 16;
constexpr std::int64_t kTokensEver = 224;
constexpr std::int64_t kLongestPrompt = 4;  // start, language, transcribe, no timestamps
static_assert(kLongestPrompt + kTokensEver <= kLeastTextPositions);

/// One part of a recording, transcribed.
struct Part {
  std::string text;                 // "" = no speech
  std::vector<speech::Word> words;  // times from the part's beginning
  std::string language;
  double no_speech_probability = 0;
  double log_probability_sum = 0;
  int steps = 0;  // tokens, end of text included
  bool loop_cut = false;
};

void append(std::vector<float>& values, std::span<const float> more) {
  values.insert(values.end(), more.begin(), more.end());
}

class OnnxWhisper final : public Whisper {
 public:
  OnnxWhisper(WhisperNetwork network, TokenText vocabulary)
      : network_(std::move(network)),
        vocabulary_(std::move(vocabulary)),
        log_mel_(network_.pack().mel_bands) {}

  Result<Transcription> transcribe(std::span<const std::int16_t> pcm, const Hearing& hearing,
                                   CancelToken& cancel) const override;

 private:
  /// The tokens of a text under construction and how the decoder looked at the audio for each.
  struct Writing {
    std::vector<std::int64_t> tokens;
    std::vector<float> attention;  // rows of kAudioPositions; row i chose token i
  };
  /// Whisper may end its text at a pause though the speaker went on (about one utterance in ten
  /// with a pause after a few words): what is too short for its sound is listened to again in two
  /// halves.
  Result<Part> transcribe_part(std::span<const std::int16_t> pcm, const Hearing& hearing,
                               CancelToken& cancel) const;
  Result<Part> decode(std::span<const std::int16_t> pcm, const Hearing& hearing,
                      CancelToken& cancel) const;
  /// Feeds the prompt and what is already written, finds the language if it is not given, and
  /// leaves the logits of the next token's row in the result.
  Result<std::span<const float>> begin(DecoderRun& run, Writing& writing, Part& part,
                                       CancelToken& cancel) const;
  std::vector<speech::Word> words_of(const Writing& writing, std::size_t samples) const;
  std::string detect_language(std::span<const float> logits) const;

  const WhisperNetwork network_;
  const TokenText vocabulary_;
  const audio::LogMel log_mel_;
};

Result<Transcription> OnnxWhisper::transcribe(std::span<const std::int16_t> pcm,
                                              const Hearing& hearing, CancelToken& cancel) const {
  const std::string& language = hearing.language;
  if (pcm.size() > kLongest) {
    return fail(ErrorCode::kBadInput, fmt::format("{} s of audio; at most {} s are transcribed",
                                                  pcm.size() / kRate, kLongest / kRate));
  }
  const auto& languages = network_.pack().languages;
  const bool english_only = languages.empty();
  if (!english_only && !language.empty() && !languages.contains(language)) {
    return fail(ErrorCode::kBadInput, fmt::format("unknown language \"{}\"", language));
  }
  Transcription whole{.text = "", .language = english_only ? "en" : language};
  if (std::ranges::all_of(pcm, [](std::int16_t sample) { return sample == 0; })) {
    whole.no_speech_probability = 1;
    return whole;
  }

  whole.no_speech_probability = std::numeric_limits<double>::max();
  double log_probability_sum = 0;
  int steps = 0;
  const auto parts = cut_at_quiet(pcm, kLongestPart);
  for (const std::span<const std::int16_t> samples : parts) {
    const Result<Part> part = transcribe_part(samples,
                                              {.language = whole.language,
                                               .prefix = parts.size() == 1 ? hearing.prefix : "",
                                               .unfinished = hearing.unfinished},
                                              cancel);
    if (!part) return std::unexpected(part.error());
    // The part that sounds most like speech speaks for the whole.
    whole.no_speech_probability =
        std::min(whole.no_speech_probability, part->no_speech_probability);
    log_probability_sum += part->log_probability_sum;
    steps += part->steps;
    whole.loop_cut = whole.loop_cut || part->loop_cut;
    if (part->text.empty()) continue;
    whole.language = part->language;  // detected once, on the first speech
    if (!whole.text.empty()) whole.text += ' ';
    whole.text += part->text;
    const Duration offset = samples_to_duration(samples.data() - pcm.data(), kRate);
    for (const speech::Word& word : part->words) {
      whole.words.push_back({word.text, offset + word.start, offset + word.end});
    }
  }
  whole.average_log_probability = log_probability_sum / std::max(steps, 1);
  return whole;
}

Result<Part> OnnxWhisper::transcribe_part(std::span<const std::int16_t> pcm, const Hearing& hearing,
                                          CancelToken& cancel) const {
  Result<Part> whole = decode(pcm, hearing, cancel);
  if (!whole || whole->text.empty() || hearing.unfinished || !too_short_for(whole->text, pcm)) {
    return whole;
  }
  Part joined{.language = whole->language};
  joined.no_speech_probability = whole->no_speech_probability;
  for (const auto half : cut_at_quiet(pcm, pcm.size() * 2 / 3)) {
    const Result<Part> part = decode(half, {.language = whole->language}, cancel);
    if (!part) return part;
    const Duration offset = samples_to_duration(half.data() - pcm.data(), kRate);
    for (const speech::Word& word : part->words) {
      joined.words.push_back({word.text, offset + word.start, offset + word.end});
    }
    if (!joined.text.empty() && !part->text.empty()) joined.text += ' ';
    joined.text += part->text;
    joined.log_probability_sum += part->log_probability_sum;
    joined.steps += part->steps;
    joined.loop_cut = joined.loop_cut || part->loop_cut;
  }
  const bool better = joined.text.size() > whole->text.size() && !joined.loop_cut &&
                      joined.text.starts_with(hearing.prefix);
  return better ? joined : std::move(*whole);
}

Result<Part> OnnxWhisper::decode(std::span<const std::int16_t> pcm, const Hearing& hearing,
                                 CancelToken& cancel) const {
  const WhisperPack& pack = network_.pack();
  std::vector<float> mel = log_mel_(pcm, kPadding);
  const auto cross = network_.encode(mel, cancel);
  if (!cross) return std::unexpected(cross.error());

  const std::int64_t seconds = static_cast<std::int64_t>(pcm.size()) / kRate;
  const std::int64_t most_tokens =
      std::min(kTokensAlways + kTokensPerSecond * seconds, kTokensEver);
  DecoderRun run(network_, *cross, kLongestPrompt + most_tokens);
  Part part{.language = hearing.language};
  Writing writing;
  auto& tokens = writing.tokens;
  if (!hearing.prefix.empty()) tokens = vocabulary_.tokens(hearing.prefix);
  if (std::ssize(tokens) >= most_tokens) tokens.clear();
  const std::vector<std::int64_t> known = tokens;
  Result<std::span<const float>> logits = begin(run, writing, part, cancel);
  if (!logits) return std::unexpected(logits.error());

  while (true) {
    const auto mask = tokens.empty() ? network_.first_mask() : network_.mask();
    const TokenChoice choice = choose_token(*logits, mask);
    part.log_probability_sum += choice.log_probability;
    ++part.steps;
    if (choice.token == pack.end_of_text) break;
    tokens.push_back(choice.token);
    if (const auto keep = cut_repetition(tokens)) {
      tokens.resize(std::max(*keep, known.size()));
      part.loop_cut = true;
      break;
    }
    if (std::ssize(tokens) == most_tokens) break;
    logits = run.step(std::span(tokens).last(1), cancel);
    if (!logits) return std::unexpected(logits.error());
    append(writing.attention, run.alignment());
  }

  const SpeechEvidence evidence{
      .no_speech_probability = part.no_speech_probability,
      .average_log_probability = part.log_probability_sum / part.steps,
  };
  part.text = vocabulary_.text(tokens);
  if (!is_speech(part.text, evidence, pack.no_speech_threshold)) {
    tokens.resize(known.size());  // what is known was speech
    part.text = vocabulary_.text(tokens);
  }
  part.words = words_of(writing, pcm.size());
  return part;
}

std::vector<speech::Word> OnnxWhisper::words_of(const Writing& writing, std::size_t samples) const {
  const std::size_t frames = std::min(samples / kSamplesPerPosition, kAudioPositions);
  const std::size_t written = writing.attention.size() / kAudioPositions;
  // One row more than tokens: that of what came, or would have come, after the last.
  const std::size_t rows = std::min(writing.tokens.size() + 1, written);
  if (writing.tokens.empty() || frames == 0 || rows < writing.tokens.size()) return {};
  std::vector<float> heard;
  heard.reserve(rows * frames);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto all = std::span(writing.attention).subspan(row * kAudioPositions, frames);
    heard.insert(heard.end(), all.begin(), all.end());
  }
  std::vector<std::size_t> first = align_rows(heard, rows, frames);
  first.push_back(frames);
  const auto time_of = [&](std::size_t row) {
    return samples_to_duration(static_cast<std::int64_t>(first[row] * kSamplesPerPosition), kRate);
  };
  std::vector<speech::Word> words;
  std::size_t begin = 0;
  while (begin < writing.tokens.size()) {
    std::size_t end = begin + 1;
    while (end < writing.tokens.size() && !vocabulary_.starts_word(writing.tokens[end])) ++end;
    std::string text = vocabulary_.text(std::span(writing.tokens).subspan(begin, end - begin));
    if (!text.empty()) words.push_back({std::move(text), time_of(begin), time_of(end)});
    begin = end;
  }
  return words;
}

Result<std::span<const float>> OnnxWhisper::begin(DecoderRun& run, Writing& writing, Part& part,
                                                  CancelToken& cancel) const {
  const WhisperPack& pack = network_.pack();
  const auto vocabulary = static_cast<std::size_t>(pack.vocabulary);
  const bool language_given = !part.language.empty();
  std::vector<std::int64_t> prompt{pack.start_of_transcript};
  Result<std::span<const float>> logits;
  if (!language_given) {
    logits = run.step(prompt, cancel);
    if (!logits) return logits;
    part.no_speech_probability = token_probability(*logits, pack.no_speech);
    part.language = detect_language(*logits);
    prompt.clear();
  }
  if (!pack.languages.empty()) {
    prompt.push_back(pack.languages.at(part.language));
    prompt.push_back(pack.transcribe);
  }
  prompt.push_back(pack.no_timestamps);
  prompt.insert(prompt.end(), writing.tokens.begin(), writing.tokens.end());
  logits = run.step(prompt, cancel);
  if (!logits) return logits;
  if (const auto rows = run.alignment(); !rows.empty()) {
    append(writing.attention, rows.last((writing.tokens.size() + 1) * kAudioPositions));
  }
  if (language_given) {
    part.no_speech_probability = token_probability(logits->first(vocabulary), pack.no_speech);
  }
  return logits->last(vocabulary);
}

std::string OnnxWhisper::detect_language(std::span<const float> logits) const {
  const auto& languages = network_.pack().languages;
  const auto logit = [&](const auto& language) {
    return logits[static_cast<std::size_t>(language.second)];
  };
  return std::ranges::max_element(languages, {}, logit)->first;
}

}  // namespace

Result<std::unique_ptr<Whisper>> Whisper::load(const WhisperOptions& options) {
  auto pack = read_whisper_pack(options.folder);
  if (!pack) return std::unexpected(pack.error());
  auto vocabulary = TokenText::load(options.folder / "tokens.txt");
  if (!vocabulary) return std::unexpected(vocabulary.error());
  const tensor::ModelOptions model_options{.threads = options.threads};
  auto encoder = tensor::Model::load(options.folder / "encoder.onnx", model_options);
  if (!encoder) return std::unexpected(encoder.error());
  auto decoder = tensor::Model::load(options.folder / "decoder.onnx", model_options);
  if (!decoder) return std::unexpected(decoder.error());
  auto whisper = std::make_unique<OnnxWhisper>(
      WhisperNetwork(std::move(*pack), std::move(*encoder), std::move(*decoder)),
      std::move(*vocabulary));
  // Files that do not belong together are found here and not in the first conversation.
  std::vector<std::int16_t> click(kRate / 10);
  click.front() = 1;
  CancelToken never;
  if (const auto trial = whisper->transcribe(click, {}, never); !trial) {
    return fail(ErrorCode::kBadConfig, fmt::format("{} is not a complete Whisper pack: {}",
                                                   options.folder.string(), trial.error().detail));
  }
  return whisper;
}

}  // namespace eva::engine
