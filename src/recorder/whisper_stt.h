#pragma once
// The embedded recogniser inside this process, as a speech::Stt.
#include <memory>

#include "base/executor.h"
#include "engine/whisper.h"
#include "pool/worker_pool.h"
#include "speech/stt.h"

namespace eva::recorder {

/// Several may share one Whisper: the weights are loaded once. Lives on `home`'s thread; the work
/// is done on `workers` threads of its own, one transcription each. At most 32 wait (kOverloaded);
/// one takes at most 5 min (kTimeout). The prompt is not used.
class WhisperStt final : public speech::Stt {
 public:
  /// `home` outlives this.
  WhisperStt(Executor& home, std::shared_ptr<const engine::Whisper> whisper, int workers = 1);
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;

 private:
  Executor& home_;
  std::shared_ptr<const engine::Whisper> whisper_;
  pool::WorkerPool pool_;
};

}  // namespace eva::recorder
