#pragma once
// The one door to the tensor runtime (ONNX Runtime, CPU). Nothing of the runtime's own types leaves
// this folder; its C ABI is declared in ort_abi.h because no package ships the official header.
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"

namespace eva::tensor {

/// A tensor: a view over the caller's memory (input) or a buffer owned by the runtime (output; may
/// be fed back as input without a copy). Move-only. Row-major. The caller's memory of a view must
/// live until run() returns. A default-constructed or moved-from Value holds nothing: run() refuses
/// it.
class Value {
 public:
  Value();
  ~Value();
  Value(Value&&) noexcept;
  Value& operator=(Value&&) noexcept;

  /// data.size() must equal the product of shape (0 elements and rank 0 are fine); otherwise the
  /// Value holds nothing. The runtime does not write to the memory of an input.
  static Value view(std::span<float> data, std::span<const std::int64_t> shape);
  static Value view(std::span<std::int64_t> data, std::span<const std::int64_t> shape);

  bool empty() const { return handle_ == nullptr; }

  /// The elements; valid while the Value lives, also when it is moved. Empty if it holds nothing or
  /// something else than float.
  std::span<const float> floats() const;
  std::vector<std::int64_t> shape() const;

 private:
  friend class Model;
  void* handle_ = nullptr;
};

struct Input {
  const char* name;
  const Value* value;
};

/// What a model declares about one of its inputs or outputs.
struct Port {
  std::string name;
  std::vector<std::int64_t> shape;  // -1: any; empty also where it is no tensor
};

struct ModelOptions {
  int threads = 1;    // of one run; sessions are parallel by calling run() from several threads
  bool arena = true;  // false: give memory back after each run (TTS: 300 -> 190 MB, measured)
};

/// A loaded model. run() may be called from several threads at once.
class Model {
 public:
  /// kNotFound: no such file. kBadConfig: not a model this runtime reads, or threads < 1.
  /// kInternal: the runtime library is of an unknown ABI (a missing library keeps the program from
  /// starting).
  static Result<std::unique_ptr<Model>> load(const std::filesystem::path& file,
                                             const ModelOptions& options = {});
  virtual ~Model() = default;

  /// Runs the model; blocks the calling thread. Returns one Value per name in `outputs`.
  /// kBadInput: an empty Value, or name, type or shape refused by the runtime. kInternal: an
  /// operator failed. kCancelled: `cancel` fired, before or during the run (measured 2 ms after).
  /// The model stays usable after every error. Takes the token's one hook for the time of the run.
  virtual Result<std::vector<Value>> run(std::span<const Input> inputs,
                                         std::span<const char* const> outputs,
                                         CancelToken* cancel = nullptr) const = 0;
  Result<std::vector<Value>> run(std::initializer_list<Input> inputs,
                                 std::initializer_list<const char*> outputs,
                                 CancelToken* cancel = nullptr) const {
    return run(std::span(inputs.begin(), inputs.size()), std::span(outputs.begin(), outputs.size()),
               cancel);
  }

  /// In the model's order.
  virtual Result<std::vector<Port>> inputs() const = 0;
  virtual Result<std::vector<Port>> outputs() const = 0;

  /// Custom metadata of the model file, "" if absent.
  virtual std::string metadata(const std::string& key) const = 0;

 protected:
  static void*& handle(Value& value) { return value.handle_; }
  static void* handle(const Value& value) { return value.handle_; }
};

/// "1.28.2"; kInternal if the library cannot be used. Runs the self-test once per process.
Result<std::string> runtime_version();

}  // namespace eva::tensor
