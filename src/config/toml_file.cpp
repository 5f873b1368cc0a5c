#include "config/toml_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

#include "config/nearest.h"

namespace eva::config {
namespace {

constexpr std::size_t kMistakesMax = 10;

class Reader {
 public:
  explicit Reader(std::string_view filename) : filename_(filename) {}

  Result<std::vector<FileValue>> read(const toml::table& root) {
    for (const auto& [name, node] : root) {
      if (const toml::table* section = node.as_table()) {
        read_section(name.str(), *section, line_of(name));
      } else {
        mistake(line_of(name), misplaced(name.str()));
      }
    }
    if (mistakes_.empty()) return std::move(values_);
    std::ranges::stable_sort(mistakes_, {}, &Mistake::line);
    std::string detail;
    for (std::size_t i = 0; i < mistakes_.size() && i < kMistakesMax; ++i) {
      if (i > 0) detail += '\n';
      detail += fmt::format("{}:{}: {}", filename_, mistakes_[i].line, mistakes_[i].text);
    }
    return fail(ErrorCode::kBadConfig, std::move(detail));
  }

 private:
  struct Mistake {
    int line;
    std::string text;
  };

  static int line_of(const toml::key& name) { return static_cast<int>(name.source().begin.line); }
  void mistake(int line, std::string text) { mistakes_.push_back({line, std::move(text)}); }

  void read_section(std::string_view section, const toml::table& table, int line) {
    if (section_doc(section).empty()) return mistake(line, unknown_section(section));
    for (const auto& [name, node] : table) {
      const Key* key = find_key(fmt::format("{}.{}", section, name.str()));
      if (!key) {
        mistake(line_of(name), unknown_key(section, name.str()));
        continue;
      }
      auto value = convert(*key, node);
      if (!value) {
        mistake(line_of(name), value.error().detail);
      } else {
        values_.push_back({key, std::move(*value), line_of(name)});
      }
    }
  }

  static std::string misplaced(std::string_view name) {
    for (const Key& key : keys()) {
      if (key.name != name) continue;
      return fmt::format("{} stands outside a section; put it under [{}]", name, key.section);
    }
    return fmt::format("{} stands outside a section; see `eva config --example`",
                       quote(shorten(name, 60)));
  }

  static std::string unknown_section(std::string_view section) {
    std::vector<std::string> names;
    for (const Key& key : keys()) {
      if (names.empty() || names.back() != key.section) names.emplace_back(key.section);
    }
    const auto found = nearest(section, names);
    return fmt::format("unknown section [{}]{}", shown(section),
                       found ? fmt::format("; did you mean [{}]?", *found) : "");
  }

  static std::string unknown_key(std::string_view section, std::string_view name) {
    std::string what = fmt::format("unknown key {}.{}", section, shown(name));
    if (name.ends_with("api_key") || name == "key" || name == "token") {
      return what +
             "; keep the key out of the file: name a variable with key_env, or a file with "
             "key_file";
    }
    std::vector<std::string> here, everywhere;
    for (const Key& key : keys()) {
      everywhere.push_back(full_name(key));
      if (key.section != section) continue;
      here.emplace_back(key.name);
      if (key.name.starts_with(name) && key.name != name) {  // silence -> silence_ms
        return fmt::format("{}; did you mean {}?", what, full_name(key));
      }
    }
    for (const Key& key : keys()) {
      if (key.name == name) return fmt::format("{}; did you mean {}?", what, full_name(key));
    }
    if (const auto found = nearest(name, here)) {
      return fmt::format("{}; did you mean {}.{}?", what, section, *found);
    }
    if (const auto found = nearest(fmt::format("{}.{}", section, name), everywhere)) {
      return fmt::format("{}; did you mean {}?", what, *found);
    }
    return what;
  }

  /// A name as the user may see it: control characters escaped, not endless.
  static std::string shown(std::string_view name) {
    const std::string quoted = quote(shorten(name, 60));
    return quoted.substr(1, quoted.size() - 2);
  }

  static Result<Value> convert(const Key& key, const toml::node& node) {
    auto value = typed(key, node);
    if (!value) return value;
    if (const auto right = check_value(key, *value); !right) return std::unexpected(right.error());
    return value;
  }

  static Result<Value> typed(const Key& key, const toml::node& node) {
    const auto wrong = [&] { return std::unexpected(bad_value(key, describe(node))); };
    const Field& field = key.field;
    const auto is = [&]<typename T>(std::type_identity<T>) {
      return std::holds_alternative<T& (*)(Config&)>(field);
    };
    if (const auto* text = node.as_string()) {
      const bool optional = is(std::type_identity<std::optional<double>>{}) ||
                            is(std::type_identity<std::optional<std::int64_t>>{});
      if (optional && text->get().empty()) return Value();
      if (is(std::type_identity<std::string>{})) return text->get();
      if (std::holds_alternative<EnumField>(field)) return parse_value(key, text->get());
      return wrong();
    }
    const bool number =
        is(std::type_identity<double>{}) || is(std::type_identity<std::optional<double>>{});
    if (const auto* integer = node.as_integer()) {
      if (number) return static_cast<double>(integer->get());
      if (is(std::type_identity<int>{}) || is(std::type_identity<std::int64_t>{}) ||
          is(std::type_identity<Duration>{}) ||
          is(std::type_identity<std::optional<std::int64_t>>{})) {
        return integer->get();
      }
      return wrong();
    }
    if (const auto* real = node.as_floating_point(); real && number) return real->get();
    if (const auto* on = node.as_boolean(); on && is(std::type_identity<bool>{})) return on->get();
    if (const auto* array = node.as_array();
        array && is(std::type_identity<std::vector<std::string>>{})) {
      std::vector<std::string> items;
      for (const toml::node& item : *array) {
        if (!item.is_string()) return wrong();
        items.push_back(item.as_string()->get());
      }
      return items;
    }
    return wrong();
  }

  static std::string describe(const toml::node& node) {
    if (const auto* text = node.as_string()) return quote(text->get());
    if (const auto* integer = node.as_integer()) return fmt::format("{}", integer->get());
    if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
    if (const auto* on = node.as_boolean()) return on->get() ? "true" : "false";
    if (node.is_array()) return "a list";
    if (node.is_table()) return "a table";
    return "a date or time";
  }

  std::string filename_;
  std::vector<FileValue> values_;
  std::vector<Mistake> mistakes_;
};

}  // namespace

Result<std::vector<FileValue>> parse_text(std::string_view toml, std::string_view filename) {
  if (toml.size() > kFileBytesMax) {
    return fail(ErrorCode::kBadConfig,
                fmt::format("{}: larger than 1 MiB; this is no settings file", filename));
  }
  try {
    return Reader(filename).read(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kBadConfig,
                fmt::format("{}:{}: {}", filename, error.source().begin.line, error.description()));
  } catch (const std::exception& error) {
    return fail(ErrorCode::kBadConfig, fmt::format("{}: {}", filename, error.what()));
  }
}

}  // namespace eva::config
