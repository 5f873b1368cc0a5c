#pragma once
// A value that must not reach a log, a table or a terminal.
#include <fmt/format.h>

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace eva::config {

/// An API key. Formatting one prints ***; only reveal() gives the text, so every use can be found.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  bool empty() const { return text_.empty(); }
  /// The text itself, for the Authorization header and for comparing; valid while the Secret lives.
  std::string_view reveal() const { return text_; }

 private:
  std::string text_;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

}  // namespace eva::config

template <>
struct fmt::formatter<eva::config::Secret> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const eva::config::Secret&, Context& context) const {
    return fmt::formatter<std::string_view>::format("***", context);
  }
};
