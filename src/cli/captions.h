#pragma once
// A live call on the terminal: what the user and Eva say, and what she is doing.
#include <ostream>
#include <string>

#include "session/events.h"

namespace eva::cli {

/// One line per utterance, when it is complete. On a terminal the last line shows what is being
/// said, or the state, and is rewritten in place.
class Captions {
 public:
  struct Look {
    bool in_place = false;  // the stream is a terminal that knows a carriage return
    int width = 80;         // of that terminal, in columns
  };
  Captions(std::ostream& out, Look look) : out_(out), look_(look) {}

  /// The call has begun.
  void begin();
  void on_notice(const session::Notice& notice);
  /// Ends what Eva was saying, clears the line in place. Last.
  void end();

 private:
  enum class State { kListening, kUserSpeaks, kThinking, kEvaSpeaks };

  void on(const session::UserSpeechStarted&);
  void on(const session::UserSpeechStopped&);
  void on(const session::TranscriptionDelta& notice);
  void on(const session::TranscriptionCompleted& notice);
  void on(const session::TranscriptionFailed& notice);
  void on(const session::ReplyStarted&);
  void on(const session::ReplyText& notice);
  void on(const session::ReplyLevel& notice);
  void on(const session::ReplyFinished& notice);
  void on(const session::TurnClosed& notice);
  template <typename Other>
  void on(const Other&) {}

  void line(const std::string& text);
  void show();

  std::ostream& out_;
  const Look look_;
  State state_ = State::kListening;
  bool gives_way_ = false;
  std::string user_;  // what is certain of the words under way
  std::string eva_;   // what she has begun to say of this reply
};

}  // namespace eva::cli
