#include "replay/json_writer.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cstring>

#include <utility>

#include "base/check.h"

namespace eva::replay {
namespace {

bool made_by_session(std::string_view id, std::string_view suffix) {
  for (const std::string_view kind : {"item_", "resp_"}) {
    if (!id.starts_with(kind)) continue;
    id.remove_prefix(kind.size());
    return id.starts_with(suffix) &&
           std::ranges::all_of(id.substr(suffix.size()),
                               [](unsigned char c) { return std::isdigit(c); });
  }
  return false;
}

}  // namespace

std::string IdNames::name_of(std::string_view id) {
  if (const auto known = names_.find(id); known != names_.end()) return known->second;
  if (names_.size() >= kMost) return "id_more";
  return names_.emplace(id, fmt::format("id_{}", names_.size() + 1)).first->second;
}

std::uint64_t fingerprint(std::span<const std::int16_t> pcm) {
  // Four lanes of a multiply and a rotation, so that a minute of audio takes a tenth of a ms.
  constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
  std::array<std::uint64_t, 4> lanes{pcm.size(), kOdd, ~kOdd, kOdd << 1};
  const auto mix = [&](std::uint64_t& lane, std::uint64_t word) {
    lane = std::rotl((lane ^ word) * kOdd, 29);
  };
  std::size_t at = 0;
  for (; at + 16 <= pcm.size(); at += 16) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), &pcm[at], sizeof(words));
    for (std::size_t i = 0; i < 4; ++i) mix(lanes[i], words[i]);
  }
  for (; at < pcm.size(); ++at) mix(lanes[0], static_cast<std::uint16_t>(pcm[at]));
  std::uint64_t out = 0;
  for (const std::uint64_t lane : lanes) mix(out, lane);
  return out ^ (out >> 32);
}

void JsonWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  key(name);
  out_ += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_ += ',';
    put_text(values[i]);
  }
  out_ += ']';
}

void JsonWriter::metadata(std::string_view name, const std::map<std::string, std::string>& value) {
  key(name);
  out_ += '[';
  bool first = true;
  if (!rules_.redact) {  // shapes of keys could be equal
    for (const auto& [k, v] : value) {
      out_ += std::exchange(first, false) ? "[" : ",[";
      append_text(out_, k);
      out_ += ',';
      append_text(out_, v);
      out_ += ']';
    }
  }
  out_ += ']';
}

void JsonWriter::phrases(std::string_view name, const std::vector<turn::Words>& value) {
  key(name);
  out_ += '[';
  bool first = true;
  for (const turn::Words& words : value) {
    if (!std::exchange(first, false)) out_ += ',';
    const std::string phrase = fmt::format("{}", fmt::join(words, " "));
    append_text(out_, rules_.redact ? speech_shape_of(phrase, rules_.lexicon) : phrase);
  }
  out_ += ']';
}

void JsonWriter::pcm(std::string_view name, std::span<const std::int16_t> value) {
  key(name);
  open();
  (*this)("samples", value.size());
  if (!rules_.redact) code("hash", fmt::format("{:016x}", fingerprint(value)));
  close();
}

void JsonWriter::pcm(AudioFile file, std::span<const std::int16_t> value) {
  (*this)("samples", value.size());
  if (rules_.redact) return;
  EVA_CHECK(audio_);
  (*audio_)[static_cast<std::size_t>(file)].append(reinterpret_cast<const char*>(value.data()),
                                                   value.size_bytes());
}

void JsonWriter::put_number(double value) {
  if (std::isfinite(value)) {
    fmt::format_to(std::back_inserter(out_), "{}", value);
  } else {
    put_null();
  }
}

void JsonWriter::put_text(std::string_view text) {
  rules_.redact ? append_text(out_, shape_of(text)) : append_text(out_, text);
}

void JsonWriter::put_id(std::string_view id) {
  const bool plain = !rules_.redact || !rules_.id_names || id.empty() || id == "root" ||
                     made_by_session(id, rules_.id_suffix);
  plain ? append_text(out_, id) : append_text(out_, rules_.id_names->name_of(id));
}

void append_actions(std::string& out, std::span<const session::Action> actions,
                    const WriteRules& rules) {
  out += '[';
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (i > 0) out += ',';
    JsonWriter(out, rules).put(actions[i]);
  }
  out += ']';
}

}  // namespace eva::replay
