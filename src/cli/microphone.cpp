#include "cli/microphone.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "device/sound_devices.h"

namespace eva::cli {
namespace {

constexpr auto kFetch = std::chrono::milliseconds(20);

class MicrophoneSource final : public recorder::AudioSource {
 public:
  MicrophoneSource(std::unique_ptr<device::SoundDevices> devices,
                   std::unique_ptr<device::Microphone> microphone)
      : devices_(std::move(devices)), microphone_(std::move(microphone)) {}

  int rate() const override { return microphone_->rate(); }
  bool can_wait() const override { return false; }
  Result<> start(recorder::AudioSink sink) override {
    thread_ = std::jthread(
        [this, sink = std::move(sink)](const std::stop_token& stop) { run(stop, sink); });
    return {};
  }

 private:
  void run(const std::stop_token& stop, const recorder::AudioSink& sink) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    std::vector<std::int16_t> pcm;
    while (!stopped.wait_for(lock, stop, kFetch, [&] { return stop.stop_requested(); })) {
      if (stop.stop_requested()) return;
      if (!microphone_->working()) {
        return sink.on_end(fail(ErrorCode::kIo, "the microphone is gone"));
      }
      pcm.clear();
      microphone_->read(pcm);
      if (!pcm.empty()) sink.on_audio(pcm);
    }
  }

  std::unique_ptr<device::SoundDevices> devices_;
  std::unique_ptr<device::Microphone> microphone_;
  std::jthread thread_;  // ends first
};

}  // namespace

Result<std::unique_ptr<recorder::AudioSource>> open_microphone(std::optional<int> device) {
  auto devices = device::open_sound_devices();
  if (!devices) return std::unexpected(devices.error());
  auto microphone = (*devices)->open_microphone(device ? std::to_string(*device) : "");
  if (!microphone) return std::unexpected(microphone.error());
  return std::make_unique<MicrophoneSource>(std::move(*devices), std::move(*microphone));
}

}  // namespace eva::cli
