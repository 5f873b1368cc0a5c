#pragma once
// Makes the recognisers that the options ask for.
#include <functional>
#include <memory>

#include "io/event_loop.h"
#include "recorder/options.h"

namespace eva::recorder {

/// As SttFactory, on the real loop, which connections need.
using LoopSttFactory = std::function<std::unique_ptr<speech::Stt>(io::EventLoop& home)>;

struct SttFactories {
  LoopSttFactory final_texts;
  LoopSttFactory live_texts;
};

/// Loads the embedded models that are needed, each once; `workers` final texts are made at a time.
/// Options that check_options() accepted.
/// kNotFound: a model is missing. kBadConfig: a URL is wrong.
Result<SttFactories> make_stt_factories(const RecorderOptions& options, int workers = 1);

}  // namespace eva::recorder
