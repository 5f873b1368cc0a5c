#include "cli/ask.h"

#include <optional>
#include <utility>

#include "io/event_loop.h"
#include "io/http_client.h"

namespace eva::cli {

Result<Answer> ask(const io::Url& url, const std::string& target, const std::string& key,
                   Duration patience) {
  constexpr std::size_t kMaxBody = 64 << 10;
  io::EventLoop loop;
  io::HttpClient client(loop, url);
  io::HttpRequest request;
  request.method = "GET";
  request.target = target;
  if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
  Answer answer;
  std::optional<Result<>> end;
  std::unique_ptr<io::HttpCall> call;
  io::HttpCallbacks callbacks;
  callbacks.on_head = [&](int status, const io::Headers&) { answer.status = status; };
  callbacks.on_data = [&](std::string_view data) {
    answer.body += data;
    if (answer.body.size() < kMaxBody) return;
    answer.body.resize(kMaxBody);
    end = Result<>();  // enough seen
    call.reset();
  };
  callbacks.on_done = [&](Result<> result) { end = std::move(result); };
  call = client.send(std::move(request),
                     {.connect = patience, .first_byte = patience, .between = patience},
                     std::move(callbacks));
  loop.run_until([&] { return end.has_value(); });
  if (!*end) return std::unexpected(end->error());
  return answer;
}

}  // namespace eva::cli
