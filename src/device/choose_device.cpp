#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "device/sound_devices.h"

namespace eva::device {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<int> choose_device(const std::vector<DeviceInfo>& devices, bool input,
                          const DeviceChoice& choice) {
  const char* kind = input ? "microphone" : "loudspeaker";
  std::vector<DeviceInfo> usable;
  std::ranges::copy_if(devices, std::back_inserter(usable),
                       [&](const DeviceInfo& d) { return input ? d.input : d.output; });
  if (usable.empty()) {
    return fail(
        ErrorCode::kNotFound,
        fmt::format("this machine has no {}: plug one in, use the browser's (eva serve), or give "
                    "a recording",
                    kind));
  }
  if (choice.empty()) {
    const auto preset = std::ranges::find_if(
        usable, [&](const DeviceInfo& d) { return input ? d.default_input : d.default_output; });
    return preset != usable.end() ? preset->index : usable.front().index;
  }
  if (const auto index = number(choice)) {
    for (const DeviceInfo& device : usable) {
      if (device.index == *index) return device.index;
    }
  }
  for (const DeviceInfo& device : usable) {
    if (device.name == choice) return device.index;
  }
  std::vector<const DeviceInfo*> alike;
  for (const DeviceInfo& device : usable) {
    if (lower(device.name).find(lower(choice)) != std::string::npos) alike.push_back(&device);
  }
  if (alike.size() == 1) return alike.front()->index;
  std::vector<std::string> names;
  if (alike.empty()) {
    for (const DeviceInfo& device : usable) {
      names.push_back(fmt::format("{} \"{}\"", device.index, device.name));
    }
    return fail(ErrorCode::kNotFound, fmt::format("there is no {} \"{}\"; there are {}", kind,
                                                  choice, fmt::join(names, ", ")));
  }
  for (const DeviceInfo* device : alike) {
    names.push_back(fmt::format("{} \"{}\"", device->index, device->name));
  }
  return fail(ErrorCode::kNotFound, fmt::format("\"{}\" may be {}; name one, by its number perhaps",
                                                choice, fmt::join(names, " or ")));
}

}  // namespace eva::device
