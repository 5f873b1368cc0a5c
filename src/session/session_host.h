#pragma once
// Runs one Session: performs its actions, keeps its one timer, carries results back as events.
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "session/session.h"
#include "session/tap.h"
#include "speech/llm.h"
#include "speech/stt.h"
#include "speech/tts.h"
#include "speech/turn_model.h"

namespace eva::session {

/// Told everything that happens, in order, once the state change is complete. Must not block and
/// must not call back into the host (post instead).
class NoticeSink {
 public:
  virtual ~NoticeSink() = default;
  virtual void on_notice(const Notice& notice, Time now) = 0;
  /// A bug ended the session: no notice follows. Say goodbye; the same rules hold.
  virtual void on_failed(std::string_view what) = 0;
};

/// The engines of one session; they outlive the host.
struct Engines {
  speech::Stt& stt;
  speech::Llm& llm;
  speech::Tts& tts;
  speech::TurnModel* turn_model = nullptr;  // none: turns are judged without one
};

/// Lives on the session's loop, live (io::EventLoop) and in virtual time (sim::World) alike.
/// Destroying it cancels every request under way.
class SessionHost {
 public:
  /// `tap`: listens to the session, nullptr = nobody does.
  SessionHost(Executor& executor, SessionParts parts, Engines engines, NoticeSink& sink,
              Tap* tap = nullptr);
  ~SessionHost();
  SessionHost(const SessionHost&) = delete;
  SessionHost& operator=(const SessionHost&) = delete;

  /// Applies an event and performs what follows. Not from inside on_notice(). Whatever is thrown
  /// inside (a bug) ends this session alone: its requests are cancelled, the sink is told, and
  /// later events are dropped.
  void deliver(const Event& event);
  const Session& session() const { return session_; }

 private:
  struct Work {  // requests under way for one TurnId
    speech::CallHandle stt;
    std::unique_ptr<speech::SttStream> stream;
    speech::CallHandle score;
    speech::CallHandle llm;
    std::map<std::size_t, speech::CallHandle> tts;
  };
  void apply(const Event& event);
  void perform(StartStt& action);
  void perform(ListenStt& action);
  void perform(const FeedStt& action);
  void perform(ScoreTurn& action);
  void perform(StartLlm& action);
  void perform(StartTts& action);
  void perform(const CancelLlm& action);
  void perform(const CancelWork& action);
  void perform(const Notify& action);
  void forget_if_done(TurnId turn);
  void arm();

  Executor& executor_;
  Engines engines_;
  NoticeSink& sink_;
  Tap* tap_;
  Session session_;
  std::map<TurnId, Work> work_;
  std::vector<Action> actions_;
  bool delivering_ = false;
  bool failed_ = false;
  TimerId timer_ = 0;
  std::optional<Time> armed_;
};

}  // namespace eva::session
