#include "replay/timeline_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "session/input_audio.h"

namespace eva::replay {
namespace {

using session::InputAudio;

constexpr double kLeft = 96;  // of the lanes; names stand before
constexpr double kWidth = 1400;
constexpr double kRight = 24;
constexpr Duration kLine = 20s;
constexpr double kAxis = 20;  // heights
constexpr double kSound = 44;
constexpr double kBar = 20;
constexpr double kEngine = 7;
constexpr double kGap = 5;
constexpr double kLabelRow = 13;
constexpr double kHead = 84;
constexpr double kCharacter = 6.1;    // mean width at 11 px
constexpr Duration kBin = 20ms;       // of the sound's outline
constexpr Duration kTogether = 40ms;  // marks this near share a label

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string fitting(const std::string& text, double width) {
  const auto room = static_cast<std::size_t>(std::max(0.0, (width - 8) / kCharacter));
  if (text.size() <= room) return text;
  if (room < 4) return "";
  std::size_t end = room - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

/// The stretch of time that one line of the picture shows.
struct Line {
  Time begin;
  Time end;
  double scale = 0;  // px per µs
  double x(Time at) const {
    return kLeft + static_cast<double>((std::clamp(at, begin, end) - begin).count()) * scale;
  }
  bool shows(const Span& span) const { return span.end > begin && span.begin < end; }
};

class Picture {
 public:
  Picture(const Recording& recording, const Windows& windows, const std::vector<Drawn>& runs)
      : recording_(recording), windows_(windows), runs_(runs), begin_(recording.header.start) {
    end_ = begin_ + 1s;
    for (const auto& drawn : runs_) end_ = std::max(end_, drawn.run->end());
    outline();
  }

  std::string draw() {
    // Rounded up to whole seconds, so that the axis ends on a tick.
    const auto whole = std::chrono::ceil<std::chrono::seconds>(end_ - begin_);
    const Duration length = std::min<Duration>(kLine, std::max<Duration>(whole, 4s));
    const double scale = (kWidth - kLeft - kRight) / static_cast<double>(length.count());
    y_ = kHead;
    for (Time at = begin_; at < end_; at += length) line({at, at + length, scale});
    return fmt::format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
               "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"system-ui, 'Segoe UI', "
               "'Helvetica Neue', Arial, sans-serif\" font-size=\"11\" fill=\"#1c2330\">\n"
               "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
               kWidth, y_ + 8) +
           head() + out_ + "</svg>\n";
  }

 private:
  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }

  // The loudest sample of each bin and the speech that the detector heard, on session time.
  void outline() {
    const double threshold =
        recording_.header.settings.turn_detection.value_or(session::TurnDetection{}).turn.threshold;
    constexpr auto kWindow = samples_to_duration(vad::kWindow, vad::kRate);
    std::int64_t received = 0;
    auto window = windows_.begin();
    for (const auto& recorded : recording_.events) {
      const auto* audio = std::get_if<session::AudioReceived>(&recorded.event);
      if (!audio) continue;
      const Duration length = samples_to_duration(std::ssize(audio->pcm), InputAudio::kRate);
      const Time first = recorded.at - length;
      for (std::size_t i = 0; i < audio->pcm.size(); ++i) {
        const Time at =
            first + samples_to_duration(static_cast<std::int64_t>(i), InputAudio::kRate);
        int& loudest = loudest_[(at - begin_) / kBin];
        loudest = std::max(loudest, std::abs(int{audio->pcm[i]}));
      }
      received += std::ssize(audio->pcm);
      for (; window != windows_.end() && window->first <= received; ++window) {
        if (window->second < threshold) continue;
        // Spoken when it would have come, had every chunk come when its last sample was spoken.
        const Time end =
            recorded.at - samples_to_duration(received - window->first, InputAudio::kRate);
        if (!speech_.empty() && end - kWindow - speech_.back().end < kWindow) {
          speech_.back().end = end;
        } else {
          speech_.push_back({end - kWindow, end});
        }
      }
    }
  }

  std::string head() const {
    std::string out = fmt::format(
        "<text x=\"16\" y=\"28\" font-size=\"17\" font-weight=\"600\">Call of {}</text>\n"
        "<text x=\"16\" y=\"47\" fill=\"#5b6577\">{:.1f} s · Eva {}{} · time in seconds</text>\n",
        escaped(recording_.header.started), static_cast<double>((end_ - begin_).count()) / 1e6,
        escaped(recording_.header.eva), recording_.header.redacted ? " · redacted" : "");
    double x = 16;
    const auto key = [&](const char* fill, const char* stroke, const char* name) {
      out += fmt::format(
          "<rect x=\"{:.1f}\" y=\"59\" width=\"18\" height=\"11\" rx=\"2\" fill=\"{}\" "
          "stroke=\"{}\"/><text x=\"{:.1f}\" y=\"69\">{}</text>\n",
          x, fill, stroke, x + 24, name);
      x += 24 + 18 + kCharacter * static_cast<double>(std::string_view(name).size());
    };
    key("#dbe9ff", "#dbe9ff", "speech detected");
    key("#3b7ddd", "#3b7ddd", "your turn");
    key("#c5d9f7", "#c5d9f7", "pause that ended it");
    key("#f2b84b", "#f2b84b", "Eva thinks");
    key("#3a9d6e", "#3a9d6e", "Eva is heard");
    key("#a9d8c0", "#a9d8c0", "quieter");
    key("#8a94a6", "#8a94a6", "engine at work");
    key("#ffffff", "#8a94a6", "its work dropped");
    return out;
  }

