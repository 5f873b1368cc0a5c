#include "cli/microphone.h"

namespace eva::cli {

Result<std::unique_ptr<recorder::AudioSource>> open_microphone(std::optional<int>) {
  return fail(ErrorCode::kUnavailable,
              "this program was built without a microphone; pipe one in: "
              "arecord -q -f S16_LE -r 16000 -t raw | eva listen -");
}

}  // namespace eva::cli
