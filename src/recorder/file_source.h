#pragma once
// A recording on disk as an AudioSource.
#include <filesystem>
#include <memory>

#include "base/time.h"
#include "recorder/audio_source.h"

namespace eva::recorder {

/// Reads ahead of its listener by one piece; as fast as that takes the audio.
class FileSource : public AudioSource {
 public:
  /// kNotFound, kBadInput: as audio::SoundReader::open(). A file that is damaged further on ends
  /// with kBadInput.
  static Result<std::unique_ptr<FileSource>> open(const std::filesystem::path& file);
  /// As the file's head has it; 0 = not known.
  virtual Duration length() const = 0;
};

}  // namespace eva::recorder
