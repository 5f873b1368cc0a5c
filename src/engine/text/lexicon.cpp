#include "engine/text/lexicon.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "engine/text/scan.h"
#include "engine/text/utf8.h"

namespace eva::text {
namespace {

constexpr std::size_t kErrorsMax = 10;

constexpr std::array<std::string_view, 16> kVowels = {
    "aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"};
constexpr std::array<std::string_view, 24> kConsonants = {
    "b",  "ch", "d", "dh", "f",  "g", "hh", "jh", "k", "l", "m", "n",
    "ng", "p",  "r", "s",  "sh", "t", "th", "v",  "w", "y", "z", "zh"};

/// The symbols of en_US Piper voices that IPA entries may use.
constexpr std::u32string_view kIpa = U" abdefhijklmnoprstuvwzæðŋɐɑɔəɚɛɜɡɪɫɹɾʃʊʌʒʔˈˌːθᵻ\u0329";

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

Result<Phone> parse_phone(std::string_view written) {
  Phone phone{.name = std::string(written)};
  const bool digit = is_digit(written.back());
  if (digit) {
    phone.stress = written.back() - '0';
    phone.name.pop_back();
  }
  if (contains(kConsonants, phone.name)) {
    if (!digit) return phone;
    return fail(ErrorCode::kBadInput, fmt::format("consonant '{}' has a stress digit", written));
  }
  if (!contains(kVowels, phone.name)) {
    return fail(ErrorCode::kBadInput, fmt::format("'{}' is not a phone", written));
  }
  if (!digit || phone.stress > 2) {
    return fail(ErrorCode::kBadInput,
                fmt::format("vowel '{}' needs a stress digit 0, 1 or 2", written));
  }
  return phone;
}

Result<Pronunciation> parse_ipa(std::string_view text) {
  if (text.size() < 3 || text.back() != '/') {
    return fail(ErrorCode::kBadInput, "IPA must stand between two slashes");
  }
  const std::string_view inside = text.substr(1, text.size() - 2);
  std::string checked;
  for (const char32_t code : decode_utf8(inside)) {
    std::string symbol;
    append_utf8(symbol, code);
    if (kIpa.find(code) == std::u32string_view::npos) {
      return fail(ErrorCode::kBadInput, fmt::format("'{}' is not a symbol of the voice", symbol));
    }
    checked += symbol;
  }
  if (checked != inside) return fail(ErrorCode::kBadInput, "not valid UTF-8");
  return Pronunciation{.phones = {}, .ipa = checked};
}

}  // namespace

bool Phone::is_vowel() const {
  return contains(kVowels, name);
}

Result<Pronunciation> parse_pronunciation(std::string_view text) {
  text = trim(text);
  if (text.empty()) return fail(ErrorCode::kBadInput, "the pronunciation is empty");
  if (text.front() == '/') return parse_ipa(text);
  Pronunciation pronunciation;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    Result<Phone> phone = parse_phone(text.substr(0, end));
    if (!phone) return std::unexpected(phone.error());
    pronunciation.phones.push_back(std::move(*phone));
    text = trim(text.substr(end));
  }
  return pronunciation;
}

Result<Lexicon> Lexicon::parse(std::string_view content, const std::string& file_name) {
  Lexicon lexicon;
  std::string errors;
  std::size_t error_count = 0;
  std::size_t line_number = 0;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    const std::string_view line = trim(content.substr(0, end));
    content.remove_prefix(std::min(end + 1, content.size()));
    ++line_number;
    if (line.empty() || line.front() == '#') continue;

    const std::size_t tab = line.find('\t');
    const std::string_view word = trim(line.substr(0, std::min(tab, line.size())));
    std::string problem;
    if (tab == std::string_view::npos) {
      problem = "expected word<TAB>pronunciation";
    } else if (word.find(' ') != std::string_view::npos) {
      problem = fmt::format("'{}' has a space: list each word by itself", word);
    } else if (Result<Pronunciation> sound = parse_pronunciation(line.substr(tab + 1)); !sound) {
      problem = sound.error().detail;
    } else if (!lexicon.entries_.emplace(lower(word), std::move(*sound)).second) {
      problem = fmt::format("'{}' is listed twice", word);
    }
    if (problem.empty() || ++error_count > kErrorsMax) continue;
    if (!errors.empty()) errors += '\n';
    errors += fmt::format("{}:{}: {}", file_name, line_number, problem);
  }
  if (!errors.empty()) return fail(ErrorCode::kBadInput, std::move(errors));
  return lexicon;
}

Result<Lexicon> Lexicon::read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::kNotFound, fmt::format("cannot open lexicon {}", file.string()));
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return fail(ErrorCode::kIo, fmt::format("cannot read lexicon {}", file.string()));
  return parse(content, file.string());
}

const Pronunciation* Lexicon::find(std::string_view word) const {
  const auto entry = entries_.find(lower(word));
  return entry == entries_.end() ? nullptr : &entry->second;
}

}  // namespace eva::text
