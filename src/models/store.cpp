#include "models/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "models/digest.h"

namespace eva::models {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kManifest = "manifest.json";

struct Manifest {
  int revision = 0;
  std::vector<InstalledFile> files;
};

/// kIo: missing or not a manifest.
Result<Manifest> read_manifest(const fs::path& folder) {
  std::ifstream in(folder / kManifest);
  if (!in) return fail(ErrorCode::kIo, "manifest.json is missing");
  try {
    const Json json = Json::parse(in);
    Manifest manifest;
    manifest.revision = json.at("revision").get<int>();
    for (const Json& file : json.at("files")) {
      manifest.files.push_back({file.at("name").get<std::string>(),
                                file.at("size").get<std::uint64_t>(),
                                file.at("sha256").get<std::string>()});
    }
    return manifest;
  } catch (const Json::exception&) {
    return fail(ErrorCode::kIo, "manifest.json is damaged");
  }
}

}  // namespace

PackStatus Store::status(const Pack& pack) const {
  std::error_code error;
  if (!fs::exists(path(pack), error)) return {};
  const auto manifest = read_manifest(path(pack));
  if (!manifest) return {PackState::kBroken, manifest.error().detail, 0};
  if (manifest->revision != pack.revision) {
    return {PackState::kBroken,
            fmt::format("revision {}, wanted is {}", manifest->revision, pack.revision), 0};
  }
  PackStatus status{PackState::kInstalled, "", 0};
  for (const InstalledFile& file : manifest->files) {
    const auto size = fs::file_size(path(pack) / file.name, error);
    if (error) return {PackState::kBroken, file.name + " is missing", 0};
    if (size != file.size) return {PackState::kBroken, file.name + " has another size", 0};
    status.bytes += size;
  }
  return status;
}

Result<> Store::verify(const Pack& pack) const {
  const PackStatus now = status(pack);
  if (now.state == PackState::kMissing) return fail(ErrorCode::kNotFound, "not installed");
  if (now.state == PackState::kBroken) return fail(ErrorCode::kIo, now.detail);
  const auto manifest = read_manifest(path(pack));
  if (!manifest) return std::unexpected(manifest.error());
  for (const InstalledFile& file : manifest->files) {
    const auto hash = sha256_of_file(path(pack) / file.name);
    if (!hash) return std::unexpected(hash.error());
    const auto listed = std::ranges::find(pack.files, file.name, &File::name);
    const bool unchanged = !pack.convert_whisper && listed != pack.files.end();
    if (*hash != file.sha256 || (unchanged && *hash != listed->sha256)) {
      return fail(ErrorCode::kIo, file.name + " is damaged");
    }
  }
  return {};
}

Result<std::string> make_manifest(const Pack& pack, const fs::path& folder) {
  Json files = Json::array();
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    const auto hash = sha256_of_file(path);
    if (!hash) return std::unexpected(hash.error());
    files.push_back(
        {{"name", path.filename().string()}, {"size", fs::file_size(path)}, {"sha256", *hash}});
  }
  Json sources = Json::array();
  for (const File& file : pack.files) {
    sources.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  const Json manifest = {{"pack", pack.name},
                         {"title", pack.title},
                         {"revision", pack.revision},
                         {"licence", pack.licence},
                         {"licence_note", pack.licence_note},
                         {"files", files},
                         {"made_from", sources}};
  return manifest.dump(1) + "\n";
}

}  // namespace eva::models