  void line(const Line& line) {
    axis(line);
    sound(line);
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (runs_.size() > 1) {
        add("<text x=\"{:.0f}\" y=\"{:.1f}\" font-weight=\"600\" fill=\"{}\">{}</text>\n", kLeft,
            y_ + 12, i == 0 ? "#5b6577" : "#a03a2f", escaped(runs_[i].title));
        y_ += 17;
      }
      run(line, *runs_[i].run);
      y_ += 4;
    }
    y_ += 12;
  }

  void name(double height, const char* text) {
    add("<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\" fill=\"#5b6577\">{}</text>\n",
        kLeft - 8, y_ + height / 2 + 4, text);
  }

  void bar(const Line& line, const Span& span, double height, const char* style,
           const std::string& text = "", const std::string& tip = "", bool dark = false) {
    if (!line.shows(span)) return;
    const double x = line.x(span.begin);
    const double width = std::max(1.0, line.x(span.end) - x);
    add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" {}>", x, y_, width,
        height, style);
    if (!tip.empty()) add("<title>{}</title>", escaped(tip));
    add("</rect>\n");
    const std::string shown = fitting(text, width);
    if (shown.empty()) return;
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\" pointer-events=\"none\">{}</text>\n", x + 4,
        y_ + height / 2 + 4, dark ? "#1c2330" : "#ffffff", escaped(shown));
  }

  void axis(const Line& line) {
    y_ += kAxis;
    for (Time at = line.begin; at <= line.end; at += 1s) {
      add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"#5b6577\">{}</text>\n",
          line.x(at), y_ - 6, (at - begin_) / 1s);
    }
    double height = kSound + kGap;
    for (const auto& drawn : runs_) height += run_height(line, *drawn.run);
    for (Time at = line.begin; at <= line.end; at += 1s) {
      const bool five = (at - begin_) / 1s % 5 == 0;
      add("<path d=\"M{:.1f} {:.1f}v{:.1f}\" stroke=\"{}\"/>\n", line.x(at), y_, height,
          five ? "#d5dae3" : "#eceff4");
    }
  }

  void sound(const Line& line) {
    name(kSound, "you");
    for (const Span& span : speech_) bar(line, span, kSound, "fill=\"#dbe9ff\"");
    std::string path;
    const double middle = y_ + kSound / 2;
    const auto first = loudest_.lower_bound((line.begin - begin_) / kBin);
    const auto last = loudest_.lower_bound((line.end - begin_) / kBin);
    for (auto bin = first; bin != last; ++bin) {
      if (bin->second == 0) continue;
      // The square root shows quiet speech too.
      const double half = std::sqrt(bin->second / 32768.0) * kSound / 2;
      fmt::format_to(std::back_inserter(path), "M{:.1f} {:.1f}v{:.1f}",
                     line.x(begin_ + bin->first * kBin + kBin / 2), middle - half, 2 * half);
    }
    if (!path.empty()) add("<path d=\"{}\" stroke=\"#5f7fae\" stroke-width=\"1.1\"/>\n", path);
    if (recording_.header.redacted) {
      add("<text x=\"{:.0f}\" y=\"{:.1f}\" fill=\"#8a94a6\">(the sound was not kept)</text>\n",
          kLeft + 4, y_ + 12);
    }
    y_ += kSound + kGap;
  }

  void run(const Line& line, const RunLog& run) {
    name(kBar, "your turn");
    for (const Span& span : run.user_turns()) bar(line, span, kBar, "fill=\"#3b7ddd\" rx=\"3\"");
    for (const Turn& turn : run.turns()) {
      if (!turn.speech || !turn.record.turn_ended_at) continue;
      const Span pause{turn.speech->end, *turn.record.turn_ended_at};
      const Span said{std::max(turn.speech->begin, line.begin), turn.speech->end};
      const std::string tip = fmt::format("{} ({} ms of silence)", turn.record.user_text,
                                          to_ms(pause.end - pause.begin));
      bar(line, said, kBar, "fill=\"#3b7ddd\" rx=\"3\"", turn.record.user_text, tip);
      bar(line, pause, kBar, "fill=\"#c5d9f7\"", "", tip);
    }
    y_ += kBar + kGap;
    name(kBar, "Eva");
    for (const Span& span : run.thinking()) {
      bar(line, span, kBar, "fill=\"#f2b84b\" rx=\"3\"", "", "thinks");
    }
    for (const Heard& heard : run.heard()) {
      const std::string text = text_of(run, heard.response_id);
      const char* style = heard.ducked ? "fill=\"#a9d8c0\"" : "fill=\"#3a9d6e\" rx=\"3\"";
      bar(line, heard.span, kBar, style, text, text);
    }
    y_ += kBar + kGap;
    engines(line, run);
    marks(line, run);
  }

  void engines(const Line& line, const RunLog& run) {
    for (const auto& [kind, title] : {std::pair{Request::Kind::kStt, "hears"},
                                      {Request::Kind::kLlm, "answers"},
                                      {Request::Kind::kTts, "speaks"}}) {
      add("<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\" font-size=\"9\" "
          "fill=\"#8a94a6\">{}</text>\n",
          kLeft - 8, y_ + kEngine - 0.5, title);
      for (const Request& request : run.requests()) {
        if (request.kind != kind) continue;
        const Span span{request.span.begin, std::min(request.span.end, run.end())};
        bar(line, span, kEngine,
            request.answered ? "fill=\"#8a94a6\"" : "fill=\"#ffffff\" stroke=\"#8a94a6\"", "",
            fmt::format("{}: {} ms{}", title, to_ms(span.end - span.begin),
                        request.answered ? "" : ", dropped"));
      }
      y_ += kEngine + 3;
    }
    y_ += kGap;
  }

  struct Label {
    Time at;
    std::string text;
    std::size_t row = 0;
    bool left = false;  // of its mark, for want of room
  };

  // The marks of a line with the rows in which their labels do not overlap.
  static std::vector<Label> labels(const Line& line, const RunLog& run) {
    std::vector<Label> out;
    for (const Mark& mark : run.marks()) {
      if (mark.at < line.begin || mark.at >= line.end) continue;
      if (!out.empty() && mark.at - out.back().at < kTogether) {
        if (out.back().text.find(mark.what) == std::string::npos)
          out.back().text += ", " + mark.what;
      } else {
        out.push_back({mark.at, mark.what});
      }
    }
    std::vector<double> free_from;  // x, by row
    for (Label& label : out) {
      const double x = line.x(label.at);
      const double width = 10 + kCharacter * static_cast<double>(label.text.size());
      label.left = x + width > kWidth;
      const double begin = label.left ? x - width : x;
      while (label.row < free_from.size() && free_from[label.row] > begin) ++label.row;
      if (label.row == free_from.size()) free_from.push_back(0);
      free_from[label.row] = begin + width;
    }
    return out;
  }
  static std::size_t label_rows(const std::vector<Label>& all) {
    std::size_t rows = 1;
    for (const Label& label : all) rows = std::max(rows, label.row + 1);
    return rows;
  }

  double run_height(const Line& line, const RunLog& run) const {
    const double title = runs_.size() > 1 ? 17 : 0;
    return title + 2 * (kBar + kGap) + 3 * (kEngine + 3) + kGap + 4 +
           kLabelRow * static_cast<double>(label_rows(labels(line, run))) + kGap;
  }

  void marks(const Line& line, const RunLog& run) {
    const auto all = labels(line, run);
    name(kLabelRow, "decided");
    const double lanes = 2 * (kBar + kGap) + 3 * (kEngine + 3) + kGap;
    for (const Label& label : all) {
      const double x = line.x(label.at);
      const double row = kLabelRow * static_cast<double>(label.row);
      const bool stop = label.text.find("stops") != label.text.npos;
      const char* colour = stop ? "#c0392b" : "#3c4657";
      add("<path d=\"M{:.1f} {:.1f}V{:.1f}\" stroke=\"{}\" stroke-width=\"{}\" "
          "stroke-dasharray=\"2 2\"/>\n",
          x, y_ - lanes, y_ + row + kLabelRow - 3, colour, stop ? "1.4" : "0.8");
      add("<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"{}\" text-anchor=\"{}\" "
          "stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">{}<title>{:.3f} "
          "s</title></text>\n",
          label.left ? x - 4 : x + 4, y_ + row + 9, colour, label.left ? "end" : "start",
          escaped(label.text), static_cast<double>((label.at - begin_).count()) / 1e6);
    }
    y_ += kLabelRow * static_cast<double>(label_rows(all)) + kGap;
  }

  static std::string text_of(const RunLog& run, const std::string& response_id) {
    for (const Turn& turn : run.turns()) {
      if (turn.record.response_id == response_id)
        return turn.record.heard.count() > 0 ? turn.record.heard_text : turn.record.reply_text;
    }
    return "";
  }

  const Recording& recording_;
  const Windows& windows_;
  const std::vector<Drawn>& runs_;
  Time begin_;
  Time end_;
  std::map<std::int64_t, int> loudest_;  // by bin
  std::vector<Span> speech_;
  std::string out_;
  double y_ = 0;
};

}  // namespace

std::string timeline_svg(const Recording& recording, const Windows& windows,
                         const std::vector<Drawn>& runs) {
  return Picture(recording, windows, runs).draw();
}

}  // namespace eva::replay
