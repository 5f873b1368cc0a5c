#pragma once
// One request to a provider: retries it while that is safe, and turns refusals into errors.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "io/event_loop.h"
#include "io/http_client.h"
#include "speech/call.h"

namespace eva::providers {

enum class Progress {
  kNothing,    // nothing was passed on to the requester: the request may be repeated
  kDelivered,  // something was: it may not
  kComplete,   // the answer is whole; the rest of the HTTP body is awaited for 100 ms only
};

/// What one piece of an answer led to; both may be there.
struct Received {
  Progress progress = Progress::kNothing;
  std::optional<Error>
      error;  // ends the attempt; kUnreachable and kUnavailable may lead to another
};

/// Run later, on the loop; each may destroy the call.
struct AnswerCallbacks {
  /// A 2xx answer begins; forget what an earlier attempt sent. An error ends the call.
  std::move_only_function<Result<>(const io::Headers&)> on_start;
  std::move_only_function<Received(std::string_view)> on_data;  // a piece of its body
  std::move_only_function<Received()> on_end;                   // the body is whole
  /// Exactly once, last.
  std::move_only_function<void(Result<>)> on_done;
};

struct ProviderRequest {
  io::HttpRequest http;  // method, target, headers, body; the key is added
  std::string api_key;
  Duration timeout = 15s;  // for each attempt, until something is delivered; then 15 s between
};

/// Repeats what failed with kUnreachable or kUnavailable before anything was delivered: once; but
/// about every 100 ms, for up to 5 s after the first attempt, while a Unix socket (the embedded
/// engine, which may be restarting) refuses the connection or answers 503 with Retry-After. `loop`
/// and `client` outlive the handle.
[[nodiscard]] speech::CallHandle start_provider_call(io::EventLoop& loop, io::HttpClient& client,
                                                     ProviderRequest request,
                                                     AnswerCallbacks callbacks);

}  // namespace eva::providers
