#pragma once
// What happens to a session (events), what its host must do (actions), and what the client and the
// ledger are told (notices, carried by the action Notify).
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "session/conversation.h"
#include "session/playout.h"
#include "session/settings.h"
#include "session/turn_record.h"
#include "speech/llm.h"
#include "speech/stt.h"
#include "speech/tts.h"

namespace eva::session {

// ---------------------------------------------------------------- events
struct AudioReceived {
  std::span<const std::int16_t> pcm;
};                 // mono 16 kHz, any length
struct Ticked {};  // next_deadline() has come

struct SttFinished {
  TurnId turn;
  Result<speech::Transcript> result;
};
struct SttPartial {
  TurnId turn;
  speech::PartialTranscript partial;
};
struct TurnScored {
  TurnId turn;
  Result<double> probability;
};
struct LlmText {
  TurnId turn;
  std::string text;
};
struct LlmFinished {
  TurnId turn;
  Result<speech::LlmUsage> result;
};
struct TtsAudio {
  TurnId turn;
  std::size_t piece;
  std::vector<std::int16_t> pcm;
};  // 24 kHz
struct TtsFinished {
  TurnId turn;
  std::size_t piece;
  Result<> result;
};

/// Overrides of the session's settings for one reply.
struct ReplyOptions {
  std::optional<std::string> instructions;
  std::optional<bool> audio_output;
  std::optional<int> max_output_tokens;
  std::optional<std::string> voice;
  std::map<std::string, std::string> metadata;
};

// Commands of the client; `event_id` is the client's own name of the command, for errors.
struct ChangeSettings {
  std::string event_id;
  Settings settings;
};
struct CommitInput {
  std::string event_id;
};
struct ClearInput {
  std::string event_id;
};
struct CreateItem {
  std::string event_id;
  Item item;                        // id "" = the session chooses one
  std::string previous;             // "" = at the end, "root" = at the front
  std::vector<std::int16_t> audio;  // of an input_audio part without transcript, 16 kHz
};
struct DeleteItem {
  std::string event_id;
  std::string item_id;
};
struct RetrieveItem {
  std::string event_id;
  std::string item_id;
};
struct TruncateItem {
  std::string event_id;
  std::string item_id;
  Duration audio_end;
};
struct CreateReply {
  std::string event_id;
  ReplyOptions options;
};
struct CancelReply {
  std::string event_id;
  std::string response_id;
};  // "" = the one under way

/// Eva speaks first: these words, without asking the brain. Ignored if a reply is under way.
struct Greet {
  std::string text;
};

using Event =
    std::variant<AudioReceived, Ticked, SttFinished, SttPartial, TurnScored, LlmText, LlmFinished,
                 TtsAudio, TtsFinished, ChangeSettings, CommitInput, ClearInput, CreateItem,
                 DeleteItem, RetrieveItem, TruncateItem, CreateReply, CancelReply, Greet>;

// ---------------------------------------------------------------- notices
struct UserSpeechStarted {
  std::string item_id;
  Duration start;
};  // media time incl. prefix padding
struct UserSpeechStopped {
  std::string item_id;
  Duration end;
};  // media time incl. the silence
struct InputCommitted {
  std::string item_id;
  std::optional<std::string> previous;
};
struct InputCleared {};
struct ItemAdded {
  Item item;
  std::optional<std::string> previous;
};  // .added and .done
struct ItemDeleted {
  std::string item_id;
};
struct ItemRetrieved {
  Item item;
};
struct ItemTruncated {
  std::string item_id;
  Duration audio_end;
};
struct TranscriptionCompleted {
  std::string item_id;
  std::string text;
  Duration audio;
};
struct TranscriptionFailed {
  std::string item_id;
  Error error;
};

struct ReplyStarted {
  std::string response_id;
  bool audio;
  std::map<std::string, std::string> metadata;
};
struct ReplyItemStarted {
  std::string response_id;
  std::string item_id;
  bool audio;
  std::optional<std::string> previous;
};
struct ReplyText {  // in step with the audio
  std::string response_id;
  std::string item_id;
  std::string text;
  bool audio;
};
struct ReplyAudio {
  std::string response_id;
  std::string item_id;
  std::vector<std::int16_t> pcm;
};  // 24 kHz, 20 ms (the last may be shorter)
struct ReplyFinished {
  enum class Status { kCompleted, kCancelled, kIncomplete, kFailed };
  enum class Reason { kNone, kTurnDetected, kClientCancelled, kMaxOutputTokens };
  std::string response_id;
  Status status;
  Reason reason = Reason::kNone;
  std::optional<Error> error;  // kFailed
  std::optional<Item> item;    // none if the brain said nothing
  bool audio;
  std::map<std::string, std::string> metadata;
  speech::LlmUsage usage;
  Duration audio_sent{};
};
/// Her voice became quieter, stopped or came back, since somebody speaks over it. From the next
/// ReplyAudio on; what was sent is not touched.
struct ReplyLevel {
  std::string response_id;
  Playout::Level level;
};
struct SettingsChanged {
  Settings settings;
};
struct CommandRefused {
  std::string event_id;
  std::string code;
  std::string message;
  std::string param;
};
/// More of a turn's text is certain; what was told before never changes.
struct TranscriptionDelta {
  std::string item_id;
  std::string text;  // to be appended
};
/// She has said goodbye after a long silence, and it was heard.
struct CallEnded {};
/// The whole story of one exchange, for ledger and metrics: emitted when its reply was heard to the
/// end or cut, or when the turn turned out to need none.
struct TurnClosed {
  TurnRecord record;
};

using Notice = std::variant<UserSpeechStarted, UserSpeechStopped, InputCommitted, InputCleared,
                            ItemAdded, ItemDeleted, ItemRetrieved, ItemTruncated,
                            TranscriptionCompleted, TranscriptionFailed, TranscriptionDelta,
                            ReplyStarted, ReplyItemStarted, ReplyText, ReplyAudio, ReplyFinished,
                            ReplyLevel, SettingsChanged, CommandRefused, TurnClosed, CallEnded>;

// ---------------------------------------------------------------- actions
struct StartStt {
  TurnId turn;
  speech::SttRequest request;
};
/// Partial transcripts are wanted; FeedStt brings the audio.
struct ListenStt {
  TurnId turn;
  speech::SttStreamRequest request;
};
struct FeedStt {
  TurnId turn;
  std::vector<std::int16_t> pcm;  // 16 kHz
};
/// Asks the model that hears whether a turn is over, if there is one.
struct ScoreTurn {
  TurnId turn;
  std::vector<std::int16_t> pcm;  // 16 kHz
};
struct StartLlm {
  TurnId turn;
  speech::LlmRequest request;
};
struct StartTts {
  TurnId turn;
  std::size_t piece = 0;
  speech::TtsRequest request;
};
struct CancelLlm {
  TurnId turn;
};
struct CancelWork {
  TurnId turn;
};  // everything under way with this id
struct Notify {
  Notice notice;
};

using Action = std::variant<StartStt, ListenStt, FeedStt, ScoreTurn, StartLlm, StartTts, CancelLlm,
                            CancelWork, Notify>;

}  // namespace eva::session
