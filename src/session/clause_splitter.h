#pragma once
// Cuts a streamed reply into pieces for the voice, so that she speaks while the rest is being
// written.
#include <optional>
#include <string>
#include <string_view>

namespace eva::session {

/// Nothing but white space: nothing to say.
bool blank(std::string_view text);

/// Feeds on LLM text in any chunking; yields sentences, and for the first piece already a clause
/// (at a comma, once it has 12 characters; a sentence that goes on for over 100 before a joining
/// word), because the first audio can then start earlier. No piece is longer than 200 characters.
/// Concatenating all pieces gives the text back, byte for byte. A sentence end is . ! ? … or a line
/// break, followed by white space; abbreviations ("Dr.", "e.g.", "3.5") and single initials do not
/// end one.
class ClauseSplitter {
 public:
  static constexpr std::size_t kMaxLength = 200;
  static constexpr std::size_t kMaxFirstLength = 100;  // about 0.5 s of work for the voice

  void push(std::string_view text);
  /// The text is complete: pop() yields the rest.
  void finish() { finished_ = true; }
  /// The next piece, with its trailing white space, or nullopt if none is complete yet.
  std::optional<std::string> pop();

 private:
  std::size_t find_cut() const;

  std::string pending_;
  bool finished_ = false;
  bool first_ = true;
};

}  // namespace eva::session
