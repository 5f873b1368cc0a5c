#pragma once
// Arithmetic and comparisons: "2*3=6", "5 - 3 = 2", "a != b", "1.5e-3".
#include <span>
#include <string_view>

#include "engine/text/token.h"

namespace eva::text {

struct Operator {
  std::string_view written;
  const char* words;
  bool sure;  // makes arithmetic of what stands around it; '-', '/' and 'x' may mean other things
};

/// The longest operator that `text` begins with, nullptr if none does.
const Operator* find_operator(std::string_view text);

/// Whether a sure operator stands between two values: then '-' in the clause means minus.
bool is_arithmetic(std::span<const Token> tokens);

}  // namespace eva::text
