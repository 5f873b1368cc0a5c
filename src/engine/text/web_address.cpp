// URLs, host names and e-mail addresses.
#include <algorithm>
#include <array>

#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::array<std::string_view, 17> kDomains = {"com", "org", "net",  "edu", "gov", "io",
                                                       "ai",  "dev", "co",   "uk",  "us",  "app",
                                                       "de",  "eu",  "info", "tv",  "me"};

bool is_host_character(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.';
}

/// "docs.example.com": labels of letters, digits and hyphens, a known top domain, at least one dot.
bool is_host(std::string_view host) {
  const std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || host.find("..") != std::string_view::npos) {
    return false;
  }
  if (!std::all_of(host.begin(), host.end(), is_host_character) || !is_letter(host.front())) {
    return false;
  }
  const std::string domain = lower(host.substr(dot + 1));
  return std::find(kDomains.begin(), kDomains.end(), domain) != kDomains.end();
}

bool is_mail(std::string_view core) {
  const std::size_t at = core.find('@');
  return at != std::string_view::npos && at > 0 && core.find('.', at) != std::string_view::npos &&
         core.find('@', at + 1) == core.npos;
}

const char* separator_name(char c) {
  switch (c) {
    case '.':
      return "dot";
    case '@':
      return "at";
    case '/':
      return "slash";
    case '-':
      return "dash";
    case '_':
      return "underscore";
    case ':':
      return "colon";
    case '+':
      return "plus";
    case '~':
      return "tilde";
    case '=':
      return "equals";
    default:
      return nullptr;
  }
}

/// ".uk" is spelled, ".co" is not.
bool is_spelled_domain(std::string_view domain) {
  return domain.size() == 2 && domain != "co" && domain != "me";
}

void say_address(const Clause& clause, std::string_view address, Spoken& out) {
  Scan scan(address);
  bool after_dot = false;
  while (!scan.done()) {
    if (const std::string_view letters = scan.take_letters(); !letters.empty()) {
      const bool domain = after_dot && scan.done() && is_spelled_domain(lower(letters));
      if (domain || lower(letters) == "www") {
        out.spell(letters);
      } else {
        say_word(clause, letters, out);
      }
    } else if (const std::string_view digits = scan.take_digits(); !digits.empty()) {
      out.say(say_digits(digits));
    } else {
      if (const char* name = separator_name(scan.peek())) out.say(name);
      after_dot = scan.peek() == '.';
      scan.take(scan.peek());
    }
  }
}

}  // namespace

std::size_t say_web_address(const Clause& clause, std::size_t at, Spoken& out) {
  std::string_view address = clause.tokens[at].core;
  const std::size_t scheme = address.find("://");
  if (scheme != std::string_view::npos) {
    address.remove_prefix(scheme + 3);
  } else if (is_mail(address)) {
    if (address.starts_with("mailto:")) address.remove_prefix(7);
  } else if (!lower(address).starts_with("www.") &&
             !is_host(address.substr(0, address.find('/')))) {
    return 0;
  }
  address = address.substr(0, address.find_first_of("?#"));  // nobody wants to hear a query
  while (address.ends_with('/')) address.remove_suffix(1);
  if (address.empty()) return 0;
  say_address(clause, address, out);
  return 1;
}

}  // namespace eva::text
