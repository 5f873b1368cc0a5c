#pragma once
// Writes described values (describe.h) as JSON text, at once and without a tree in between.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <expected>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "replay/describe.h"
#include "replay/text.h"

namespace eva::replay {

/// Samples as bytes, for the audio files.
using AudioBytes = std::array<std::string, kAudioFiles>;

/// Ids that a client chose, which may say anything, and what stands for them in a redacted
/// recording.
class IdNames {
 public:
  /// Equal ids get equal names: "id_1", "id_2"...; beyond kMost all others are "id_more".
  std::string name_of(std::string_view id);

 private:
  static constexpr std::size_t kMost = 10'000;
  std::map<std::string, std::string, std::less<>> names_;
};

/// How a recording is written; the same for all of its lines.
struct WriteRules {
  bool redact = false;
  std::string id_suffix;        // ids that the session made end in it and a number
  IdNames* id_names = nullptr;  // for the client's ids; nullptr: they are names already
  turn::Lexicon lexicon;        // of the session
  Time origin{};                // session time of t_us 0
};

/// A quick fingerprint of samples: equal audio, equal number. Not against forgers.
std::uint64_t fingerprint(std::span<const std::int16_t> pcm);

/// Appends to a string. Times become whole microseconds in fields that end in _us.
class JsonWriter {
 public:
  /// `audio`: where samples of events go; nullptr where none occur.
  JsonWriter(std::string& out, const WriteRules& rules, AudioBytes* audio = nullptr)
      : out_(out), rules_(rules), audio_(audio) {}

  void open() { out_ += '{', first_ = true; }
  void close() { out_ += '}', first_ = false; }
  void key(std::string_view name, std::string_view suffix = "") {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += suffix;
    out_ += "\":";
  }

  template <typename T>
  void operator()(std::string_view name, const T& value) {
    static_assert(!std::is_same_v<T, std::string>, "say what it is: text, id, prose or code");
    key(name, kIsTime<T> ? "_us" : "");
    put(value);
  }
  void text(std::string_view name, const std::string& value) {
    key(name);
    put_text(value);
  }
  void text(std::string_view name, const std::optional<std::string>& value) {
    key(name);
    value ? put_text(*value) : put_null();
  }
  void texts(std::string_view name, const std::vector<std::string>& values);
  void speech(std::string_view name, const std::string& value) {
    key(name);
    append_text(out_, rules_.redact ? speech_shape_of(value, rules_.lexicon) : value);
  }
  void id(std::string_view name, const std::string& value) {
    key(name);
    put_id(value);
  }
  void id(std::string_view name, const std::optional<std::string>& value) {
    key(name);
    value ? put_id(*value) : put_null();
  }
  void code(std::string_view name, const std::string& value) {
    key(name);
    append_text(out_, value);
  }
  void prose(std::string_view name, const std::string& value) {
    key(name);
    append_text(out_, rules_.redact ? "" : value);
  }
  void metadata(std::string_view name, const std::map<std::string, std::string>& value);
  /// Lists of words, each written as one text.
  void phrases(std::string_view name, const std::vector<turn::Words>& value);
  /// Of an action: how much, and its fingerprint.
  void pcm(std::string_view name, std::span<const std::int16_t> value);
  /// Of an event: how much; the samples go to the file.
  void pcm(AudioFile file, std::span<const std::int16_t> value);

  template <typename T>
  void put(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_ += value ? "true" : "false";
    } else if constexpr (std::is_enum_v<T>) {
      put_enum(value);
    } else if constexpr (std::is_integral_v<T>) {
      fmt::format_to(std::back_inserter(out_), "{}", value);
    } else if constexpr (std::is_floating_point_v<T>) {
      put_number(value);
    } else {
      put_struct(value);
    }
  }
  void put(const TurnId& turn) { put(turn.value); }
  void put(const Duration& time) { put(time.count()); }
  void put(const Time& time) { put((time - rules_.origin).count()); }
  template <typename T>
  void put(const std::optional<T>& value) {
    value ? put(*value) : put_null();
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      put(values[i]);
    }
    out_ += ']';
  }
  template <typename T>
  void put(const Result<T>& result) {
    open();
    key(result ? "ok" : "error");
    if (!result) {
      put(result.error());
    } else if constexpr (std::is_void_v<T>) {
      put(true);
    } else {
      put(*result);
    }
    close();
  }
  /// {"do": NAME, ...}, for a notice {"notify": NAME, ...}.
  void put(const session::Action& action) {
    open();
    std::visit(
        [this](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, session::Notify>) {
            held("notify", value.notice);
          } else {
            code("do", std::string(kName<std::decay_t<decltype(value)>>));
            describe_const(value);
          }
        },
        action);
    close();
  }
  /// The name of the alternative that a variant holds, and its fields; without braces.
  template <typename Variant>
  void held(std::string_view key_of_name, const Variant& variant) {
    code(key_of_name, std::string(name_of_held(variant)));
    std::visit([this](const auto& value) { describe_const(value); }, variant);
  }

  template <typename T>
  static constexpr bool kIsTime =
      std::is_same_v<T, Duration> || std::is_same_v<T, Time> ||
      std::is_same_v<T, std::optional<Duration>> || std::is_same_v<T, std::optional<Time>>;

 private:
  // Descriptions serve readers too and so take values that may be changed; a writer does not.
  template <typename T>
  void describe_const(const T& value) {
    describe(*this, const_cast<T&>(value));
  }
  template <typename T>
  void put_struct(const T& value) {
    open();
    describe_const(value);
    close();
  }
  template <typename E>
  void put_enum(E value) {
    const auto index = static_cast<std::size_t>(value);
    if (index < EnumNames<E>::kNames.size()) {
      append_text(out_, EnumNames<E>::kNames[index]);
    } else {
      put(index);
    }
  }
  void put_number(double value);
  void put_null() { out_ += "null"; }
  void put_text(std::string_view text);
  void put_id(std::string_view id);

  std::string& out_;
  const WriteRules& rules_;
  AudioBytes* audio_;
  bool first_ = true;
};

/// Appends the list of what a session decided.
void append_actions(std::string& out, std::span<const session::Action> actions,
                    const WriteRules& rules);

}  // namespace eva::replay
