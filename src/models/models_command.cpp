#include "models/models_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>

#include "models/progress.h"
#include "models/pull.h"
#include "models/store.h"

namespace eva::models {
namespace {

std::string mending(const Pack& pack) {
  return fmt::format("; `eva models pull {}` installs it anew", pack.name);
}

int list(const Catalogue& catalogue, const Store& store, std::ostream& out) {
  constexpr const char* kRow = "{:<24}  {:<4}  {:<12}  {:<9}  {:>8}  {}\n";
  out << fmt::format(kRow, "PACK", "KIND", "LANGUAGE", "STATE", "SIZE", "LICENCE");
  for (const Pack& pack : catalogue.packs()) {
    const PackStatus status = store.status(pack);
    const bool installed = status.state == PackState::kInstalled;
    const char* state = installed                             ? "installed"
                        : status.state == PackState::kMissing ? "missing"
                                                              : "broken";
    out << fmt::format(kRow, pack.name, pack.kind, pack.language, state,
                       human_bytes(installed ? status.bytes : pack.bytes), pack.licence);
    if (!status.detail.empty()) {
      out << fmt::format("  {}{}\n", status.detail, mending(pack));
    }
    if (!pack.licence_note.empty()) out << "  " << pack.licence_note << '\n';
  }
  out << "Folder: " << store.dir().string() << '\n';
  return 0;
}

int pull(const ModelsCommand& command, const std::vector<const Pack*>& packs, const Store& store,
         std::ostream& out, std::ostream& err) {
  ConsoleProgress progress(err, command.terminal, command.now);
  Puller puller(store, command.mirror, progress);
  int code = 0;
  for (const Pack* pack : packs) {
    const auto pulled = puller.pull(*pack);
    if (pulled) {
      const bool was_there = *pulled == Pulled::kWasThere;
      out << fmt::format("{}: {}\n", pack->name, was_there ? "ok, every byte checked" : "ok");
      continue;
    }
    progress.say(pulled.error().detail);
    code = 1;
  }
  return code;
}

int verify(const std::vector<const Pack*>& packs, const Store& store, std::ostream& out,
           std::ostream& err) {
  int code = 0;
  for (const Pack* pack : packs) {
    const auto right = store.verify(*pack);
    if (right) {
      out << fmt::format("{}: ok\n", pack->name);
      continue;
    }
    const bool broken = right.error().code == ErrorCode::kIo;
    err << fmt::format("{}: {}{}\n", pack->name, right.error().detail,
                       broken ? mending(*pack) : "");
    code = 1;
  }
  return code;
}

std::vector<const Pack*> installed_packs(const Catalogue& catalogue, const Store& store) {
  std::vector<const Pack*> packs;
  for (const Pack& pack : catalogue.packs()) {
    if (store.status(pack).state != PackState::kMissing) packs.push_back(&pack);
  }
  return packs;
}

/// nullopt: one is unknown, and `err` says so.
std::optional<std::vector<const Pack*>> named_packs(const std::vector<std::string>& names,
                                                    const Catalogue& catalogue, std::ostream& err) {
  std::vector<const Pack*> packs;
  for (const std::string& name : names) {
    const Pack* pack = catalogue.find(name);
    if (!pack) {
      std::vector<std::string> known;
      for (const Pack& other : catalogue.packs()) known.push_back(other.name);
      err << fmt::format("unknown pack {}; there are {}\n", name, fmt::join(known, ", "));
      return std::nullopt;
    }
    if (std::ranges::find(packs, pack) == packs.end()) packs.push_back(pack);
  }
  return packs;
}

/// A pack that the settings use may be the user's own: nothing to pull then.
std::vector<std::string> used_packs(const ModelsCommand& command, const Catalogue& catalogue,
                                    const Store& store, std::ostream& out) {
  std::vector<std::string> names;
  for (const std::string& name : command.used) {
    if (!catalogue.find(name) && std::filesystem::is_directory(store.dir() / name)) {
      out << fmt::format("{}: a pack of your own\n", name);
    } else {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace

int models_command(const ModelsCommand& command, const Catalogue& catalogue, std::ostream& out,
                   std::ostream& err) {
  const Store store(command.dir);
  if (command.action == ModelsCommand::Action::kList) return list(catalogue, store, out);

  const bool pulls = command.action == ModelsCommand::Action::kPull;
  if (!pulls && command.packs.empty()) {
    const auto packs = installed_packs(catalogue, store);
    if (!packs.empty()) return verify(packs, store, out, err);
    err << fmt::format("no packs are installed in {}; run: eva models pull\n",
                       store.dir().string());
    return 1;
  }
  const auto packs = named_packs(
      command.packs.empty() ? used_packs(command, catalogue, store, out) : command.packs, catalogue,
      err);
  if (!packs) return 1;
  return pulls ? pull(command, *packs, store, out, err) : verify(*packs, store, out, err);
}

}  // namespace eva::models
