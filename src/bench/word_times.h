#pragma once
// Tables about the test recordings, compiled in; tools/bench has the scripts that make them.
#include <string_view>

namespace eva::bench {

extern const std::string_view kWordTimes;   // word_times.tsv, by word_times.py
extern const std::string_view kWordOnsets;  // word_onsets.tsv, by word_onsets.py

}  // namespace eva::bench
