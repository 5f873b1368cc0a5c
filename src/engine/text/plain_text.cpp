#include "engine/text/plain_text.h"

#include "engine/text/markdown.h"
#include "engine/text/scan.h"
#include "engine/text/transliterate.h"
#include "engine/text/utf8.h"

namespace eva::text {
namespace {

/// Signs that have a plain spelling; nullptr for the others.
const char* sign(char32_t code) {
  switch (code) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x02BC:
    case 0x00B4:
    case 0x2032:
      return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x00AB:
    case 0x00BB:
    case 0x2033:
      return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2212:
      return "-";
    case 0x2014:
    case 0x2015:
      return " -- ";
    case 0x2026:
      return "...";
    case 0x2022:
    case 0x25CF:
    case 0x25AA:
      return "* ";
    case 0x00BC:
      return " 1/4";
    case 0x00BD:
      return " 1/2";
    case 0x00BE:
      return " 3/4";
    case 0x2153:
      return " 1/3";
    case 0x2154:
      return " 2/3";
    case 0x215B:
      return " 1/8";
    case 0x00B2:
      return " squared";
    case 0x00B3:
      return " cubed";
    case 0x00F7:
      return " divided by ";
    case 0x00B1:
      return " plus or minus ";
    case 0x2248:
      return " about ";
    case 0x2264:
      return " at most ";
    case 0x2265:
      return " at least ";
    case 0x2260:
      return " is not ";
    case 0x2192:
      return " to ";
    case 0x221E:
      return " infinity ";
    case 0x03C0:
      return " pi ";
    case 0x00A7:
      return " section ";
    case 0x2116:
      return "No. ";
    case 0x2103:
      return "°C";
    case 0x2109:
      return "°F";
    case 0x3001:
    case 0xFF0C:
      return ", ";
    case 0x3002:
      return ". ";
    case 0x00BF:
    case 0x00A1:
      return "";  // opening ? and ! of Spanish
    default:
      return nullptr;
  }
}

bool is_invisible(char32_t code) {
  return (code >= 0x0300 && code <= 0x036F) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0xFE00 && code <= 0xFE0F) || code == 0x00AD || code == 0xFEFF || code == 0x2122 ||
         code == 0x00AE || code == 0x00A9;
}

/// Signs that later rules read: € £ ¥ ¢ °.
bool is_kept(char32_t code) {
  return code == 0x20AC || code == 0xA3 || code == 0xA5 || code == 0xA2 || code == 0xB0;
}

/// "3 × 4" and "1920×1080" keep an x, which the rules for numbers read as "by" or "times".
constexpr char32_t kTimes = 0xD7;

void append_plain(std::string& out, char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E && code != 0xFF0C) code -= 0xFEE0;  // full-width ASCII
  if (code < 0x80) {
    const bool control = code < 0x20 && code != '\n';
    out += control || code == 0x7F ? ' ' : static_cast<char>(code);
  } else if (is_kept(code)) {
    append_utf8(out, code);
  } else if (code == kTimes) {
    out += 'x';
  } else if (const char* plain = sign(code)) {
    out += plain;
  } else if (const std::string_view letters = transliterate(code); !letters.empty()) {
    out += letters;
  } else if (!is_invisible(code)) {
    out += ' ';
  }
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t code : decode_utf8(text)) append_plain(out, code);
  return strip_markdown(out);
}

}  // namespace eva::text
