#include "providers/provider_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "providers/provider_error.h"

namespace eva::providers {
namespace {
constexpr Duration kRetryDelay = 100ms;
constexpr Duration kEngineRestart = 5s;
constexpr Duration kEndOfBody = 100ms;
constexpr Duration kBetween = 15s;

/// Around kRetryDelay: the calls that one dead engine cost do not all come back at once.
Duration retry_delay() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::chrono::duration_cast<Duration>(kRetryDelay *
                                              std::uniform_real_distribution(0.5, 1.5)(random));
}

bool may_be_transient(const Error& error) {
  return error.code == ErrorCode::kUnreachable || error.code == ErrorCode::kUnavailable;
}

/// The attempts of one request. Owned by the handle, and by itself while it calls back.
class Attempts : public std::enable_shared_from_this<Attempts> {
 public:
  Attempts(io::EventLoop& loop, io::HttpClient& client, ProviderRequest request,
           AnswerCallbacks callbacks)
      : loop_(loop),
        client_(client),
        request_(std::move(request)),
        callbacks_(std::move(callbacks)),
        started_(loop.now()) {
    if (!request_.api_key.empty()) {
      request_.http.headers.emplace_back("Authorization", "Bearer " + request_.api_key);
    }
  }

  void send() {
    status_ = 0;
    told_to_wait_ = false;
    refusal_.clear();
    // The call silences these when it dies, so `this` lives.
    io::HttpCallbacks callbacks{
        .on_head = [this](int status, const io::Headers& headers) { begin(status, headers); },
        .on_data = [this](std::string_view bytes) { receive(bytes); },
        .on_done = [this](Result<> result) { end(std::move(result)); }};
    const io::HttpTimeouts timeouts{.first_byte = request_.timeout, .between = kBetween};
    call_ = client_.send(request_.http, timeouts, std::move(callbacks));
    expect_progress(request_.timeout);
  }

  void cancel() {
    over_ = true;
    stop_attempt();
  }

 private:
  bool accepted() const { return status_ >= 200 && status_ < 300; }

  void begin(int status, const io::Headers& headers) {
    const auto self = shared_from_this();
    status_ = status;
    told_to_wait_ = status == 503 && io::find_header(headers, "Retry-After").has_value();
    if (!accepted()) return;
    if (Result<> started = callbacks_.on_start(headers); !started) finish(std::move(started));
  }

  void receive(std::string_view bytes) {
    const auto self = shared_from_this();
    if (!accepted()) {
      refusal_ += bytes.substr(0, kMaxErrorBody - std::min(refusal_.size(), kMaxErrorBody));
      return;
    }
    const Received received = callbacks_.on_data(bytes);
    if (!went_well(received)) return;
    if (received.progress == Progress::kComplete && timer_ == 0) {
      timer_ = loop_.call_at(loop_.now() + kEndOfBody, [this] { end_well(); });
    }
  }

  /// False where the call is over or this attempt is.
  bool went_well(const Received& received) {
    if (over_) return false;
    if (received.progress != Progress::kNothing) {
      delivered_ = true;
      expect_progress(kBetween);
    }
    if (received.error) failed(*received.error);
    return !received.error;
  }

  void end(Result<> result) {
    const auto self = shared_from_this();
    if (status_ != 0 && !accepted()) {
      return failed(status_error(status_, refusal_, client_.url().where(), request_.api_key));
    }
    if (!result && timer_ == 0) return failed(result.error());
    end_well();  // where the timer runs, the answer was whole before
  }

  void end_well() {
    const auto self = shared_from_this();
    if (went_well(callbacks_.on_end())) finish({});
  }

  /// One attempt failed.
  void failed(const Error& error) {
    stop_attempt();
    if (!may_be_transient(error) || delivered_ || !may_retry(error)) {
      return finish(std::unexpected(error));
    }
    timer_ = loop_.call_at(loop_.now() + retry_delay(), [this] {
      timer_ = 0;
      send();
    });
  }

  bool may_retry(const Error& error) {
    const bool engine = client_.url().scheme == io::Url::Scheme::kUnix;
    if (engine && (error.code == ErrorCode::kUnreachable || told_to_wait_)) {
      return loop_.now() - started_ + kRetryDelay <= kEngineRestart;
    }
    return !std::exchange(retried_, true);
  }

  void finish(Result<> result) {
    const auto self = shared_from_this();
    if (std::exchange(over_, true)) return;
    stop_attempt();
    callbacks_.on_done(std::move(result));
  }

  void stop_attempt() {
    loop_.cancel(timer_);
    loop_.cancel(deadline_);
    call_.reset();
  }

  /// Bytes alone (pings, a dripped body) do not keep a request alive: something of use must come.
  void expect_progress(Duration within) {
    loop_.cancel(deadline_);
    deadline_ = loop_.call_at(loop_.now() + within, [this] {
      const auto self = shared_from_this();
      failed(
          {ErrorCode::kTimeout, fmt::format("{}: {} within {} ms", client_.url().where(),
                                            delivered_ ? "the answer did not go on" : "no answer",
                                            (delivered_ ? kBetween : request_.timeout) / 1ms)});
    });
  }

  io::EventLoop& loop_;
  io::HttpClient& client_;
  ProviderRequest request_;
  AnswerCallbacks callbacks_;
  const Time started_;
  std::unique_ptr<io::HttpCall> call_;
  TimerId timer_ = 0;          // of the next attempt, or of the end of the body
  TimerId deadline_ = 0;       // of the next progress
  int status_ = 0;             // of this attempt, 0 before its head
  bool told_to_wait_ = false;  // the engine is loading; without Retry-After it has failed
  std::string refusal_;
  bool delivered_ = false;
  bool retried_ = false;
  bool over_ = false;
};

class ProviderCall final : public speech::Call {
 public:
  explicit ProviderCall(std::shared_ptr<Attempts> attempts) : attempts_(std::move(attempts)) {}
  ~ProviderCall() override { attempts_->cancel(); }

 private:
  std::shared_ptr<Attempts> attempts_;
};

}  // namespace

speech::CallHandle start_provider_call(io::EventLoop& loop, io::HttpClient& client,
                                       ProviderRequest request, AnswerCallbacks callbacks) {
  auto attempts =
      std::make_shared<Attempts>(loop, client, std::move(request), std::move(callbacks));
  attempts->send();
  return std::make_unique<ProviderCall>(std::move(attempts));
}

}  // namespace eva::providers
