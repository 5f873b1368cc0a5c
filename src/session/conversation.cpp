#include "session/conversation.h"

#include <algorithm>
#include <utility>

namespace eva::session {
namespace {
// As in written dialogue. A message of its own would disturb models that know but one system text.
constexpr std::string_view kCut = "\u2014";
}  // namespace

std::string Item::text() const {
  std::string out;
  for (const Part& part : parts) {
    if (!out.empty() && !part.text.empty()) out += ' ';
    out += part.text;
  }
  return out;
}

Result<> Conversation::add(Item item, std::string_view previous) {
  if (find(item.id)) return fail(ErrorCode::kBadInput, "an item with id '" + item.id + "' exists");
  auto at = items_.end();
  if (previous == "root") {
    at = items_.begin();
  } else if (!previous.empty()) {
    at = std::ranges::find(items_, previous, &Item::id);
    if (at == items_.end()) {
      return fail(ErrorCode::kNotFound, "no item with id '" + std::string(previous) + "'");
    }
    ++at;
  }
  items_.insert(at, std::move(item));
  std::size_t bytes = 0;
  for (const Item& kept : items_) bytes += kept.text().size();
  while (items_.size() > 1 && (items_.size() > max_items_ || bytes > kMaxBytes)) {
    bytes -= items_.front().text().size();
    items_.erase(items_.begin());
  }
  return {};
}

Item* Conversation::find(std::string_view id) {
  const auto at = std::ranges::find(items_, id, &Item::id);
  return at == items_.end() ? nullptr : &*at;
}

bool Conversation::remove(std::string_view id) {
  return std::erase_if(items_, [&](const Item& item) { return item.id == id; }) > 0;
}

std::optional<std::string> Conversation::previous_of(std::string_view id) const {
  const auto at = std::ranges::find(items_, id, &Item::id);
  if (at == items_.end() || at == items_.begin()) return std::nullopt;
  return std::prev(at)->id;
}

const Item* Conversation::newest_said() const {
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    if (item->role != Item::Role::kSystem && !item->text().empty()) return &*item;
  }
  return nullptr;
}

bool Conversation::awaits_answer() const {
  const Item* newest = newest_said();
  return newest && newest->role == Item::Role::kUser;
}

bool Conversation::asks() const {
  const Item* newest = newest_said();
  return newest && newest->role == Item::Role::kAssistant && newest->text().ends_with('?');
}

std::vector<speech::ChatMessage> Conversation::messages(const std::string& instructions,
                                                        std::size_t max_characters,
                                                        const std::string& next) const {
  using Role = speech::ChatMessage::Role;
  std::vector<speech::ChatMessage> out;
  std::size_t used = instructions.size() + next.size();
  if (!next.empty()) out.push_back({Role::kUser, next});
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    std::string text = item->text();
    if (text.empty()) continue;
    if (item->role == Item::Role::kAssistant && item->status == Item::Status::kIncomplete) {
      text += kCut;
    }
    used += text.size();
    if (used > max_characters && !out.empty()) break;
    const Role role = item->role == Item::Role::kUser        ? Role::kUser
                      : item->role == Item::Role::kAssistant ? Role::kAssistant
                                                             : Role::kSystem;
    out.push_back({role, std::move(text)});
  }
  if (!instructions.empty()) out.push_back({Role::kSystem, instructions});
  std::ranges::reverse(out);
  return out;
}

}  // namespace eva::session
