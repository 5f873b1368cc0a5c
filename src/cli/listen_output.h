#pragma once
// What `eva listen` shows and writes.
#include <cstdint>
#include <fstream>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "speech/stt.h"

namespace eva::cli {

struct HeardPartial {
  std::uint64_t number = 0;  // of the recording, from 1
  std::string committed;
  std::string tentative;  // its blank in front included
};

struct HeardFinal {
  std::uint64_t number = 0;
  Duration start{};  // of the speech, from the first sample heard
  Duration end{};
  std::string text;                 // "" = nobody said anything
  std::vector<speech::Word> words;  // with times from `start`; may be empty
};

/// A subtitle file that is whole after every text.
class SubtitleFile {
 public:
  enum class Format { kSrt, kVtt };
  /// kIo: cannot be written. An existing file is replaced.
  static Result<SubtitleFile> create(const std::string& name, Format format);
  /// kIo: the disk is full.
  Result<> add(const HeardFinal& heard);

 private:
  SubtitleFile(std::string name, Format format) : name_(std::move(name)), format_(format) {}
  Result<> flush();

  std::string name_;
  Format format_;
  std::ofstream file_;
  int cues_ = 0;
};

struct ListenLook {
  enum class Form {
    kTerminal,  // partial texts in place, finals with their time
    kLines,     // one line per final text
    kJson,      // one JSON object per line, partial texts too
  };
  Form form = Form::kLines;
  bool colours = false;                            // kTerminal only
  bool progress = false;                           // on `notes`, which is a terminal
  std::function<int()> width = [] { return 80; };  // columns of the terminal
};

/// Flushed after every text, so that a pipe has it at once.
class ListenOutput {
 public:
  /// `out` and `notes` outlive this.
  ListenOutput(std::ostream& out, std::ostream& notes, ListenLook look)
      : out_(out), notes_(notes), look_(std::move(look)) {}

  void partial(const HeardPartial& heard);
  void final_text(const HeardFinal& heard);
  /// The recording has no text because of `error`.
  void failed(std::uint64_t number, const Error& error);
  /// How far a file of `length` (0 = not known) was heard, after `took`.
  void progress(Duration heard, Duration length, Duration took);
  /// Takes what is shown in place away.
  void clear();

 private:
  void clear_progress();

  std::ostream& out_;
  std::ostream& notes_;
  const ListenLook look_;
  bool in_place_ = false;        // a partial text is shown
  bool progress_shown_ = false;  // on notes_
};

}  // namespace eva::cli
