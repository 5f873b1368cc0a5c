#pragma once
// multipart/form-data (RFC 7578) as a pure function of the request; takes any bytes.
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace eva::engine {

inline constexpr std::size_t kMaxFormParts = 32;
inline constexpr std::size_t kMaxFormPartHead = 4096;  // bytes of one part's headers

struct FormPart {
  std::string name;
  std::string filename;   // "" if none was sent
  std::string_view data;  // inside the body; not decoded
};

/// The parts in their order; several may share a name. `body` must outlive them.
/// kBadInput: another content type, no or a bad boundary, a part without a name, too many parts, a
/// part head that is too long, or a body that is cut off before the closing boundary.
Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace eva::engine
