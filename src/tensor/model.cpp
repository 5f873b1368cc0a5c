#include "tensor/model.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <utility>

#include "tensor/ort_abi.h"
#include "tensor/runtime.h"

namespace eva::tensor {
namespace {

ErrorCode code_of_load(ort::ErrorCode code) {
  return code == ort::kNoSuchFile ? ErrorCode::kNotFound : ErrorCode::kBadConfig;
}
ErrorCode code_of_run(ort::ErrorCode code) {
  // A missing input comes back as the general kFail.
  const bool refused = code == ort::kInvalidArgument || code == ort::kFail;
  return refused ? ErrorCode::kBadInput : ErrorCode::kInternal;
}
ErrorCode always_internal(ort::ErrorCode) {
  return ErrorCode::kInternal;
}

OrtValue* as_ort(void* handle) {
  return static_cast<OrtValue*>(handle);
}

/// nullopt: a negative dimension, or more elements than fit.
std::optional<std::uint64_t> element_count(std::span<const std::int64_t> shape) {
  std::uint64_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(dimension), &count)) {
      return std::nullopt;
    }
  }
  return count;
}

template <typename T>
OrtValue* make_view(std::span<T> data, std::span<const std::int64_t> shape, ort::ElementType type) {
  const Result<const Runtime*> the_runtime = runtime();
  if (!the_runtime || element_count(shape) != data.size()) return nullptr;
  static T nothing{};  // the runtime wants an address even for 0 elements
  OrtValue* value = nullptr;
  const Owned<OrtStatus> status((*the_runtime)
                                    ->api->CreateTensorWithDataAsOrtValue(
                                        (*the_runtime)->memory,
                                        data.empty() ? &nothing : data.data(), data.size_bytes(),
                                        shape.data(), shape.size(), type, &value));
  return value;
}

Owned<OrtTensorTypeAndShapeInfo> describe(const OrtValue* value) {
  const ort::Api& api = checked_api();
  int is_tensor = 0;
  Owned<OrtStatus> status(api.IsTensor(value, &is_tensor));
  OrtTensorTypeAndShapeInfo* info = nullptr;
  if (is_tensor != 0) status.reset(api.GetTensorTypeAndShape(value, &info));
  return Owned<OrtTensorTypeAndShapeInfo>(info);
}

std::vector<std::int64_t> dimensions(const OrtTensorTypeAndShapeInfo* info) {
  const ort::Api& api = checked_api();
  std::size_t rank = 0;
  Owned<OrtStatus> status(api.GetDimensionsCount(info, &rank));
  std::vector<std::int64_t> shape(rank);
  status.reset(api.GetDimensions(info, shape.data(), rank));
  return shape;
}

class OrtModel final : public Model {
 public:
  explicit OrtModel(Owned<OrtSession> session) : session_(std::move(session)) {}

  using Model::run;
  Result<std::vector<Value>> run(std::span<const Input> inputs,
                                 std::span<const char* const> outputs,
                                 CancelToken* cancel) const override;
  Result<std::vector<Port>> inputs() const override {
    const ort::Api& api = checked_api();
    return ports(api.SessionGetInputCount, api.SessionGetInputName, api.SessionGetInputTypeInfo);
  }
  Result<std::vector<Port>> outputs() const override {
    const ort::Api& api = checked_api();
    return ports(api.SessionGetOutputCount, api.SessionGetOutputName, api.SessionGetOutputTypeInfo);
  }
  std::string metadata(const std::string& key) const override;

 private:
  Result<std::vector<Port>> ports(decltype(ort::Api::SessionGetInputCount) count_of,
                                  decltype(ort::Api::SessionGetInputName) name_of,
                                  decltype(ort::Api::SessionGetInputTypeInfo) type_of) const;

  const Owned<OrtSession> session_;
};

