#include "brain/pattern.h"

namespace eva::brain {
namespace {

bool one_of(std::string_view alternatives, std::string_view word) {
  while (true) {
    const std::size_t bar = alternatives.find('|');
    if (alternatives.substr(0, bar) == word) return true;
    if (bar == std::string_view::npos) return false;
    alternatives.remove_prefix(bar + 1);
  }
}

// Tokens taken by the pattern at the very front of `tokens`.
std::optional<std::size_t> match_here(std::string_view pattern, Tokens tokens, bool to_end) {
  if (pattern.empty()) {
    return to_end && !tokens.empty() ? std::nullopt : std::optional<std::size_t>(0);
  }
  const std::size_t space = pattern.find(' ');
  std::string_view element = pattern.substr(0, space);
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view() : pattern.substr(space + 1);
  if (element == "...") {
    for (std::size_t skip = 0; skip <= kGapMax && skip <= tokens.size(); ++skip) {
      if (auto taken = match_here(rest, tokens.subspan(skip), to_end)) return *taken + skip;
    }
    return std::nullopt;
  }
  const bool repeated = element.size() > 1 && element.ends_with('*');  // "*" is the sign
  const bool optional = repeated || element.ends_with('?');
  if (optional) element.remove_suffix(1);
  if (!tokens.empty() && one_of(element, tokens.front().text)) {
    if (auto taken = match_here(repeated ? pattern : rest, tokens.subspan(1), to_end)) {
      return *taken + 1;
    }
  }
  return optional ? match_here(rest, tokens, to_end) : std::nullopt;
}

}  // namespace

std::optional<std::size_t> find_phrase(std::string_view pattern, Tokens tokens) {
  const bool from_start = pattern.starts_with('^');
  if (from_start) pattern.remove_prefix(1);
  const bool to_end = pattern.ends_with('$');
  if (to_end) pattern.remove_suffix(1);
  for (std::size_t start = 0; start <= tokens.size(); ++start) {
    if (auto taken = match_here(pattern, tokens.subspan(start), to_end)) return start + *taken;
    if (from_start) break;
  }
  return std::nullopt;
}

}  // namespace eva::brain
