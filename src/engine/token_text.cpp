#include "engine/token_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

namespace eva::engine {
namespace {

constexpr std::size_t kMaxId = 200'000;

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

/// Length of the well-formed character at the front (Unicode 15, table 3-7), 0 if there is none.
std::size_t character_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  const auto continues = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool too_large = lead == 0xF4 && at(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

std::string valid_utf8(std::string_view bytes) {
  std::string valid;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    valid += bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

}  // namespace

Result<TokenText> TokenText::load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(ErrorCode::kNotFound, fmt::format("no vocabulary {}", file.string()));
  std::stringstream content;
  content << stream.rdbuf();
  auto parsed = parse(content.view());
  if (!parsed) {
    return fail(parsed.error().code, fmt::format("{}: {}", file.string(), parsed.error().detail));
  }
  return parsed;
}

Result<TokenText> TokenText::parse(std::string_view lines) {
  TokenText made;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const std::size_t blank = line.find(' ');
    const auto bytes = decode_base64(line.substr(0, blank));
    const std::string_view digits = blank == std::string_view::npos ? "" : line.substr(blank + 1);
    std::size_t id = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (!bytes || error != std::errc{} || end != digits.data() + digits.size() || id > kMaxId) {
      return fail(ErrorCode::kBadConfig, fmt::format("line {} is not a token and its id", number));
    }
    if (id >= made.bytes_.size()) made.bytes_.resize(id + 1);
    made.bytes_[id] = *bytes;
  }
  return made;
}

std::string TokenText::text(std::span<const std::int64_t> tokens) const {
  std::string bytes;
  for (const std::int64_t token : tokens) {
    const auto id = static_cast<std::size_t>(token);
    if (id < bytes_.size()) bytes += bytes_[id];
  }
  const std::string whole = valid_utf8(bytes);
  const std::size_t first = whole.find_first_not_of(" \n");
  if (first == std::string::npos) return "";
  return whole.substr(first, whole.find_last_not_of(" \n") - first + 1);
}

}  // namespace eva::engine
