#include "config/render.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace eva::config {
namespace {

constexpr std::size_t kValueBytesMax = 48;

struct Row {
  std::string key;
  std::string value;
  std::string from;
};

Row secret_row(const Loaded& loaded, const std::string& name, std::size_t count) {
  const auto from = loaded.secrets_from.find(name);
  if (from == loaded.secrets_from.end()) return {name, "(not set)", ""};
  return {name, count > 1 ? fmt::format("({} set)", count) : "(set)", from->second};
}

/// Characters, not bytes: columns line up for UTF-8 text.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

/// What the example says about the values a key accepts, where that is not obvious.
std::string range_note(const Key& key) {
  if (!key.choices.empty()) return fmt::format(" ({})", fmt::join(key.choices, ", "));
  return key.max > key.min ? fmt::format(" ({:.15g} to {:.15g})", key.min, key.max) : "";
}

}  // namespace

std::string render_table(const Loaded& loaded) {
  std::vector<Row> rows;
  for (const Key& key : keys()) {
    const std::string name = full_name(key);
    rows.push_back({name, shorten(to_toml(key, get(loaded.config, key)), kValueBytesMax),
                    loaded.from.at(name)});
    if (name == "server.api_keys_file") {
      rows.push_back(secret_row(loaded, "server.api_keys", loaded.config.server.api_keys.size()));
    } else if (key.name == "key_file") {
      rows.push_back(secret_row(loaded, fmt::format("{}.key", key.section), 1));
    }
  }
  std::size_t key_width = 0;
  std::size_t value_width = 0;
  for (const Row& row : rows) {
    key_width = std::max(key_width, width(row.key));
    value_width = std::max(value_width, width(row.value));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = fmt::format("{}  {}  {}", padded(row.key, key_width),
                                   padded(row.value, value_width), row.from);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string render_example() {
  std::string text =
      "# Eva's settings, each with its default. Remove the # before a key to change it.\n"
      "# The same key can be given as the variable EVA_SECTION_KEY or the flag --section.key:\n"
      "# a flag beats a variable, a variable beats this file. `eva config` shows what is in "
      "force.\n"
      "# Read from --config FILE, $EVA_CONFIG, ./eva.toml, ~/.config/eva/eva.toml or\n"
      "# /etc/eva/eva.toml. API keys stand in variables or files of their own, never here.\n";
  std::string_view section;
  for (const Key& key : keys()) {
    if (key.section != section) {
      section = key.section;
      text += fmt::format("\n[{}]\n# {}\n", section, section_doc(section));
    }
    text += fmt::format("\n# {}{}\n#{} = {}\n", key.doc, range_note(key), key.name,
                        to_toml(key, get(Config{}, key)));
  }
  return text;
}

}  // namespace eva::config