Result<std::vector<Value>> OrtModel::run(std::span<const Input> inputs,
                                         std::span<const char* const> outputs,
                                         CancelToken* cancel) const {
  const ort::Api& api = checked_api();
  std::vector<const char*> names;
  std::vector<const OrtValue*> values;
  for (const Input& input : inputs) {
    if (input.name == nullptr || input.value == nullptr || input.value->empty()) {
      return fail(ErrorCode::kBadInput,
                  fmt::format("model input \"{}\" is empty or its shape does not fit its data",
                              input.name == nullptr ? "" : input.name));
    }
    names.push_back(input.name);
    values.push_back(as_ort(handle(*input.value)));
  }
  for (const char* name : outputs) {
    if (name == nullptr) return fail(ErrorCode::kBadInput, "a model output has no name");
  }

  OrtRunOptions* raw_options = nullptr;
  if (auto ok = check(api.CreateRunOptions(&raw_options), "run options", always_internal); !ok) {
    return std::unexpected(ok.error());
  }
  const Owned<OrtRunOptions> options(raw_options);
  if (auto ok = check(api.RunOptionsSetRunLogSeverityLevel(options.get(), ort::kFatal),
                      "run options", always_internal);
      !ok) {
    return std::unexpected(ok.error());
  }
  std::optional<CancelToken::Hook> hook;
  if (cancel != nullptr) {
    hook.emplace(*cancel, [&api, terminated = options.get()] {
      const Owned<OrtStatus> status(api.RunOptionsSetTerminate(terminated));
    });
    if (cancel->cancelled()) return fail(ErrorCode::kCancelled, "model run");
  }

  std::vector<OrtValue*> results(outputs.size(), nullptr);
  OrtStatus* status = api.Run(session_.get(), options.get(), names.data(), values.data(),
                              values.size(), outputs.data(), outputs.size(), results.data());
  std::vector<Value> owned(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) handle(owned[i]) = results[i];
  if (auto ok = check(status, "model run", code_of_run); !ok) {
    if (cancel != nullptr && cancel->cancelled()) return fail(ErrorCode::kCancelled, "model run");
    return std::unexpected(ok.error());
  }
  return owned;
}

Result<std::vector<Port>> OrtModel::ports(
    decltype(ort::Api::SessionGetInputCount) count_of,
    decltype(ort::Api::SessionGetInputName) name_of,
    decltype(ort::Api::SessionGetInputTypeInfo) type_of) const {
  const ort::Api& api = checked_api();
  std::size_t count = 0;
  OrtAllocator* allocator = nullptr;
  for (OrtStatus* status :
       {count_of(session_.get(), &count), api.GetAllocatorWithDefaultOptions(&allocator)}) {
    if (auto ok = check(status, "model ports", always_internal); !ok) {
      return std::unexpected(ok.error());
    }
  }
  std::vector<Port> found(count);
  for (std::size_t i = 0; i < count; ++i) {
    char* name = nullptr;
    if (auto ok = check(name_of(session_.get(), i, allocator, &name), "port name", always_internal);
        !ok) {
      return std::unexpected(ok.error());
    }
    found[i].name = name;
    const Owned<OrtStatus> freed(api.AllocatorFree(allocator, name));
    OrtTypeInfo* raw = nullptr;
    if (auto ok = check(type_of(session_.get(), i, &raw), "port type", always_internal); !ok) {
      return std::unexpected(ok.error());
    }
    const Owned<OrtTypeInfo> type(raw);
    const OrtTensorTypeAndShapeInfo* info = nullptr;  // part of `type`
    const Owned<OrtStatus> status(api.CastTypeInfoToTensorInfo(raw, &info));
    if (info != nullptr) found[i].shape = dimensions(info);
  }
  return found;
}

std::string OrtModel::metadata(const std::string& key) const {
  const ort::Api& api = checked_api();
  OrtModelMetadata* raw = nullptr;
  OrtAllocator* allocator = nullptr;
  char* text = nullptr;
  Owned<OrtStatus> status(api.SessionGetModelMetadata(session_.get(), &raw));
  if (status) return "";
  const Owned<OrtModelMetadata> metadata(raw);
  status.reset(api.GetAllocatorWithDefaultOptions(&allocator));
  if (status) return "";
  status.reset(
      api.ModelMetadataLookupCustomMetadataMap(metadata.get(), allocator, key.c_str(), &text));
  if (status || text == nullptr) return "";
  std::string found = text;
  status.reset(api.AllocatorFree(allocator, text));
  return found;
}

