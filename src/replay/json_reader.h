#pragma once
// Reads described values (describe.h) from parsed JSON. Recordings are treated as hostile input.
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "replay/describe.h"

namespace eva::replay {

/// The audio that the lines of a recording count off, one file each.
class AudioSupply {
 public:
  static constexpr std::size_t kMostAtOnce = 1 << 22;  // samples; 4 minutes
  static constexpr std::size_t kMostOfNone = 1
                                             << 28;  // samples that a redacted recording may claim

  /// Samples of a file, to be handed out from the front.
  void give(AudioFile file, std::vector<std::int16_t> pcm);
  /// The recording is redacted: silence of any length is there.
  void give_silence() { silence_.resize(kMostAtOnce); }
  /// The next samples, valid for the supply's life; nullopt: there are not so many.
  std::optional<std::span<const std::int16_t>> take(AudioFile file, std::size_t samples);
  /// Samples that nothing has taken.
  std::size_t left(AudioFile file) const;

 private:
  struct Source {
    std::vector<std::int16_t> pcm;
    std::size_t taken = 0;
  };
  std::array<Source, kAudioFiles> sources_;
  std::vector<std::int16_t> silence_;  // empty: the recording has audio
  std::size_t claimed_ = 0;
};

/// What all readers of one recording share. The first mistake is kept; what is read after it means
/// nothing.
struct ReadState {
  Time origin{};
  AudioSupply* audio = nullptr;
  bool may_miss = false;  // fields may be missing and keep their defaults
  std::string mistake;
};

class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, ReadState& state) : object_(object), state_(state) {
    if (!object_.is_object()) wrong("it is no object");
  }

  template <typename T>
  void operator()(std::string_view name, T& value) {
    static_assert(!std::is_same_v<T, std::string>, "say what it is: text, id, prose or code");
    const bool is_time = std::is_same_v<T, Duration> || std::is_same_v<T, Time> ||
                         std::is_same_v<T, std::optional<Duration>> ||
                         std::is_same_v<T, std::optional<Time>>;
    with(is_time ? std::string(name) + "_us" : std::string(name),
         [&](const nlohmann::json& field) { get(field, value); });
  }
  void text(std::string_view name, std::string& value) {
    with(name, [&](const nlohmann::json& field) { get_text(field, value); });
  }
  void text(std::string_view name, std::optional<std::string>& value) {
    with(name, [&](const nlohmann::json& field) {
      value.reset();
      if (!field.is_null()) get_text(field, value.emplace());
    });
  }
  void speech(std::string_view name, std::string& value) { text(name, value); }
  void id(std::string_view name, std::string& value) { text(name, value); }
  void id(std::string_view name, std::optional<std::string>& value) { text(name, value); }
  void code(std::string_view name, std::string& value) { text(name, value); }
  void prose(std::string_view name, std::string& value) { text(name, value); }
  void metadata(std::string_view name, std::map<std::string, std::string>& value);
  void phrases(std::string_view name, std::vector<turn::Words>& value);
  void pcm(AudioFile file, std::span<const std::int16_t>& value);
  void pcm(AudioFile file, std::vector<std::int16_t>& value);

 private:
  static constexpr std::int64_t kLongestUs = 1'000'000LL * 60 * 60 * 24 * 365;

  template <typename Use>
  void with(std::string_view name, Use use) {
    if (!state_.mistake.empty()) return;
    const auto field = object_.find(name);
    if (field != object_.end()) {
      use(*field);
      if (!state_.mistake.empty()) state_.mistake += " (in \"" + std::string(name) + "\")";
    } else if (!state_.may_miss) {
      wrong("there is no \"" + std::string(name) + "\"");
    }
  }
  void wrong(std::string what) {
    if (state_.mistake.empty()) state_.mistake = std::move(what);
  }

  template <typename T>
  void get(const nlohmann::json& field, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      field.is_boolean() ? value = field.get<bool>() : (wrong("true or false is missing"), false);
    } else if constexpr (std::is_enum_v<T>) {
      get_enum(field, value);
    } else if constexpr (std::is_integral_v<T>) {
      get_integer(field, value);
    } else if constexpr (std::is_floating_point_v<T>) {
      if (!field.is_number()) return wrong("a number is missing");
      value = field.get<T>();
    } else {
      // Settings that this version has and the recording's had not keep their defaults.
      constexpr bool kMayMiss =
          std::is_same_v<T, session::Settings> || std::is_same_v<T, session::Limits>;
      const bool before = std::exchange(state_.may_miss, state_.may_miss || kMayMiss);
      JsonReader inside(field, state_);
      describe(inside, value);
      state_.may_miss = before;
    }
  }
  void get(const nlohmann::json& field, TurnId& turn) { get(field, turn.value); }
  void get(const nlohmann::json& field, Duration& time) {
    std::int64_t us = 0;
    get_integer(field, us);
    if (us < 0 || us > kLongestUs) return wrong("a time is out of range");
    time = Duration{us};
  }
  void get(const nlohmann::json& field, Time& time) {
    Duration since{};
    get(field, since);
    time = state_.origin + since;
  }
  template <typename T>
  void get(const nlohmann::json& field, std::optional<T>& value) {
    value.reset();
    if (!field.is_null()) get(field, value.emplace());
  }
  template <typename T>
  void get(const nlohmann::json& field, std::vector<T>& values) {
    if (!field.is_array()) return wrong("a list is missing");
    values.clear();
    for (const auto& one : field) get(one, values.emplace_back());
  }
  template <typename T>
  void get(const nlohmann::json& field, Result<T>& result) {
    if (!field.is_object()) return wrong("a result is missing");
    if (const auto error = field.find("error"); error != field.end()) {
      Error read{};
      get(*error, read);
      result = std::unexpected(std::move(read));
      return;
    }
    const auto ok = field.find("ok");
    if (ok == field.end()) return wrong("a result is neither \"ok\" nor \"error\"");
    if constexpr (std::is_void_v<T>) {
      result = {};
    } else {
      T value{};
      get(*ok, value);
      result = std::move(value);
    }
  }
  template <typename T>
  void get_integer(const nlohmann::json& field, T& value) {
    // Numbers beyond 64 bits are floating to the parser.
    const bool fits =
        field.is_number_unsigned()
            ? field.get<std::uint64_t>() <=
                  static_cast<std::uint64_t>(std::numeric_limits<T>::max())
            : field.is_number_integer() && std::in_range<T>(field.get<std::int64_t>());
    if (!fits) return wrong("a whole number is missing or out of range");
    value = field.get<T>();
  }
  template <typename E>
  void get_enum(const nlohmann::json& field, E& value) {
    const auto& names = EnumNames<E>::kNames;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (field == names[i]) {
        value = static_cast<E>(i);
        return;
      }
    }
    wrong("it has none of the values known");
  }
  void get_text(const nlohmann::json& field, std::string& value);

  const nlohmann::json& object_;
  ReadState& state_;
};

/// The alternative of a variant with that name, from the fields of `object`; nullopt: no
/// alternative is called so.
template <typename Variant, std::size_t I = 0>
std::optional<Variant> read_named(std::string_view name, const nlohmann::json& object,
                                  ReadState& state) {
  if constexpr (I == std::variant_size_v<Variant>) {
    return std::nullopt;
  } else {
    using T = std::variant_alternative_t<I, Variant>;
    if (name != kName<T>) return read_named<Variant, I + 1>(name, object, state);
    T value{};
    JsonReader reader(object, state);
    describe(reader, value);
    return value;
  }
}

}  // namespace eva::replay
