#pragma once
// This machine's microphones and loudspeakers, as ports: what talks through them needs no hardware
// to be tested.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace eva::device {

struct DeviceInfo {
  int index = 0;  // its number in the list of all devices
  std::string name;
  bool input = false;
  bool output = false;
  bool default_input = false;
  bool default_output = false;
};

/// Records from its opening to its end. Used on one thread.
class Microphone {
 public:
  virtual ~Microphone() = default;
  virtual int rate() const = 0;  // Hz, 8,000 to 192,000
  /// Appends what was heard since the last call; never waits. Of what nobody fetched the newest is
  /// lost beyond 2 s.
  virtual void read(std::vector<std::int16_t>& out) = 0;
  /// Samples lost so far.
  virtual std::int64_t lost() const = 0;
  /// False once the device is gone.
  virtual bool working() const = 0;
};

/// Plays at once what it is given, and silence meanwhile. Used on one thread.
class Loudspeaker {
 public:
  virtual ~Loudspeaker() = default;
  virtual int rate() const = 0;  // Hz, 8,000 to 192,000
  /// Never waits; what goes beyond 5 s of unplayed sound is dropped.
  virtual void write(std::span<const std::int16_t> pcm) = 0;
  /// Falls silent: what was not played is dropped.
  virtual void flush() = 0;
  virtual bool working() const = 0;
};

/// Which device: nothing = the default, a number of the list, or a part of the name.
using DeviceChoice = std::string;

class SoundDevices {
 public:
  virtual ~SoundDevices() = default;
  virtual std::vector<DeviceInfo> list() const = 0;
  /// kNotFound: there is none, or none of that name. kIo: it cannot be opened. The devices live as
  /// long as this object at most.
  virtual Result<std::unique_ptr<Microphone>> open_microphone(const DeviceChoice& choice) = 0;
  virtual Result<std::unique_ptr<Loudspeaker>> open_loudspeaker(const DeviceChoice& choice) = 0;
};

/// The sound system of this machine (PortAudio). One at a time. kIo: it does not start. Takes up to
/// a second or two; while it looks for devices and opens them, this process's standard error leads
/// nowhere, because ALSA and JACK write about devices that do not concern anybody.
Result<std::unique_ptr<SoundDevices>> open_sound_devices();

/// The device that `choice` names among those that have the direction. kNotFound with what there
/// is. A part of a name counts whatever its letters' case; a whole name wins over a part.
Result<int> choose_device(const std::vector<DeviceInfo>& devices, bool input,
                          const DeviceChoice& choice);

}  // namespace eva::device
