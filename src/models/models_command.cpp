#include "models/models_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>

#include "models/progress.h"
#include "models/pull.h"
#include "models/store.h"

namespace eva::models {
namespace {

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
      out << fmt::format("  {}; `eva models pull {}` installs it anew\n", status.detail, pack.name);
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
      out << fmt::format("{}: ok\n", pack->name);
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
    err << fmt::format("{}: {}\n", pack->name, right.error().detail);
    code = 1;
  }
  return code;
}

/// Those taken when the user names none.
std::vector<const Pack*> usual_packs(const ModelsCommand& command, const Catalogue& catalogue,
                                     const Store& store) {
  std::vector<const Pack*> packs;
  for (const Pack& pack : catalogue.packs()) {
    const bool wanted = command.action == ModelsCommand::Action::kPull
                            ? pack.is_default
                            : store.status(pack).state != PackState::kMissing;
    if (wanted) packs.push_back(&pack);
  }
  return packs;
}

}  // namespace

int models_command(const ModelsCommand& command, const Catalogue& catalogue, std::ostream& out,
                   std::ostream& err) {
  const Store store(command.dir);
  if (command.action == ModelsCommand::Action::kList) return list(catalogue, store, out);

  std::vector<const Pack*> packs;
  for (const std::string& name : command.packs) {
    const Pack* pack = catalogue.find(name);
    if (!pack) {
      std::vector<std::string> known;
      for (const Pack& other : catalogue.packs()) known.push_back(other.name);
      err << fmt::format("unknown pack {}; there are {}\n", name, fmt::join(known, ", "));
      return 1;
    }
    if (std::ranges::find(packs, pack) == packs.end()) packs.push_back(pack);
  }
  if (command.packs.empty()) packs = usual_packs(command, catalogue, store);
  return command.action == ModelsCommand::Action::kPull ? pull(command, packs, store, out, err)
                                                        : verify(packs, store, out, err);
}

}  // namespace eva::models
