#pragma once
// SHA-256 of files.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace eva::models {

/// SHA-256 of a stream of bytes.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(std::string_view bytes);
  /// 64 small hex digits. Ends the stream: no other call may follow.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads the whole file; blocks (about 1 s for 500 MB). kIo: it cannot be read.
Result<std::string> sha256_of_file(const std::filesystem::path& file);

}  // namespace eva::models
