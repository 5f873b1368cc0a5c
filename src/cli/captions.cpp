#include "cli/captions.h"

#include <fmt/format.h>

#include <variant>

#include "cli/terminal.h"

namespace eva::cli {
namespace {

/// Words of a stranger's: no control characters on the terminal.
std::string printable(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
  }
  return text;
}

}  // namespace

void Captions::begin() {
  show();
}

void Captions::on_notice(const session::Notice& notice) {
  std::visit([this](const auto& n) { on(n); }, notice);
}

void Captions::end() {
  if (state_ == State::kEvaSpeaks && !eva_.empty()) line("Eva: " + eva_ + " [hung up]");
  if (look_.in_place) out_ << kClearLine << std::flush;
}

void Captions::line(const std::string& text) {
  if (look_.in_place) out_ << kClearLine;
  out_ << printable(text) << '\n' << std::flush;
  show();
}

void Captions::show() {
  if (!look_.in_place) return;
  std::string text;
  switch (state_) {
    case State::kListening:
      text = "(listening)";
      break;
    case State::kUserSpeaks:
      text = "you: " + user_ + "...";
      break;
    case State::kThinking:
      text = "(thinking)";
      break;
    case State::kEvaSpeaks:
      text = "Eva: " + eva_ + (gives_way_ ? "..." : "");
      break;
  }
  const auto columns = static_cast<std::size_t>(look_.width > 1 ? look_.width - 1 : 1);
  const std::string shown = printable(text);
  out_ << kClearLine << last_characters(shown, columns) << std::flush;
}

void Captions::on(const session::UserSpeechStarted&) {
  state_ = State::kUserSpeaks;
  user_.clear();
  show();
}

void Captions::on(const session::UserSpeechStopped&) {
  state_ = State::kThinking;
  show();
}

void Captions::on(const session::TranscriptionDelta& notice) {
  user_ += notice.text;
  show();
}

void Captions::on(const session::TranscriptionCompleted& notice) {
  user_.clear();
  if (state_ == State::kThinking && notice.text.empty()) state_ = State::kListening;
  if (!notice.text.empty()) {
    line("you: " + notice.text);
  } else {
    show();
  }
}

void Captions::on(const session::TranscriptionFailed& notice) {
  state_ = State::kListening;
  line("(not understood: " + notice.error.detail + ")");
}

void Captions::on(const session::ReplyStarted&) {
  eva_.clear();
  gives_way_ = false;
  if (state_ == State::kListening) state_ = State::kThinking;
  show();
}

void Captions::on(const session::ReplyText& notice) {
  eva_ += notice.text;
  state_ = State::kEvaSpeaks;
  show();
}

void Captions::on(const session::ReplyLevel& notice) {
  gives_way_ = notice.level != session::Playout::Level::kFull;
  show();
}

void Captions::on(const session::ReplyFinished& notice) {
  if (notice.status != session::ReplyFinished::Status::kFailed || !notice.error) return;
  line("(no answer: " + notice.error->detail + ")");
}

void Captions::on(const session::TurnClosed& notice) {
  const auto& record = notice.record;
  if (state_ != State::kUserSpeaks) state_ = State::kListening;
  if (record.response_id.empty() || (record.heard_text.empty() && !record.interrupted)) {
    show();
    return;
  }
  line("Eva: " + record.heard_text + (record.interrupted ? " [interrupted]" : ""));
}

}  // namespace eva::cli
