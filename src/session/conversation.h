#pragma once
// The items of a conversation, in order, as client and brain see them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "speech/llm.h"

namespace eva::session {

struct Item {
  enum class Role { kSystem, kUser, kAssistant };
  enum class Status { kInProgress, kCompleted, kIncomplete };
  struct Part {
    enum class Kind { kInputText, kInputAudio, kOutputText, kOutputAudio };
    Kind kind = Kind::kInputText;
    std::string text;  // for audio its transcript
  };
  std::string id;
  Role role = Role::kUser;
  Status status = Status::kCompleted;
  std::vector<Part> parts;

  std::string text() const;  // of all parts
};

/// Lives inside Session. Order is that of the dialogue; ids are unique.
class Conversation {
 public:
  explicit Conversation(std::size_t max_items) : max_items_(max_items) {}

  static constexpr std::size_t kMaxBytes = 1 << 20;  // of text

  /// Adds after the item `previous` ("" = at the end, "root" = at the front). Beyond the limit of
  /// items or kMaxBytes the oldest are forgotten. kNotFound: no item `previous`; kBadInput: the id
  /// exists.
  Result<> add(Item item, std::string_view previous = "");
  Item* find(std::string_view id);
  bool remove(std::string_view id);
  /// Id of the item before `id`, nullopt for the first.
  std::optional<std::string> previous_of(std::string_view id) const;

  /// The newest item of the dialogue with text is the user's: somebody waits for an answer.
  bool awaits_answer() const;
  /// The newest item with text is the assistant's and ends with a question mark.
  bool asks() const;
  /// System text first, then the newest items with text that fit into `max_characters`. `next`: a
  /// text of the user that is no item yet, taken for the newest; "" = none. What the assistant
  /// could not finish ends with a dash, so that the brain knows where it was cut.
  std::vector<speech::ChatMessage> messages(const std::string& instructions,
                                            std::size_t max_characters,
                                            const std::string& next = "") const;
  const std::vector<Item>& items() const { return items_; }

 private:
  const Item* newest_said() const;  // by user or assistant, with text; nullptr = none

  std::vector<Item> items_;
  std::size_t max_items_;
};

}  // namespace eva::session
