#include "cli/stdin_source.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "audio/resampler.h"
#include "cli/sound_stream.h"
#include "io/unique_fd.h"

namespace eva::cli {
namespace {

constexpr int kRate = 16'000;

class PipeSource final : public recorder::AudioSource {
 public:
  PipeSource(int fd, int raw_rate) : fd_(fd), stream_(raw_rate), stop_(eventfd(0, EFD_CLOEXEC)) {}
  ~PipeSource() override {
    if (!thread_.joinable()) return;
    while (eventfd_write(stop_.get(), 1) < 0 && errno == EINTR) {
    }
    thread_.join();
  }

  int rate() const override { return kRate; }
  bool can_wait() const override { return true; }
  Result<> start(recorder::AudioSink sink) override {
    if (!stop_) return fail(ErrorCode::kIo, "no file descriptor is left");
    thread_ = std::thread([this, sink = std::move(sink)] { run(sink); });
    return {};
  }

 private:
  void run(const recorder::AudioSink& sink) {
    std::array<std::byte, 8192> bytes{};
    std::vector<std::int16_t> pcm;
    std::vector<std::int16_t> converted;
    while (wait()) {
      const ssize_t count = read(fd_, bytes.data(), bytes.size());
      if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (count < 0) return sink.on_end(fail(ErrorCode::kIo, std::strerror(errno)));
      converted.clear();
      if (count == 0) {
        if (resampler_) resampler_->flush(converted);
        if (!converted.empty()) sink.on_audio(converted);
        return sink.on_end(stream_.end());
      }
      pcm.clear();
      const auto read = stream_.push(std::span(bytes).first(static_cast<std::size_t>(count)), pcm);
      if (!read) return sink.on_end(read);
      if (pcm.empty()) continue;
      if (!resampler_) resampler_.emplace(stream_.rate(), kRate);
      resampler_->process(pcm, converted);
      if (!converted.empty()) sink.on_audio(converted);
    }
  }

  /// False: the source was destroyed.
  bool wait() const {
    std::array<pollfd, 2> wanted{{{fd_, POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    while (poll(wanted.data(), wanted.size(), -1) < 0 && errno == EINTR) {
    }
    return wanted[1].revents == 0;
  }

  const int fd_;
  SoundStream stream_;
  std::optional<audio::Resampler> resampler_;
  io::UniqueFd stop_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<recorder::AudioSource> pipe_source(int fd, int raw_rate) {
  return std::make_unique<PipeSource>(fd, raw_rate);
}

}  // namespace eva::cli
