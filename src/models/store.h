#pragma once
// The folder with the installed packs: DIR/PACK/..., each with a manifest.json.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "models/catalogue.h"

namespace eva::models {

enum class PackState {
  kMissing,
  kInstalled,
  kBroken,  // files are missing or of another size, or the pack is of another revision
};

struct PackStatus {
  PackState state = PackState::kMissing;
  std::string detail;       // what is broken, "" otherwise
  std::uint64_t bytes = 0;  // of the installed files
};

/// One file of an installed pack, as its manifest knows it.
struct InstalledFile {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;
};

/// Reads only; Puller writes. Safe beside a pull in another process: packs appear whole.
class Store {
 public:
  explicit Store(std::filesystem::path dir) : dir_(std::move(dir)) {}

  const std::filesystem::path& dir() const { return dir_; }
  /// Where the pack is or would be; says nothing about whether it is there.
  std::filesystem::path path(const Pack& pack) const { return dir_ / pack.name; }

  /// Looks at the manifest and the sizes only: well under a millisecond.
  PackStatus status(const Pack& pack) const;
  /// Reads every byte. kNotFound: not installed. kIo: what is broken.
  Result<> verify(const Pack& pack) const;

 private:
  std::filesystem::path dir_;
};

/// The text of a manifest.json for files that lie in `folder`; hashes them.
/// kIo: one cannot be read.
Result<std::string> make_manifest(const Pack& pack, const std::filesystem::path& folder);

}  // namespace eva::models
