#include "replay/reply_book.h"

#include "replay/json_writer.h"

namespace eva::replay {

void ReplyBook::on_event(const session::Event& event, Time now) {
  now_ = now;
  // Only what was asked for reaches a session; each answer has its request here.
  if (const auto* audio = std::get_if<session::AudioReceived>(&event)) {
    received_ += std::ssize(audio->pcm);
  } else if (const auto* stt = std::get_if<session::SttFinished>(&event)) {
    Stt& entry = stt_[stt_of_.at(stt->turn)];
    entry.after = now - entry.asked;
    entry.result = stt->result;
  } else if (const auto* partial = std::get_if<session::SttPartial>(&event)) {
    partials_[partials_of_.at(partial->turn)].all.emplace_back(now, partial->partial);
  } else if (const auto* score = std::get_if<session::TurnScored>(&event)) {
    Score& entry = scores_[score_of_.at(score->turn)];
    entry.after = now - entry.asked;
    entry.result = score->probability;
  } else if (const auto* text = std::get_if<session::LlmText>(&event)) {
    Llm& entry = llm_[llm_of_.at(text->turn)];
    entry.after = now - entry.asked;
    entry.texts.emplace_back(entry.after, text->text);
  } else if (const auto* llm = std::get_if<session::LlmFinished>(&event)) {
    Llm& entry = llm_[llm_of_.at(llm->turn)];
    entry.after = now - entry.asked;
    entry.result = llm->result;
  } else if (const auto* sound = std::get_if<session::TtsAudio>(&event)) {
    Tts& entry = tts_[tts_of_.at({sound->turn, sound->piece})];
    entry.after = now - entry.asked;
    entry.audio.emplace_back(entry.after, sound->pcm);
  } else if (const auto* tts = std::get_if<session::TtsFinished>(&event)) {
    Tts& entry = tts_[tts_of_.at({tts->turn, tts->piece})];
    entry.after = now - entry.asked;
    entry.result = tts->result;
  }
}

void ReplyBook::on_actions(std::span<const session::Action> actions) {
  for (const session::Action& action : actions) {
    if (const auto* stt = std::get_if<session::StartStt>(&action)) {
      stt_of_[stt->turn] = stt_.size();
      stt_.push_back({.stretch = last(stt->request.pcm.size()),
                      .hash = fingerprint(stt->request.pcm),
                      .asked = now_});
    } else if (const auto* listen = std::get_if<session::ListenStt>(&action)) {
      partials_of_[listen->turn] = partials_.size();
      partials_.push_back({.began = received_});
    } else if (const auto* score = std::get_if<session::ScoreTurn>(&action)) {
      score_of_[score->turn] = scores_.size();
      scores_.push_back({.stretch = last(score->pcm.size()), .asked = now_});
    } else if (const auto* llm = std::get_if<session::StartLlm>(&action)) {
      llm_of_[llm->turn] = llm_.size();
      llm_.push_back({.request = llm->request, .asked = now_});
    } else if (const auto* tts = std::get_if<session::StartTts>(&action)) {
      tts_of_[{tts->turn, tts->piece}] = tts_.size();
      tts_.push_back({.text = tts->request.text, .asked = now_});
    } else if (const auto* no_llm = std::get_if<session::CancelLlm>(&action)) {
      cancel(llm_, llm_of_, no_llm->turn);
    } else if (const auto* none = std::get_if<session::CancelWork>(&action)) {
      cancel(stt_, stt_of_, none->turn);
      cancel(scores_, score_of_, none->turn);
      cancel(llm_, llm_of_, none->turn);
      for (const auto& [piece, index] : tts_of_) {
        if (piece.first == none->turn && !tts_[index].result) {
          tts_[index].after = now_ - tts_[index].asked;
        }
      }
    }
  }
}

}  // namespace eva::replay
