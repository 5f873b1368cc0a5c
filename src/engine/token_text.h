#pragma once
// Token ids to text: the vocabulary of a byte-level BPE model.
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
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

 private:
  std::vector<std::string> bytes_;  // by id
};

}  // namespace eva::engine
