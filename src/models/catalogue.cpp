#include "models/catalogue.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "base/check.h"
#include "models/resources.h"

namespace eva::models {
namespace {

/// Thrown inside this file only; parse() turns it into an Error.
struct BadCatalogue {
  toml::source_index line;
  std::string what;
};

[[noreturn]] void refuse(const toml::node& node, std::string what) {
  throw BadCatalogue{node.source().begin.line, std::move(what)};
}

std::string text(const toml::table& table, std::string_view key, bool optional = false) {
  const auto value = table[key].value_exact<std::string>();
  if (!value && (!optional || table.contains(key)))
    refuse(table, fmt::format("{} must be text", key));
  return value.value_or("");
}

std::uint64_t positive(const toml::table& table, std::string_view key) {
  const auto value = table[key].value_exact<std::int64_t>();
  if (!value || *value <= 0) refuse(table, fmt::format("{} must be a positive number", key));
  return static_cast<std::uint64_t>(*value);
}

/// A name that is a file in one folder and a plain argument of a command.
std::string plain_name(const toml::table& table, std::string_view key) {
  std::string name = text(table, key);
  const bool right = !name.empty() && name.front() != '.' && name.front() != '-' &&
                     std::ranges::all_of(name, [](unsigned char c) {
                       return std::isalnum(c) || c == '.' || c == '_' || c == '-';
                     });
  if (!right) refuse(table, fmt::format("{} must be a plain name", key));
  return name;
}

const toml::array& array(const toml::table& table, std::string_view key) {
  const toml::array* values = table[key].as_array();
  if (!values || values->empty() || !values->is_homogeneous(toml::node_type::table)) {
    refuse(table, fmt::format("{} must be a list of tables", key));
  }
  return *values;
}

Source read_source(const toml::table& table) {
  Source source;
  source.url = text(table, "url", true);
  if (!source.url.empty()) return source;
  for (const toml::node& node : array(table, "pip")) {
    const toml::table& part = *node.as_table();
    source.pip.push_back(
        {plain_name(part, "package"), plain_name(part, "version"), text(part, "path")});
  }
  return source;
}

File read_file(const toml::table& table) {
  File file;
  file.name = plain_name(table, "name");
  file.size = positive(table, "size");
  file.sha256 = text(table, "sha256");
  const bool hash = file.sha256.size() == 64 &&
                    file.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hash) refuse(table, "sha256 must be 64 small hex digits");
  for (const toml::node& node : array(table, "source")) {
    file.sources.push_back(read_source(*node.as_table()));
  }
  return file;
}

Pack read_pack(const toml::table& table) {
  Pack pack;
  pack.name = plain_name(table, "name");
  pack.title = text(table, "title");
  pack.kind = text(table, "kind");
  pack.language = text(table, "language");
  pack.revision = static_cast<int>(positive(table, "revision"));
  pack.bytes = positive(table, "bytes");
  pack.licence = text(table, "licence");
  pack.licence_note = text(table, "licence_note", true);
  const std::string convert = text(table, "convert", true);
  if (!convert.empty() && convert != "whisper") refuse(table, "convert must be \"whisper\"");
  pack.convert_whisper = !convert.empty();
  for (const toml::node& node : array(table, "file"))
    pack.files.push_back(read_file(*node.as_table()));
  return pack;
}

}  // namespace

Result<Catalogue> Catalogue::parse(std::string_view toml) {
  try {
    const toml::table root = toml::parse(toml);
    Catalogue catalogue;
    for (const toml::node& node : array(root, "pack")) {
      Pack pack = read_pack(*node.as_table());
      if (catalogue.find(pack.name)) refuse(node, "two packs are named " + pack.name);
      catalogue.packs_.push_back(std::move(pack));
    }
    return catalogue;
  } catch (const BadCatalogue& bad) {
    return fail(ErrorCode::kBadConfig, fmt::format("catalogue:{}: {}", bad.line, bad.what));
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kBadConfig,
                fmt::format("catalogue:{}: {}", error.source().begin.line, error.description()));
  } catch (const std::exception& error) {
    return fail(ErrorCode::kBadConfig, fmt::format("catalogue: {}", error.what()));
  }
}

const Catalogue& Catalogue::builtin() {
  static const Catalogue builtin = [] {
    auto parsed = parse(resource("catalogue.toml"));
    EVA_CHECK(parsed.has_value());
    return std::move(*parsed);
  }();
  return builtin;
}

const Pack* Catalogue::find(std::string_view name) const {
  const auto found = std::ranges::find(packs_, name, &Pack::name);
  return found == packs_.end() ? nullptr : &*found;
}

}  // namespace eva::models
