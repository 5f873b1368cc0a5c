#pragma once
// The process's one ONNX Runtime: version check, environment and self-test at first use.
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "tensor/ort_abi.h"

namespace eva::tensor {

/// Lives until the process ends, because models in static storage may outlive main. Thread-safe.
struct Runtime {
  const ort::Api* api;
  OrtEnv* env;
  OrtMemoryInfo* memory;  // says "plain CPU memory" about the caller's buffers
  std::string version;
};

/// The first call checks the version, creates the environment and runs a two-number model; later
/// calls return the same answer. kInternal: this library cannot be used; the detail says why.
Result<const Runtime*> runtime();

/// Releases what the runtime made.
struct Releaser {
  void operator()(OrtStatus* it) const;
  void operator()(OrtSession* it) const;
  void operator()(OrtSessionOptions* it) const;
  void operator()(OrtRunOptions* it) const;
  void operator()(OrtValue* it) const;
  void operator()(OrtModelMetadata* it) const;
  void operator()(OrtTensorTypeAndShapeInfo* it) const;
  void operator()(OrtTypeInfo* it) const;
};
template <typename T>
using Owned = std::unique_ptr<T, Releaser>;

/// The table, for code that holds something that the runtime made (so it has been checked).
const ort::Api& checked_api();

/// Takes ownership of `status`. Success is null. `code_of` maps the runtime's code to ours.
Result<> check(OrtStatus* status, std::string_view doing, ErrorCode (*code_of)(ort::ErrorCode));

}  // namespace eva::tensor
