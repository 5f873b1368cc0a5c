#include "engine/token_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <limits>
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
    made.ids_.emplace(*bytes, static_cast<std::int64_t>(id));
  }
  return made;
}

bool TokenText::starts_word(std::int64_t token) const {
  const auto id = static_cast<std::size_t>(token);
  return id < bytes_.size() && bytes_[id].starts_with(' ');
}

std::vector<std::int64_t> TokenText::tokens(std::string_view text) const {
  enum class Kind { kLetter, kDigit, kOther };
  const auto kind_of = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalpha(byte) != 0) return Kind::kLetter;
    return std::isdigit(byte) != 0 ? Kind::kDigit : Kind::kOther;
  };
  // Words, numbers and runs of signs, each with the one blank before it, are encoded by themselves.
  std::vector<std::int64_t> tokens;
  const std::string whole = " " + std::string(text);
  std::size_t begin = 0;
  while (begin < whole.size()) {
    std::size_t end = begin + (whole[begin] == ' ' ? 1 : 0);
    if (end < whole.size()) {
      const Kind kind = kind_of(whole[end]);
      while (end < whole.size() && whole[end] != ' ' && kind_of(whole[end]) == kind) ++end;
    }
    end = std::max(end, begin + 1);
    append_piece(std::string_view(whole).substr(begin, end - begin), tokens);
    begin = end;
  }
  return tokens;
}

void TokenText::append_piece(std::string_view piece, std::vector<std::int64_t>& tokens) const {
  // Byte-pair encoding: the pair whose union has the lowest id was learnt first and is joined
  // first.
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i < piece.size(); ++i) parts.push_back(piece.substr(i, 1));
  for (;;) {
    std::size_t best = parts.size();
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const std::string_view both(parts[i].data(), parts[i].size() + parts[i + 1].size());
      const auto found = ids_.find(std::string(both));
      if (found == ids_.end() || found->second >= lowest) continue;
      lowest = found->second;
      best = i;
    }
    if (best == parts.size()) break;
    parts[best] = {parts[best].data(), parts[best].size() + parts[best + 1].size()};
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
  for (const std::string_view part : parts) {
    const auto found = ids_.find(std::string(part));
    if (found != ids_.end()) tokens.push_back(found->second);
  }
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
