#pragma once
// A request under way at a speech engine, as its requester sees it.
#include <memory>

namespace eva::speech {

/// Destroying the handle cancels the request: the connection is closed, the engine stops working on
/// it, and no callback runs any more. Destroying it from inside one of its own callbacks is
/// allowed.
class Call {
 public:
  virtual ~Call() = default;
};
using CallHandle = std::unique_ptr<Call>;

}  // namespace eva::speech
