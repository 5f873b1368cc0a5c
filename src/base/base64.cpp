#include "base/base64.h"

#include <array>

namespace eva {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kInvalid = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kInvalid);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

}  // namespace

void base64_append(std::string& out, std::span<const std::uint8_t> bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const unsigned bits = static_cast<unsigned>(bytes[i]) << 16 |
                          static_cast<unsigned>(bytes[i + 1]) << 8 | bytes[i + 2];
    const char four[] = {kAlphabet[bits >> 18], kAlphabet[bits >> 12 & 63],
                         kAlphabet[bits >> 6 & 63], kAlphabet[bits & 63]};
    out.append(four, 4);
  }
  if (i == bytes.size()) return;
  const bool two = i + 2 == bytes.size();
  const unsigned bits =
      static_cast<unsigned>(bytes[i]) << 16 | (two ? static_cast<unsigned>(bytes[i + 1]) << 8 : 0);
  const char four[] = {kAlphabet[bits >> 18], kAlphabet[bits >> 12 & 63],
                       two ? kAlphabet[bits >> 6 & 63] : '=', '='};
  out.append(four, 4);
}

std::optional<std::vector<std::uint8_t>> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  std::vector<std::uint8_t> out;
  out.reserve(text.size() * 3 / 4);
  unsigned bits = 0;
  int have = 0;
  for (const char c : text) {
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(c)];
    if (value == kInvalid) return std::nullopt;
    bits = bits << 6 | value;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<std::uint8_t>(bits >> have & 0xff));
    }
  }
  return out;
}

}  // namespace eva
