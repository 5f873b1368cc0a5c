#pragma once
// Token ids to text: the vocabulary of a byte-level BPE model.
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace eva::engine {

/// Immutable; any thread.
class TokenText {
 public:
  /// Reads lines of "<base64 of the token's bytes> <id>". kNotFound: no such file. kBadConfig: a
  /// line of another form, an id outside 0..200,000.
  static Result<TokenText> load(const std::filesystem::path& file);
  /// The same from the content of the file.
  static Result<TokenText> parse(std::string_view lines);

  /// Valid UTF-8 without blanks at its ends. Ids without text (special tokens) and bytes that do
  /// not form a character are left out.
  std::string text(std::span<const std::int64_t> tokens) const;

  /// The tokens of a text that follows the transcript's beginning (so with a blank before its first
  /// word), as Whisper itself would write them or nearly so. text() of them is `text` again, if
  /// that has no blanks at its ends.
  std::vector<std::int64_t> tokens(std::string_view text) const;

  /// The token begins with a blank, so with a new word.
  bool starts_word(std::int64_t token) const;

 private:
  void append_piece(std::string_view piece, std::vector<std::int64_t>& tokens) const;

  std::vector<std::string> bytes_;                     // by id
  std::unordered_map<std::string, std::int64_t> ids_;  // by bytes
};

}  // namespace eva::engine
