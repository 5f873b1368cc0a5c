#pragma once
// word_times.tsv, compiled in: made by tools/bench/word_times.py, which says what its columns are.
#include <string_view>

namespace eva::bench {

extern const std::string_view kWordTimes;

}  // namespace eva::bench
