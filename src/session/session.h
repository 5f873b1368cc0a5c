#pragma once
// The conversation: decides who speaks, what is transcribed, asked, spoken, and what was heard.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "echo/echo_guard.h"
#include "session/conversation.h"
#include "session/events.h"
#include "session/input_audio.h"
#include "session/playout.h"
#include "session/reply.h"
#include "session/settings.h"
#include "session/speculation.h"
#include "session/user_turn.h"
#include "turn/turn_machine.h"
#include "vad/vad.h"

namespace eva::session {

/// What a session is given for life.
struct SessionParts {
  std::unique_ptr<vad::Vad> vad;
  std::function<std::unique_ptr<turn::EndOfTurn>(const turn::TurnSettings&)> end_of_turn;
  // Of what is said over her; never null.
  std::shared_ptr<const turn::Lexicon> lexicon = std::make_shared<turn::Lexicon>();
  Settings settings;
  Limits limits;
  std::string id_suffix;  // makes this session's ids differ from others', e.g. 16 random hex digits
};

/// Sans-I/O: no thread, clock, socket or callback inside. on() applies one event and appends what
/// the host must do, in order; the host performs that afterwards and calls on(Ticked) at
/// next_deadline(). Dialogue decisions follow media time (samples received), pacing follows `now`,
/// which must not decrease. Not thread-safe; lives on its loop. About 0.1 ms per 32 ms of audio
/// (the VAD), else µs.
class Session {
 public:
  explicit Session(SessionParts parts);

  void on(const Event& event, Time now, std::vector<Action>& actions);
  /// When to deliver Ticked next, nullopt for never. Changes only inside on().
  std::optional<Time> next_deadline() const;

  const Settings& settings() const { return settings_; }
  const Conversation& conversation() const { return conversation_; }
  const std::string& id() const { return id_; }
  /// Samples of the caller that the voice detector has been given, the window under way included.
  std::int64_t detected() const { return next_window_; }

 private:
  static constexpr std::size_t kTranscriptions = 8;  // that one session may await

  struct Heard {  // of a past reply, for truncation
    std::string item_id;
    SpokenText spoken;
    std::int64_t samples = 0;  // sent to the client
    Delivery delivery;         // where in the reply they are
  };

  void handle(const AudioReceived& event);
  void handle(const Ticked& event);
  void handle(const SttFinished& event);
  void handle(const SttPartial& event);
  void handle(const TurnScored& event);
  void handle(const LlmText& event);
  void handle(const LlmFinished& event);
  void handle(const TtsAudio& event);
  void handle(const TtsFinished& event);
  void handle(const ChangeSettings& event);
  void handle(const CommitInput& event);
  void handle(const ClearInput& event);
  void handle(const CreateItem& event);
  void handle(const DeleteItem& event);
  void handle(const RetrieveItem& event);
  void handle(const TruncateItem& event);
  void handle(const CreateReply& event);
  void handle(const CancelReply& event);
  void handle(const Greet& event);

  void on_turn_event(const turn::SpeechStarted& event);
  void on_turn_event(const turn::SpeechPaused& event);
  void on_turn_event(const turn::SpeechResumed& event);
  void on_turn_event(const turn::TurnEnded& event);

  /// The one place where staleness is tested: is a result with this id still wanted?
  bool is_current(TurnId turn) const;
  TurnId new_turn() { return TurnId{++last_turn_}; }
  std::string new_id(const char* kind);
  void notify(Notice notice);
  void refuse(const std::string& event_id, const char* code, std::string message,
              const char* param = "");

  void refuse_transcription(const std::string& event_id);

