#include "providers/provider_error.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace eva::providers {
namespace {
using nlohmann::json;

ErrorCode code_of(int status) {
  if (status == 401 || status == 403) return ErrorCode::kUnauthorized;
  if (status == 404) return ErrorCode::kNotFound;
  if (status == 429) return ErrorCode::kOverloaded;
  if (status == 408 || status >= 500) return ErrorCode::kUnavailable;
  return status >= 400 ? ErrorCode::kBadInput : ErrorCode::kProtocol;
}

/// {"error":{"message":"x"}}, {"error":"x"}, {"message":"x"} or {"detail":"x"}.
std::string message_field(const json& body) {
  const json* object = &body;
  if (const auto error = body.find("error"); error != body.end()) {
    if (error->is_string()) return error->get<std::string>();
    if (error->is_object()) object = &*error;
  }
  for (const char* name : {"message", "detail"}) {
    const auto field = object->find(name);
    if (field != object->end() && field->is_string()) return field->get<std::string>();
  }
  return "";
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

void blot_out(std::string& text, std::string_view secret) {
  if (secret.empty()) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
    at += 3;
  }
}

/// Never inside a UTF-8 character.
void shorten(std::string& text) {
  if (text.size() <= kMaxErrorMessage) return;
  std::size_t end = kMaxErrorMessage;
  while (end > 0 && (text[end] & '\xC0') == '\x80') --end;
  text.resize(end);
}
}  // namespace

std::string provider_message(std::string_view body, std::string_view api_key) {
  const json parsed = json::parse(body, nullptr, /*allow_exceptions=*/false);
  std::string text;
  if (parsed.is_object()) {
    text = message_field(parsed);
  } else {
    // A page or plain text: its bytes may be anything.
    for (const char c : body) text += static_cast<unsigned char>(c) < 0x80 ? c : '?';
  }
  text = one_line(text);
  blot_out(text, api_key);
  shorten(text);
  return text;
}

Error status_error(int status, std::string_view body, std::string_view where,
                   std::string_view api_key) {
  std::string message = provider_message(body, api_key);
  if (message.empty()) message = fmt::format("HTTP {}", status);
  return {code_of(status), fmt::format("{}: {}", where, message)};
}

}  // namespace eva::providers
