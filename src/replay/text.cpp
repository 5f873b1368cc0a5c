#include "replay/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <iterator>
#include <span>

#include "base/base64.h"

namespace eva::replay {
namespace {

bool continues(unsigned char c) {
  return (c & 0xc0) == 0x80;
}

// Bytes of the character at the front, 0 if it is no valid UTF-8 (RFC 3629).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                             : lead >= 0xe0 && lead <= 0xef ? 3
                             : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(byte(i))) return 0;
  }
  const bool bad = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
                   (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
  return bad ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
  if (!is_utf8(text)) {
    out += R"({"base64":")";
    base64_append(out, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    out += "\"}";
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string shape_of(std::string_view text) {
  std::string shape(text);
  for (char& c : shape) {
    const auto u = static_cast<unsigned char>(c);
    if (c >= 'a' && c <= 'z') c = 'x';
    if (c >= 'A' && c <= 'Z') c = 'X';
    if (c >= '0' && c <= '9') c = '0';
    if (u >= 0x80) {  // é, U+2A69 and U+29A69 by their length
      c = static_cast<char>(continues(u) ? 0xa9 : u < 0xe0 ? 0xc3 : u < 0xf0 ? 0xe2 : 0xf0);
    }
  }
  return shape;
}

std::string speech_shape_of(std::string_view text, const turn::Lexicon& lexicon) {
  const auto holds = [](const std::vector<turn::Words>& phrases, const std::string& word) {
    return std::ranges::any_of(phrases, [&](const turn::Words& phrase) {
      return std::ranges::find(phrase, word) != phrase.end();
    });
  };
  const auto in_word = [](unsigned char c) { return std::isalnum(c) || c == '\'' || c >= 0x80; };
  std::string out = shape_of(text);
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && in_word(static_cast<unsigned char>(text[end]))) ++end;
    const turn::Words words = turn::words_of(text.substr(begin, end - begin));
    if (words.size() == 1) {
      const bool stops = holds(lexicon.stops, words[0]);
      if (stops || holds(lexicon.backchannels, words[0])) {
        for (std::size_t i = begin; i < end; ++i) {
          if (out[i] == 'x') out[i] = stops ? 's' : 'b';
          if (out[i] == 'X') out[i] = stops ? 'S' : 'B';
        }
      }
    }
    begin = end + 1;
  }
  return out;
}

}  // namespace eva::replay