  void process_windows();
  /// What came until now is no longer looked at.
  void skip_windows();
  struct Window {
    float speech_probability;
    double power;  // mean square
  };
  /// Of the window of the user's audio that begins at `begin`.
  Window hear(std::span<const std::int16_t> window, Duration begin);
  /// Tells the echo guard what the listener will hear, before it is counted as sent.
  void guard_against(std::span<const std::int16_t> frame, Time heard_at);
  bool keeps_windows_back() const;
  /// When a client that sends no more audio is taken for a silent one; nullopt = not needed now.
  std::optional<Time> next_silence_at() const;
  void bound_wait();
  void announce_turn();
  void listen();
  void feed_partials();
  void drop_user_turn();
  TurnId start_stt(std::vector<std::int16_t> pcm, std::string shown = "");
  void commit(UserTurn turn, Duration end, bool respond);
  void finish_transcription(Transcribing work, const Result<speech::Transcript>& result);

  bool may_overlap() const;
  void weigh_overlap(bool speech, double power, Duration begin, Duration end);
  void settle_overlap();
  void ask_words();
  void on_overlap_words(const Result<speech::Transcript>& result);
  /// She goes on, or has nothing left to say.
  void end_overlap();
  /// It was said over something that may not be interrupted: it is answered afterwards.
  bool heard_in_overlap() const;
  void keep_overlap_record(bool stopped);
  void set_level(Playout::Level level);
  /// Her reply is over while somebody speaks over it.
  void leave_floor();

  void speculate();
  /// True if the event belongs to the speculation, which keeps it.
  bool hold(const LlmText& event);
  bool hold(const LlmFinished& event);
  bool hold(const TtsAudio& event);
  bool hold(const TtsFinished& event);
  bool is_speculation(TurnId turn) const { return speculation_ && speculation_->turn == turn; }
  void speak_speculation();
  void drop_speculation();
  /// True if the reply that is about to ask the brain took the speculation's place.
  bool adopt_speculation();
  speech::LlmRequest chat_request(const std::string& instructions, std::optional<int> max_tokens,
                                  const std::string& next = "") const;

  bool nobody_speaks() const;
  void mind_silence();
  /// A reply without the brain.
  void say(std::string_view text);

  void request_reply(ReplyOptions options, TurnRecord record);
  void open_reply(ReplyOptions options, TurnRecord record);
  void start_waiting_reply();
  void take_text(std::string_view text);
  void pump_voice();
  void pump_playout();
  void finish_reply(ReplyFinished::Status status, ReplyFinished::Reason reason);
  void cut_reply(ReplyFinished::Reason reason, std::optional<std::int64_t> heard = std::nullopt);
  void close_reply();
  void end_reply();

  // given
  std::unique_ptr<vad::Vad> vad_;
  std::function<std::unique_ptr<turn::EndOfTurn>(const turn::TurnSettings&)> end_of_turn_;
  std::shared_ptr<const turn::Lexicon> lexicon_;
  Settings settings_;
  Limits limits_;
  std::string suffix_;
  std::string id_;
  // owned
  InputAudio input_;
  turn::TurnMachine machine_;
  Conversation conversation_;
  Playout playout_;
  std::unique_ptr<echo::EchoGuard> echo_;  // once she was heard
  // state
  Time audio_at_{};                   // the newest audio of the user came
  bool stalled_ = false;              // silence takes its place since
  std::int64_t next_window_ = 0;      // first sample that the VAD has not seen
  Duration committed_until_{};        // media time; earlier audio belongs to past items
  std::optional<Time> evidence_due_;  // a pause waits for what decides about it until then
  std::uint64_t last_turn_ = 0;
  std::uint64_t last_id_ = 0;
  std::optional<UserTurn> user_turn_;
  turn::SpeakerLevel user_level_;
  std::optional<Overlap> overlap_;  // user_turn_ is not announced while this is there
  std::map<TurnId, Transcribing> transcribing_;
  std::optional<Speculation> speculation_;
  std::optional<Reply> reply_;
  std::optional<std::pair<ReplyOptions, TurnRecord>> queued_reply_;
  std::deque<Heard> heard_;
  std::optional<Time> silent_since_;  // nobody_speaks() since
  bool has_spoken_ = false;           // a reply was heard
  int prompts_ = 0;                   // since the user last spoke
  bool goodbye_ = false;              // is being said
  // during on()
  Time now_{};
  std::vector<Action>* actions_ = nullptr;
};

}  // namespace eva::session
