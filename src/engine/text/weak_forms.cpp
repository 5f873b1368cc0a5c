#include "engine/text/weak_forms.h"

#include <unordered_map>

namespace eva::text {
namespace {

using Table = std::unordered_map<std::string_view, const char*>;

/// The values follow the notation in which the voice was trained.
const Table& usual() {
  static const Table table = {{"the", "ðə"},
                              {"a", "ɐ"},
                              {"an", "ɐn"},
                              {"of", "ʌv"},
                              {"and", "ænd"},
                              {"to", "tə"},
                              {"for", "fɔːɹ"},
                              {"from", "fɹʌm"},
                              {"in", "ɪn"},
                              {"on", "ˌɔn"},
                              {"at", "æt"},
                              {"by", "baɪ"},
                              {"with", "wɪð"},
                              {"as", "æz"},
                              {"is", "ɪz"},
                              {"are", "ɑːɹ"},
                              {"was", "wʌz"},
                              {"were", "wɜː"},
                              {"be", "biː"},
                              {"been", "bɪn"},
                              {"am", "æm"},
                              {"it", "ɪt"},
                              {"its", "ɪts"},
                              {"he", "hiː"},
                              {"she", "ʃiː"},
                              {"we", "wiː"},
                              {"they", "ðeɪ"},
                              {"you", "juː"},
                              {"i", "aɪ"},
                              {"my", "maɪ"},
                              {"your", "jʊɹ"},
                              {"his", "hɪz"},
                              {"her", "hɜː"},
                              {"their", "ðɛɹ"},
                              {"our", "ˌaʊɚ"},
                              {"me", "mˌiː"},
                              {"him", "hˌɪm"},
                              {"them", "ðˌɛm"},
                              {"us", "ˌʌs"},
                              {"that", "ðæt"},
                              {"this", "ðɪs"},
                              {"these", "ðiːz"},
                              {"those", "ðoʊz"},
                              {"there", "ðɛɹ"},
                              {"has", "hɐz"},
                              {"have", "hæv"},
                              {"had", "hɐd"},
                              {"can", "kæn"},
                              {"will", "wɪl"},
                              {"would", "wʊd"},
                              {"could", "kʊd"},
                              {"should", "ʃˌʊd"},
                              {"or", "ɔːɹ"},
                              {"but", "bˌʌt"},
                              {"if", "ɪf"},
                              {"than", "ðɐn"},
                              {"so", "sˌoʊ"},
                              {"not", "nˌɑːt"},
                              {"what", "wˌʌt"},
                              {"when", "wˌɛn"},
                              {"where", "wˌɛɹ"},
                              {"which", "wˌɪtʃ"},
                              {"who", "hˌuː"},
                              {"how", "hˌaʊ"},
                              {"some", "sˌʌm"},
                              {"up", "ˌʌp"},
                              {"into", "ˌɪntʊ"},
                              {"about", "ɐbˌaʊt"},
                              {"over", "ˌoʊvɚ"},
                              {"before", "bᵻfˌoːɹ"},
                              {"hundred", "hˈʌndɹɪd"},
                              {"ok", "ˌoʊkˈeɪ"},
                              {"okay", "ˌoʊkˈeɪ"},
                              {"because", "bɪkˈʌz"},
                              {"do", "dˈuː"},
                              {"point", "pɔɪnt"},
                              {"new", "nˈuː"},
                              {"all", "ˈɔːl"},
                              {"no", "nˈoʊ"},
                              {"out", "ˈaʊt"},
                              {"off", "ˈɔf"},
                              {"more", "mˈoːɹ"},
                              {"then", "ðˈɛn"},
                              {"one", "wˈʌn"},
                              {"two", "tˈuː"},
                              {"first", "fˈɜːst"},
                              {"here", "hˈɪɹ"},
                              {"now", "nˈaʊ"},
                              {"very", "vˈɛɹi"},
                              {"every", "ˈɛvɹi"},
                              {"each", "ˈiːtʃ"},
                              {"any", "ˌɛni"},
                              {"said", "sˈɛd"},
                              {"i'm", "aɪm"},
                              {"i'll", "aɪl"},
                              {"i've", "aɪv"},
                              {"i'd", "aɪd"},
                              {"you're", "jʊɹ"},
                              {"they're", "ðɛɹ"},
                              {"we're", "wɪɹ"},
                              {"it's", "ɪts"},
                              {"that's", "ðæts"},
                              {"let's", "lˈɛts"},
                              {"don't", "dˈoʊnt"},
                              {"can't", "kˈænt"},
                              {"won't", "wˈoʊnt"},
                              {"didn't", "dˈɪdnt"},
                              {"isn't", "ˈɪzənt"},
                              {"wasn't", "wˈʌzənt"},
                              {"aren't", "ˈɑːɹənt"},
                              {"weren't", "wˈɜːnt"},
                              {"doesn't", "dˈʌzənt"},
                              {"hasn't", "hˈæzənt"},
                              {"haven't", "hˈævənt"},
                              {"hadn't", "hˈædənt"},
                              {"couldn't", "kˈʊdənt"},
                              {"wouldn't", "wˈʊdənt"},
                              {"shouldn't", "ʃˈʊdənt"},
                              {"mustn't", "mˈʌsənt"},
                              {"needn't", "nˈiːdənt"},
                              {"ain't", "ˈeɪnt"},
                              {"y'all", "jˈɔːl"},
                              {"o'clock", "əklˈɑːk"},
                              {"ma'am", "mˈæm"}};
  return table;
}

const Table& before_vowel() {
  static const Table table = {{"the", "ðɪ"},    {"to", "tʊ"}, {"her", "hɜːɹ"},
                              {"were", "wɜːɹ"}, {"it", "ɪɾ"}, {"at", "æɾ"}};
  return table;
}

const Table& at_the_end() {
  static const Table table = {{"that", "ðˈæt"}, {"on", "ˈɔn"}, {"in", "ˈɪn"}, {"up", "ˈʌp"}};
  return table;
}

const char* find(const Table& table, std::string_view word) {
  const auto entry = table.find(word);
  return entry == table.end() ? nullptr : entry->second;
}

}  // namespace

std::optional<std::string> weak_form(std::string_view word, const WeakContext& context) {
  if (context.vowel_follows) {
    if (const char* form = find(before_vowel(), word)) return form;
  }
  if (context.is_last) {
    if (const char* form = find(at_the_end(), word)) return form;
  }
  if (const char* form = find(usual(), word)) return form;
  return std::nullopt;
}

}  // namespace eva::text
