#include "recorder/file_source.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "audio/sound_file.h"

namespace eva::recorder {
namespace {

constexpr std::size_t kPiece = 16'000;  // samples

class SoundFileSource final : public FileSource {
 public:
  explicit SoundFileSource(audio::SoundReader reader) : reader_(std::move(reader)) {}
  ~SoundFileSource() override {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
  }

  int rate() const override { return reader_.rate(); }
  bool can_wait() const override { return true; }
  Duration length() const override { return samples_to_duration(reader_.samples(), rate()); }
  Result<> start(AudioSink sink) override {
    thread_ = std::thread([this, sink = std::move(sink)] { run(sink); });
    return {};
  }

 private:
  void run(const AudioSink& sink) {
    std::vector<std::int16_t> pcm;
    while (!stopped_) {
      pcm.clear();
      const auto read = reader_.read(pcm, kPiece);
      if (!read || pcm.empty()) return sink.on_end(read);
      sink.on_audio(pcm);
    }
  }

  audio::SoundReader reader_;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path& file) {
  auto reader = audio::SoundReader::open(file);
  if (!reader) return std::unexpected(reader.error());
  return std::make_unique<SoundFileSource>(std::move(*reader));
}

}  // namespace eva::recorder
