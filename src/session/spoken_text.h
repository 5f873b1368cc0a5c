#pragma once
// Which words of a reply have been heard: maps positions in its audio to positions in its text.
#include <cstdint>
#include <string>
#include <vector>

namespace eva::session {

/// One per reply. Inside a piece the words are spread over its audio by their length, because
/// voices give no word times; pieces are clauses, so the error stays small.
class SpokenText {
 public:
  /// A piece of text was handed to the voice; its audio follows the last piece's.
  void begin_piece(std::string text);
  /// `samples` more of the newest unfinished piece with this index exist.
  void add_audio(std::size_t piece, std::int64_t samples);

  const std::string& text(std::size_t piece) const { return pieces_[piece].text; }
  std::size_t pieces() const { return pieces_.size(); }
  /// No more audio of that piece will come. Until then its length is guessed from its text.
  void finish_piece(std::size_t piece) { pieces_[piece].finished = true; }

  /// Samples of that piece so far.
  std::int64_t audio_of(std::size_t piece) const { return pieces_[piece].samples; }
  /// First sample of a piece in the reply's audio.
  std::int64_t start(std::size_t piece) const;
  std::int64_t samples() const;

  /// The whole words heard when `samples` of the reply's audio were played; a word counts once half
  /// of it was heard. Trailing white space is cut.
  std::string heard(std::int64_t samples) const;
  /// The text of the first n pieces, trimmed.
  std::string first_pieces(std::size_t n) const;

 private:
  struct Piece {
    std::string text;
    std::int64_t samples = 0;
    bool finished = false;
  };
  std::vector<Piece> pieces_;
};

}  // namespace eva::session
