#include "cli/listen_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "cli/terminal.h"
#include "recorder/subtitles.h"

namespace eva::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kDim = "\x1b[2m";
constexpr const char* kNormal = "\x1b[0m";

std::string one_line(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// "1:02:03" or "2:03".
std::string clock(Duration time) {
  const auto seconds = to_ms(time) / 1000;
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

Result<SubtitleFile> SubtitleFile::create(const std::string& name, Format format) {
  SubtitleFile subtitles(name, format);
  subtitles.file_.open(name, std::ios::binary | std::ios::trunc);
  if (format == Format::kVtt) subtitles.file_ << recorder::vtt_head();
  if (auto written = subtitles.flush(); !written) return std::unexpected(written.error());
  return subtitles;
}

Result<> SubtitleFile::flush() {
  if (file_.flush()) return {};
  return fail(ErrorCode::kIo, name_ + ": cannot be written");
}

Result<> SubtitleFile::add(const HeardFinal& heard) {
  for (const recorder::Cue& cue : recorder::cues_of(
           {.start = heard.start, .end = heard.end, .text = heard.text, .words = heard.words})) {
    file_ << (format_ == Format::kSrt ? recorder::srt_cue(++cues_, cue) : recorder::vtt_cue(cue));
  }
  return flush();
}

void ListenOutput::partial(const HeardPartial& heard) {
  if (look_.form == ListenLook::Form::kJson) {
    out_ << one_line({{"type", "partial"},
                      {"number", heard.number},
                      {"committed", heard.committed},
                      {"tentative", heard.tentative}})
         << std::flush;
  }
  if (look_.form != ListenLook::Form::kTerminal) return;
  clear_progress();
  // The newest words, in one line: a longer one could not be taken away again.
  const std::size_t held = heard.committed.size();
  const std::string whole = heard.committed + heard.tentative;
  const auto columns = static_cast<std::size_t>(std::max(look_.width() - 1, 10));
  const std::string_view shown = last_characters(whole, columns);
  const std::size_t cut = whole.size() - shown.size();
  const std::size_t bright = held > cut ? held - cut : 0;
  out_ << kClearLine << shown.substr(0, bright) << (look_.colours ? kDim : "")
       << shown.substr(bright) << (look_.colours ? kNormal : "") << std::flush;
  in_place_ = true;
}

void ListenOutput::final_text(const HeardFinal& heard) {
  clear();
  if (look_.form == ListenLook::Form::kJson) {
    ordered_json line{{"type", "final"},
                      {"number", heard.number},
                      {"start_ms", to_ms(heard.start)},
                      {"end_ms", to_ms(heard.end)},
                      {"text", heard.text}};
    for (const speech::Word& word : heard.words) {
      line["words"].push_back({{"text", word.text},
                               {"start_ms", to_ms(heard.start + word.start)},
                               {"end_ms", to_ms(heard.start + word.end)}});
    }
    out_ << one_line(line) << std::flush;
    return;
  }
  if (heard.text.empty()) return;
  if (look_.form == ListenLook::Form::kTerminal) {
    out_ << (look_.colours ? kDim : "") << fmt::format("{:>7}  ", clock(heard.start))
         << (look_.colours ? kNormal : "");
  }
  out_ << heard.text << '\n' << std::flush;
}

void ListenOutput::failed(std::uint64_t number, const Error& error) {
  clear();
  if (look_.form == ListenLook::Form::kJson) {
    out_ << one_line({{"type", "failed"}, {"number", number}, {"message", error.detail}})
         << std::flush;
  }
  notes_ << fmt::format("eva listen: recording {} has no text: {}\n", number, error.detail)
         << std::flush;
}

void ListenOutput::progress(Duration heard, Duration length, Duration took) {
  if (!look_.progress || in_place_) return;
  const double speed = static_cast<double>(heard.count()) /
                       static_cast<double>(std::max(took, Duration{1ms}).count());
  std::string line = clock(heard);
  if (length > Duration{}) {
    line = fmt::format("{:3} %  {} of {}", std::min(heard * 100 / length, std::int64_t{100}), line,
                       clock(length));
  }
  notes_ << kClearLine << fmt::format("{}  {:.1f}x real time", line, speed) << std::flush;
  progress_shown_ = true;
}

void ListenOutput::clear_progress() {
  if (std::exchange(progress_shown_, false)) notes_ << kClearLine << std::flush;
}

void ListenOutput::clear() {
  clear_progress();
  if (std::exchange(in_place_, false)) out_ << kClearLine << std::flush;
}

}  // namespace eva::cli
