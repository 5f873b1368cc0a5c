#pragma once
// Units of measurement behind a number.
#include <string_view>

namespace eva::text {

struct Unit {
  std::string_view symbol;  // as written: "km/h", "°F"
  const char* one;
  const char* many;
  bool apart;  // also a unit when a space stands before it ("5 km", not "5 in the morning")
};

/// nullptr when `symbol` is no unit. Case matters: "mb" is none, "MB" is.
const Unit* find_unit(std::string_view symbol);

}  // namespace eva::text
