#include "session/spoken_text.h"

#include <algorithm>
#include <utility>

#include "session/playout.h"

namespace eva::session {
namespace {

// Speaking rate assumed while a piece is still being made (English, about 150 words a minute).
constexpr std::int64_t kCharactersPerSecond = 15;

bool space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

std::string trimmed(std::string text) {
  while (!text.empty() && space(text.back())) text.pop_back();
  return text;
}

// The words of `text` of which at least half lies before `share` (0..1) of its characters.
std::string words_before(const std::string& text, double share) {
  const double limit = share * static_cast<double>(text.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size();) {
    while (i < text.size() && space(text[i])) ++i;
    const std::size_t begin = i;
    while (i < text.size() && !space(text[i])) ++i;
    if (begin < i && static_cast<double>(begin + i) / 2 <= limit) kept = i;
  }
  return text.substr(0, kept);
}

}  // namespace

void SpokenText::begin_piece(std::string text) {
  pieces_.push_back({.text = std::move(text)});
}

void SpokenText::add_audio(std::size_t piece, std::int64_t samples) {
  pieces_[piece].samples += samples;
}

std::int64_t SpokenText::start(std::size_t piece) const {
  std::int64_t at = 0;
  for (std::size_t i = 0; i < piece; ++i) at += pieces_[i].samples;
  return at;
}

std::int64_t SpokenText::samples() const {
  return start(pieces_.size());
}

std::string SpokenText::heard(std::int64_t samples) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    if (samples <= 0) break;
    const auto guessed =
        static_cast<std::int64_t>(piece.text.size()) * Playout::kRate / kCharactersPerSecond;
    const auto length = piece.finished ? piece.samples : std::max(piece.samples, guessed);
    if (samples >= length) {
      out += piece.text;
    } else {
      out += words_before(piece.text, static_cast<double>(samples) / static_cast<double>(length));
    }
    samples -= piece.samples;
  }
  return trimmed(std::move(out));
}

std::string SpokenText::first_pieces(std::size_t n) const {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += pieces_[i].text;
  return trimmed(std::move(out));
}

}  // namespace eva::session
