#include "replay/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "audio/wav.h"

namespace eva::replay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kWavHead = 44;
constexpr std::uintmax_t kLargestFile = 4ULL << 30;
constexpr int kDeepest = 32;  // nesting

std::unexpected<Error> damaged(std::size_t line, const std::string& what) {
  return fail(ErrorCode::kBadInput, fmt::format("{}:{}: {}", kEventsName, line, what));
}

// nullopt: no JSON, or nested deeper than anything that is recorded: the tree is walked
// recursively.
std::optional<json> parse_json(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_text && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_text = !in_text;
    } else if (!in_text && (text[i] == '{' || text[i] == '[')) {
      if (++depth > kDeepest) return std::nullopt;
    } else if (!in_text && (text[i] == '}' || text[i] == ']')) {
      --depth;
    }
  }
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

Result<Header> read_header(const json& object) {
  ReadState state;
  JsonReader reader(object, state);
  int format = 0;
  reader("format", format);
  if (!state.mistake.empty()) return damaged(1, "this is no recording of Eva");
  if (format != kFormat) {
    return damaged(
        1, fmt::format("the recording has format {}; this version reads {}", format, kFormat));
  }
  Header header;
  reader.code("eva", header.eva);
  reader.code("started", header.started);
  reader("redacted", header.redacted);
  reader.code("id_suffix", header.id_suffix);
  reader("start", header.start);
  reader("settings", header.settings);
  reader("limits", header.limits);
  reader("lexicon", header.lexicon);
  if (!state.mistake.empty()) return damaged(1, state.mistake);
  return header;
}

// One line of what happened; the text of the mistake if it is wrong.
std::expected<RecordedEvent, std::string> read_event(const json& object, ReadState& state) {
  RecordedEvent out{};
  JsonReader reader(object, state);
  Duration at{};
  std::string name;
  reader("t", at);
  reader.code("event", name);
  if (!state.mistake.empty()) return std::unexpected(state.mistake);
  out.at = state.origin + at;
  auto event = read_named<session::Event>(name, object, state);
  if (!event) return std::unexpected(fmt::format("there is no event called \"{}\"", name));
  if (!state.mistake.empty()) return std::unexpected(state.mistake);
  out.event = std::move(*event);
  if (object.contains("vad")) reader("vad", out.probabilities);
  if (object.contains("failed")) reader.code("failed", out.failed);
  if (!state.mistake.empty()) return std::unexpected(state.mistake);
  if (const auto actions = object.find("actions"); actions != object.end()) {
    if (!actions->is_array()) return std::unexpected("\"actions\" is no list");
    out.actions = actions->dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return out;
}

Result<std::string> read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) {
    return fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  }
  const auto size = in.tellg();
  if (size < 0 || static_cast<std::uintmax_t>(size) > kLargestFile) {
    return fail(ErrorCode::kBadInput, fmt::format("{}: is too large", file.string()));
  }
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.seekg(0);
  if (!in.read(bytes.data(), size)) {
    return fail(ErrorCode::kIo, fmt::format("{}: cannot be read", file.string()));
  }
  return bytes;
}

// The files are our own: their head is known, only its two lengths differ.
Result<std::vector<std::int16_t>> read_samples(const fs::path& file, int rate) {
  auto bytes = read_file(file);
  if (!bytes) return std::unexpected(bytes.error());
  const std::string head = audio::wav_head(rate);
  const auto same = [&](std::size_t from, std::size_t to) {
    return std::string_view(*bytes).substr(from, to - from) == head.substr(from, to - from);
  };
  if (bytes->size() < kWavHead || !same(0, 4) || !same(8, 40)) {
    return fail(ErrorCode::kBadInput,
                fmt::format("{}: is no sound file of a recording", file.string()));
  }
  std::vector<std::int16_t> pcm((bytes->size() - kWavHead) / 2);
  if (!pcm.empty()) std::memcpy(pcm.data(), bytes->data() + kWavHead, pcm.size() * 2);
  return pcm;
}

}  // namespace

std::string one_form(std::string_view text) {
  return json::parse(text, nullptr, false).dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Recording> parse_recording(std::string_view lines, AudioSupply audio) {
  Recording recording{.header = {}, .events = {}, .end = "", .audio = std::move(audio)};
  ReadState state;
  state.audio = &recording.audio;
  std::size_t number = 0;
  while (!lines.empty()) {
    ++number;
    const std::size_t end = lines.find('\n');
    const bool whole = end != lines.npos;
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(whole ? end + 1 : lines.size());
    const auto object = parse_json(line);
    if (number > 1 && !whole) break;  // the program was killed while it wrote
    if (!object || !object->is_object()) return damaged(number, "this is no JSON object");
    if (number == 1) {
      auto header = read_header(*object);
      if (!header) return std::unexpected(header.error());
      recording.header = std::move(*header);
      state.origin = recording.header.start;
      if (recording.header.redacted) recording.audio.give_silence();
      continue;
    }
    if (!recording.end.empty()) return damaged(number, "the recording has ended before this line");
    if (object->contains("end")) {
      JsonReader(*object, state).code("end", recording.end);
      if (!state.mistake.empty()) return damaged(number, state.mistake);
      continue;
    }
    auto event = read_event(*object, state);
    if (!event) return damaged(number, event.error());
    const Time before =
        recording.events.empty() ? recording.header.start : recording.events.back().at;
    if (event->at < before) return damaged(number, "its time lies before that of the line above");
    recording.events.push_back(std::move(*event));
  }
  if (number == 0) return damaged(1, "the file is empty");
  if (recording.end.empty()) recording.end = "it broke off: the program was ended or killed";
  return recording;
}

Result<Recording> read_recording(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / kEventsName, error)) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: holds no recording (there is no {})",
                                                  folder.string(), kEventsName));
  }
  const auto lines = read_file(folder / kEventsName);
  if (!lines) return std::unexpected(lines.error());
  AudioSupply audio;
  for (std::size_t i = 0; i < kAudioFiles; ++i) {
    const fs::path file = folder / kAudioNames[i];
    if (!fs::exists(file, error)) continue;
    auto pcm = read_samples(file, kAudioRates[i]);
    if (!pcm) return std::unexpected(pcm.error());
    audio.give(static_cast<AudioFile>(i), std::move(*pcm));
  }
  auto recording = parse_recording(*lines, std::move(audio));
  if (!recording) {
    return fail(recording.error().code, (folder / "").string() + recording.error().detail);
  }
  return recording;
}

}  // namespace eva::replay
