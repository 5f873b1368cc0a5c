#include "engine/text/flite_lexicon.h"

#include <cstring>
#include <mutex>

extern "C" {
#include <flite/flite.h>
// Exported by the libraries, but their headers are not packaged.
void usenglish_init(cst_voice* voice);
cst_lexicon* cmu_lex_init(void);
int us_aswd(const char* word);
}

namespace eva::text {
namespace {

/// A voice without a synthesiser: the features that the tagger and the lexicon look for.
class FliteText {
 public:
  FliteText() {
    static std::once_flag once;
    std::call_once(once, [] {
      flite_init();
      cmu_lex_init();
    });
    voice_ = new_voice();
    usenglish_init(voice_);
    lexicon_ = cmu_lex_init();
    feat_set(voice_->features, "lexicon", lexicon_val(lexicon_));
  }
  ~FliteText() { delete_voice(voice_); }
  FliteText(const FliteText&) = delete;
  FliteText& operator=(const FliteText&) = delete;

  std::vector<WordSound> look_up(std::span<const std::string> words) const {
    cst_utterance* utterance = new_utterance();
    utt_init(utterance, voice_);
    cst_relation* tokens = utt_relation_create(utterance, "Token");
    cst_relation* relation = utt_relation_create(utterance, "Word");
    for (const std::string& word : words) {
      cst_item* token = relation_append(tokens, nullptr);
      item_set_string(token, "name", word.c_str());
      item_set_string(token, "punc", "");
      cst_item* item = item_add_daughter(token, nullptr);
      item_set_string(item, "name", word.c_str());
      relation_append(relation, item);
    }
    default_pos_tagger(utterance);

    std::vector<WordSound> sounds;
    sounds.reserve(words.size());
    for (cst_item* item = relation_head(relation); item != nullptr; item = item_next(item)) {
      sounds.push_back(sound_of(item, utterance));
    }
    delete_utterance(utterance);
    return sounds;
  }

 private:
  WordSound sound_of(cst_item* item, cst_utterance* utterance) const {
    const char* part_of_speech = item_feat_string(item, "pos");
    WordSound sound;
    sound.function_word = std::strcmp(part_of_speech, "0") == 0;
    cst_val* list = lex_lookup(lexicon_, item_name(item), part_of_speech, utterance->features);
    for (const cst_val* at = list; at != nullptr; at = val_cdr(at)) {
      Phone phone{.name = val_string(val_car(at))};
      const char last = phone.name.back();
      if (last >= '0' && last <= '9') {
        phone.stress = last - '0';
        phone.name.pop_back();
      }
      sound.phones.push_back(std::move(phone));
    }
    delete_val(list);
    return sound;
  }

  cst_voice* voice_;
  cst_lexicon* lexicon_;
};

}  // namespace

std::vector<WordSound> look_up(std::span<const std::string> words) {
  thread_local const FliteText flite;
  return flite.look_up(words);
}

bool is_pronounceable(const std::string& letters) {
  return us_aswd(letters.c_str()) != 0;
}

}  // namespace eva::text