Result<Owned<OrtSessionOptions>> session_options(const ort::Api& api, const ModelOptions& options) {
  OrtSessionOptions* raw = nullptr;
  if (auto ok = check(api.CreateSessionOptions(&raw), "session options", always_internal); !ok) {
    return std::unexpected(ok.error());
  }
  Owned<OrtSessionOptions> made(raw);
  std::vector<OrtStatus*> steps{
      api.SetSessionLogSeverityLevel(raw, ort::kFatal),  // errors come back as a status
      api.SetSessionGraphOptimizationLevel(raw, ort::kAll),
      api.SetIntraOpNumThreads(raw, options.threads),
      api.SetInterOpNumThreads(raw, 1),
      // Idle threads must leave the CPU to the other sessions between two runs.
      api.AddSessionConfigEntry(raw, "session.force_spinning_stop", "1"),
  };
  if (!options.arena) {
    steps.push_back(api.DisableCpuMemArena(raw));
    steps.push_back(api.DisableMemPattern(raw));
  }
  Result<> all;
  for (OrtStatus* step : steps) {
    if (auto ok = check(step, "session options", always_internal); !ok) all = ok;
  }
  if (!all) return std::unexpected(all.error());
  return made;
}

}  // namespace

Value::Value() = default;
Value::~Value() {
  if (handle_ != nullptr) Releaser{}(as_ort(handle_));
}
Value::Value(Value&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
Value& Value::operator=(Value&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Value Value::view(std::span<float> data, std::span<const std::int64_t> shape) {
  Value value;
  value.handle_ = make_view(data, shape, ort::kFloat);
  return value;
}
Value Value::view(std::span<std::int64_t> data, std::span<const std::int64_t> shape) {
  Value value;
  value.handle_ = make_view(data, shape, ort::kInt64);
  return value;
}

std::span<const float> Value::floats() const {
  if (handle_ == nullptr) return {};
  const ort::Api& api = checked_api();
  const auto info = describe(as_ort(handle_));
  if (!info) return {};
  ort::ElementType type = ort::kUndefined;
  Owned<OrtStatus> status(api.GetTensorElementType(info.get(), &type));
  void* data = nullptr;
  if (type == ort::kFloat) status.reset(api.GetTensorMutableData(as_ort(handle_), &data));
  const auto count = element_count(dimensions(info.get()));
  if (data == nullptr || !count) return {};
  return {static_cast<const float*>(data), static_cast<std::size_t>(*count)};
}

std::vector<std::int64_t> Value::shape() const {
  if (handle_ == nullptr) return {};
  const auto info = describe(as_ort(handle_));
  return info ? dimensions(info.get()) : std::vector<std::int64_t>{};
}

Result<std::unique_ptr<Model>> Model::load(const std::filesystem::path& file,
                                           const ModelOptions& options) {
  if (options.threads < 1) {
    return fail(ErrorCode::kBadConfig, fmt::format("{} threads for a model", options.threads));
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return fail(ErrorCode::kNotFound, fmt::format("no model file {}", file.string()));
  }
  const Result<const Runtime*> the_runtime = runtime();
  if (!the_runtime) return std::unexpected(the_runtime.error());
  const ort::Api& api = *(*the_runtime)->api;
  Result<Owned<OrtSessionOptions>> settings = session_options(api, options);
  if (!settings) return std::unexpected(settings.error());
  OrtSession* session = nullptr;
  if (auto ok =
          check(api.CreateSession((*the_runtime)->env, file.c_str(), settings->get(), &session),
                file.string(), code_of_load);
      !ok) {
    return std::unexpected(ok.error());
  }
  return std::make_unique<OrtModel>(Owned<OrtSession>(session));
}

Result<std::string> runtime_version() {
  const Result<const Runtime*> the_runtime = runtime();
  if (!the_runtime) return std::unexpected(the_runtime.error());
  return (*the_runtime)->version;
}

}  // namespace eva::tensor
