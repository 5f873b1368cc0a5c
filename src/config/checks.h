#pragma once
// What a string must look like to be a listen address, a base URL, an origin, a variable's name or
// a language. Each returns "" when the text is right, otherwise the end of the sentence "KEY must
// be ".
#include <string>
#include <string_view>

namespace eva::config {

/// host:port, [v6]:port or unix:/absolute/path.
std::string check_listen(std::string_view text);
/// Like check_listen, but "" is right too.
std::string check_optional_listen(std::string_view text);
/// "" or http(s)://host[:port][/path]/v1, without user, query and trailing slash.
std::string check_base_url(std::string_view text);
/// "" or http(s)://host[:port][/path] without a trailing slash.
std::string check_mirror(std::string_view text);
/// scheme://host[:port] or *.
std::string check_origin(std::string_view text);
/// "" or [A-Z_][A-Z0-9_]*. The message never repeats the text: it may be a key pasted by mistake.
std::string check_env_name(std::string_view text);
/// "" or two or three small letters.
std::string check_language(std::string_view text);
/// A pack's name: letters, digits, '.', '_' and '-', not beginning with a dot.
std::string check_pack(std::string_view text);

/// A pack's name, or the path of an .onnx file.
std::string check_turn_model(std::string_view text);

/// True when only this machine can reach the address: 127.0.0.0/8, ::1, localhost, unix:.
bool is_loopback_listen(std::string_view text);
/// The host of a URL that passed check_base_url, without brackets.
std::string url_host(std::string_view url);

}  // namespace eva::config
