#include "engine/multipart.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace eva::engine {
namespace {
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046
constexpr std::string_view kSpace = " \t";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// Takes `value` or `"quo\"ted"` off the front of `rest`; nullopt if a quote stays open.
std::optional<std::string> take_value(std::string_view& rest) {
  if (!rest.starts_with('"')) {
    const auto end = std::min(rest.find(';'), rest.size());
    std::string value(trim(rest.substr(0, end)));
    rest.remove_prefix(end);
    return value;
  }
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
    value += rest[i];
  }
  return std::nullopt;
}

/// The first parameter of that name in `token; a=b; c="d"`, or nullopt.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
  auto semicolon = header.find(';');
  while (semicolon != std::string_view::npos) {
    header.remove_prefix(semicolon + 1);
    const auto equals = header.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = trim(header.substr(0, equals));
    header.remove_prefix(equals + 1);
    header.remove_prefix(std::min(header.find_first_not_of(kSpace), header.size()));
    auto value = take_value(header);
    if (!value || equal_ignoring_case(key, name)) return value;
    semicolon = header.find(';');
  }
  return std::nullopt;
}

std::string_view media_type(std::string_view header) {
  return trim(header.substr(0, std::min(header.find(';'), header.size())));
}

/// Cuts a body at its boundary lines.
class Delimiter {
 public:
  explicit Delimiter(const std::string& boundary) : line_("\r\n--" + boundary) {}

  enum class Kind { kNone, kPart, kClosing };
  struct Found {
    Kind kind = Kind::kNone;
    std::size_t begin = 0;  // of the line break before the boundary
    std::size_t end = 0;    // after the boundary's own line break
  };

  /// The first boundary line at or after `from`. Longer lines that merely start like one are data.
  Found find(std::string_view body, std::size_t from) const {
    for (;; ++from) {
      const auto begin = body.find(line_, from);
      if (begin == std::string_view::npos) return {};
      if (const Found found = classify(body, begin, begin + line_.size());
          found.kind != Kind::kNone) {
        return found;
      }
      from = begin;
    }
  }

  /// The boundary that opens the body; it may follow a preamble.
  Found find_first(std::string_view body) const {
    const std::string_view bare = std::string_view(line_).substr(2);
    if (body.starts_with(bare)) {
      if (const Found found = classify(body, 0, bare.size()); found.kind != Kind::kNone) {
        return found;
      }
    }
    return find(body, 0);
  }

 private:
  static Found classify(std::string_view body, std::size_t begin, std::size_t after) {
    std::string_view rest = body.substr(after);
    if (rest.starts_with("--")) return {Kind::kClosing, begin, after + 2};
    const auto padding = std::min(rest.find_first_not_of(kSpace), rest.size());
    rest.remove_prefix(padding);
    if (rest.starts_with("\r\n")) return {Kind::kPart, begin, after + padding + 2};
    return {};
  }

  std::string line_;
};

Result<FormPart> parse_part(std::string_view part) {
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  const auto end = part.substr(0, kMaxFormPartHead + kEndOfHead.size()).find(kEndOfHead);
  if (end == std::string_view::npos) {
    return fail(ErrorCode::kBadInput,
                fmt::format("a form part's headers do not end within {} bytes", kMaxFormPartHead));
  }
  FormPart result;
  result.data = part.substr(end + kEndOfHead.size());
  std::string_view head = part.substr(0, end);
  bool named = false;
  while (!head.empty()) {
    const auto line_end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, line_end);
    head.remove_prefix(std::min(line_end + 2, head.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos ||
        !equal_ignoring_case(trim(line.substr(0, colon)), "content-disposition")) {
      continue;
    }
    const std::string_view value = line.substr(colon + 1);
    auto name = parameter(value, "name");
    if (!name || !equal_ignoring_case(media_type(value), "form-data")) break;
    named = true;
    result.name = std::move(*name);
    result.filename = parameter(value, "filename").value_or("");
  }
  if (!named) {
    return fail(ErrorCode::kBadInput,
                "a form part lacks a \"Content-Disposition: form-data; name=...\" header");
  }
  return result;
}
}  // namespace

Result<std::vector<FormPart>> parse_multipart(std::string_view content_type,
                                              std::string_view body) {
  if (!equal_ignoring_case(media_type(content_type), "multipart/form-data")) {
    return fail(ErrorCode::kBadInput, "the content type must be multipart/form-data");
  }
  const auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) {
    return fail(
        ErrorCode::kBadInput,
        fmt::format("multipart/form-data needs a boundary of 1 to {} characters", kMaxBoundary));
  }
  const Delimiter delimiter(*boundary);
  std::vector<FormPart> parts;
  Delimiter::Found here = delimiter.find_first(body);
  while (here.kind == Delimiter::Kind::kPart) {
    if (parts.size() == kMaxFormParts) {
      return fail(ErrorCode::kBadInput, fmt::format("more than {} form parts", kMaxFormParts));
    }
    // The line break that ends one boundary line may begin the next: an empty part has no headers.
    const Delimiter::Found next = delimiter.find(body, here.end - 2);
    if (next.kind == Delimiter::Kind::kNone) break;
    auto part = parse_part(body.substr(here.end, std::max(next.begin, here.end) - here.end));
    if (!part) return std::unexpected(part.error());
    parts.push_back(std::move(*part));
    here = next;
  }
  if (here.kind != Delimiter::Kind::kClosing) {
    return fail(ErrorCode::kBadInput, "the form ends before its closing boundary");
  }
  return parts;
}

}  // namespace eva::engine
