#include "replay/open_requests.h"

#include <variant>

namespace eva::replay {

void OpenRequests::on_actions(std::span<const session::Action> actions) {
  for (const session::Action& action : actions) {
    if (const auto* stt = std::get_if<session::StartStt>(&action)) {
      stt_.insert(stt->turn);
    } else if (const auto* listen = std::get_if<session::ListenStt>(&action)) {
      partials_.insert(listen->turn);
    } else if (const auto* score = std::get_if<session::ScoreTurn>(&action)) {
      scores_.insert(score->turn);
    } else if (const auto* llm = std::get_if<session::StartLlm>(&action)) {
      llm_.insert(llm->turn);
    } else if (const auto* tts = std::get_if<session::StartTts>(&action)) {
      tts_.emplace(tts->turn, tts->piece);
    } else if (const auto* no_llm = std::get_if<session::CancelLlm>(&action)) {
      llm_.erase(no_llm->turn);
    } else if (const auto* none = std::get_if<session::CancelWork>(&action)) {
      for (auto* open : {&stt_, &partials_, &scores_, &llm_}) open->erase(none->turn);
      std::erase_if(tts_, [&](const auto& piece) { return piece.first == none->turn; });
    }
  }
}

bool OpenRequests::take(const session::Event& event) {
  if (const auto* stt = std::get_if<session::SttFinished>(&event)) return stt_.erase(stt->turn) > 0;
  if (const auto* partial = std::get_if<session::SttPartial>(&event)) {
    return partials_.contains(partial->turn);
  }
  if (const auto* score = std::get_if<session::TurnScored>(&event)) {
    return scores_.erase(score->turn) > 0;
  }
  if (const auto* text = std::get_if<session::LlmText>(&event)) return llm_.contains(text->turn);
  if (const auto* llm = std::get_if<session::LlmFinished>(&event)) return llm_.erase(llm->turn) > 0;
  if (const auto* audio = std::get_if<session::TtsAudio>(&event)) {
    return tts_.contains({audio->turn, audio->piece});
  }
  if (const auto* tts = std::get_if<session::TtsFinished>(&event)) {
    return tts_.erase({tts->turn, tts->piece}) > 0;
  }
  return true;
}

}  // namespace eva::replay
