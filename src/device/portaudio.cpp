#include <fcntl.h>
#include <fmt/format.h>
#include <portaudio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <utility>

#include "device/sound_devices.h"
#include "device/sound_ring.h"

namespace eva::device {
namespace {

constexpr int kBestRate = 48'000;       // what most hardware has; 16 and 24 kHz divide it
constexpr unsigned long kFrames = 480;  // per call of ours: 10 ms
constexpr double kLatency = 0.03;       // s, that the driver buffers

// Standard error leads nowhere as long as this lives.
class QuietStandardError {
 public:
  QuietStandardError() {
    std::fflush(stderr);
    saved_ = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (saved_ >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    if (nowhere >= 0) close(nowhere);
  }
  ~QuietStandardError() {
    if (saved_ < 0) return;
    std::fflush(stderr);
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }
  QuietStandardError(const QuietStandardError&) = delete;
  QuietStandardError& operator=(const QuietStandardError&) = delete;

 private:
  int saved_ = -1;
};

std::unexpected<Error> failed(const std::string& what, PaError error) {
  return fail(ErrorCode::kIo, fmt::format("{}: {}", what, Pa_GetErrorText(error)));
}

/// One direction of one device. The library's thread moves samples between the card and a ring.
class Stream {
 public:
  Stream(bool input, std::size_t seconds) : input_(input), seconds_(seconds) {}
  ~Stream() {
    const QuietStandardError quiet;
    if (stream_) Pa_CloseStream(stream_);  // the last call of on_frames has returned then
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Result<> open(PaDeviceIndex device) {
    const QuietStandardError quiet;
    const PaDeviceInfo* info = Pa_GetDeviceInfo(device);
    const std::string name = info->name;
    PaError error = paNoError;
    for (const int channels : {1, 2}) {
      for (const int rate : {kBestRate, static_cast<int>(info->defaultSampleRate)}) {
        error = try_open(device, channels, rate);
        if (error != paNoError) continue;
        channels_ = channels;
        rate_ = rate;
        ring_.emplace(static_cast<std::size_t>(rate) * seconds_);
        error = Pa_StartStream(stream_);
        if (error != paNoError) return failed(name + " does not start", error);
        return {};
      }
    }
    return failed(name + " cannot be opened", error);
  }

  int rate() const { return rate_; }
  SoundRing& ring() { return *ring_; }
  std::int64_t lost() const { return lost_.load(std::memory_order_relaxed); }
  bool working() const { return Pa_IsStreamActive(stream_) == 1; }

 private:
  PaError try_open(PaDeviceIndex device, int channels, int rate) {
    if (rate < 8000 || rate > 192'000) return paInvalidSampleRate;
    PaStreamParameters parameters{};
    parameters.device = device;
    parameters.channelCount = channels;
    parameters.sampleFormat = paInt16;
    parameters.suggestedLatency = kLatency;
    return Pa_OpenStream(&stream_, input_ ? &parameters : nullptr, input_ ? nullptr : &parameters,
                         rate, kFrames, paNoFlag, &Stream::on_frames, this);
  }

  // On the library's thread, before a deadline: no lock, no memory, no call that waits.
  static int on_frames(const void* in, void* out, unsigned long frames,
                       const PaStreamCallbackTimeInfo*, PaStreamCallbackFlags, void* self) {
    auto& stream = *static_cast<Stream*>(self);
    const auto channels = static_cast<std::size_t>(stream.channels_);
    std::array<std::int16_t, 256> mono{};
    for (std::size_t at = 0; at < frames; at += mono.size()) {
      const auto part = std::span(mono).first(std::min<std::size_t>(mono.size(), frames - at));
      if (stream.input_) {
        const auto* from = static_cast<const std::int16_t*>(in);
        for (std::size_t i = 0; i < part.size(); ++i) {
          int sum = 0;
          for (std::size_t c = 0; c < channels; ++c)
            sum += from ? from[(at + i) * channels + c] : 0;
          part[i] = static_cast<std::int16_t>(sum / stream.channels_);
        }
        const std::size_t taken = stream.ring_->write(part);
        stream.lost_.fetch_add(static_cast<std::int64_t>(part.size() - taken),
                               std::memory_order_relaxed);
      } else {
        const std::size_t given = stream.ring_->read(part);
        auto* to = static_cast<std::int16_t*>(out);
        for (std::size_t i = 0; i < part.size(); ++i) {
          for (std::size_t c = 0; c < channels; ++c) {
            to[(at + i) * channels + c] = i < given ? part[i] : std::int16_t{0};
          }
        }
      }
    }
    return paContinue;
  }

  const bool input_;
  const std::size_t seconds_;
  PaStream* stream_ = nullptr;
  int channels_ = 1;
  int rate_ = 0;
  std::optional<SoundRing> ring_;
  std::atomic<std::int64_t> lost_{0};
};

class PortAudioMicrophone final : public Microphone {
 public:
  explicit PortAudioMicrophone(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
  int rate() const override { return stream_->rate(); }
  void read(std::vector<std::int16_t>& out) override {
    std::array<std::int16_t, 1024> part{};
    while (const std::size_t count = stream_->ring().read(part)) {
      out.insert(out.end(), part.begin(), part.begin() + count);
    }
  }
  std::int64_t lost() const override { return stream_->lost(); }
  bool working() const override { return stream_->working(); }

 private:
  std::unique_ptr<Stream> stream_;
};

class PortAudioLoudspeaker final : public Loudspeaker {
 public:
  explicit PortAudioLoudspeaker(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
  int rate() const override { return stream_->rate(); }
  void write(std::span<const std::int16_t> pcm) override { stream_->ring().write(pcm); }
  void flush() override { stream_->ring().drop_written(); }
  bool working() const override { return stream_->working(); }

 private:
  std::unique_ptr<Stream> stream_;
};

class PortAudioDevices final : public SoundDevices {
 public:
  PortAudioDevices() = default;
  ~PortAudioDevices() override {
    const QuietStandardError quiet;
    Pa_Terminate();
  }
  PortAudioDevices(const PortAudioDevices&) = delete;
  PortAudioDevices& operator=(const PortAudioDevices&) = delete;

  std::vector<DeviceInfo> list() const override {
    std::vector<DeviceInfo> devices;
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); ++i) {
      const PaDeviceInfo* info = Pa_GetDeviceInfo(i);
      devices.push_back({.index = i,
                         .name = info->name,
                         .input = info->maxInputChannels > 0,
                         .output = info->maxOutputChannels > 0,
                         .default_input = i == Pa_GetDefaultInputDevice(),
                         .default_output = i == Pa_GetDefaultOutputDevice()});
    }
    return devices;
  }
  Result<std::unique_ptr<Microphone>> open_microphone(const DeviceChoice& choice) override {
    auto stream = open(true, 2, choice);
    if (!stream) return std::unexpected(stream.error());
    return std::make_unique<PortAudioMicrophone>(std::move(*stream));
  }
  Result<std::unique_ptr<Loudspeaker>> open_loudspeaker(const DeviceChoice& choice) override {
    auto stream = open(false, 5, choice);
    if (!stream) return std::unexpected(stream.error());
    return std::make_unique<PortAudioLoudspeaker>(std::move(*stream));
  }

 private:
  Result<std::unique_ptr<Stream>> open(bool input, std::size_t seconds,
                                       const DeviceChoice& choice) const {
    const auto device = choose_device(list(), input, choice);
    if (!device) return std::unexpected(device.error());
    auto stream = std::make_unique<Stream>(input, seconds);
    if (auto opened = stream->open(*device); !opened) return std::unexpected(opened.error());
    return stream;
  }
};

}  // namespace

Result<std::unique_ptr<SoundDevices>> open_sound_devices() {
  const QuietStandardError quiet;
  const PaError error = Pa_Initialize();
  if (error != paNoError) return failed("the sound system does not start", error);
  return std::make_unique<PortAudioDevices>();
}

}  // namespace eva::device
