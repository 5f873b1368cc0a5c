#pragma once
// Expected failures are values: Result<T>. Bugs are EVA_CHECK (check.h).
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace eva {

enum class ErrorCode {
  kBadInput,      // the caller's data is wrong: tell the caller, keep the connection
  kBadConfig,     // a setting is wrong: say which and what to write instead
  kNotFound,      // a file, model or route does not exist
  kUnauthorized,  // a key is missing or wrong
  kUnreachable,   // no connection to a peer came about: may be retried
  kUnavailable,   // a peer died or answered 5xx: may be retried
  kTimeout,       // a deadline passed
  kOverloaded,    // a bounded queue or limit is full: try later
  kCancelled,     // the caller cancelled; never shown to a user
  kProtocol,      // a peer broke its protocol
  kIo,            // the operating system failed a read, write or open
  kInternal,      // a third-party library failed in a way nobody expected
};
std::string_view to_string(ErrorCode code);

/// `detail` is for people: says what is wrong and, where possible, what to do. No secrets.
struct Error {
  ErrorCode code;
  std::string detail;
};

template <typename T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return std::unexpected(Error{code, std::move(detail)});
}

}  // namespace eva
