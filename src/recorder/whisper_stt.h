#pragma once
// The embedded recogniser inside this process, as a speech::Stt.
#include <functional>
#include <memory>
#include <vector>

#include "base/executor.h"
#include "engine/whisper.h"
#include "pool/worker_pool.h"
#include "speech/stt.h"

namespace eva::recorder {

/// Several may share one Whisper: the weights are loaded once. Lives on `home`'s thread; the work
/// is done on `workers` threads of its own, one transcription each, final texts before passes over
/// utterances that go on. At most 32 wait (kOverloaded); one takes at most 5 min (kTimeout). The
/// prompt is not used.
class WhisperStt final : public speech::Stt {
 public:
  /// `home` outlives this; this outlives its calls and streams.
  WhisperStt(Executor& home, std::shared_ptr<const engine::Whisper> whisper, int workers = 1);
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;
  /// A pass over what is new begins when the last one ended, and as much later as that one took:
  /// the busier the machine, the rarer they are.
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest request,
                                            speech::SttStreamCallbacks callbacks) override;

 private:
  friend class WhisperStream;
  using Done = std::move_only_function<void(Result<engine::Transcription>)>;
  Result<std::unique_ptr<pool::Ticket>> post(pool::Priority priority, std::vector<std::int16_t> pcm,
                                             engine::Hearing hearing, Done done);

  Executor& home_;
  std::shared_ptr<const engine::Whisper> whisper_;
  pool::WorkerPool pool_;
};

}  // namespace eva::recorder
