#include "tensor/runtime.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "tensor/tiny_onnx.h"

namespace eva::tensor {
namespace {

constexpr int kOldestMinor = 17;  // 1.17 brought API version 17

ErrorCode always_internal(ort::ErrorCode) {
  return ErrorCode::kInternal;
}

Result<const ort::Api*> find_api(const std::string& version) {
  constexpr std::string_view kMajor = "1.";
  int minor = 0;
  const char* end = version.data() + version.size();
  if (!version.starts_with(kMajor) ||
      std::from_chars(version.data() + kMajor.size(), end, minor).ec != std::errc{} ||
      minor < kOldestMinor) {
    return fail(ErrorCode::kInternal,
                fmt::format("libonnxruntime.so is version {}; Eva needs 1.{} or a later 1.x",
                            version, kOldestMinor));
  }
  const ort::Api* api = OrtGetApiBase()->GetApi(ort::kApiVersion);
  if (api == nullptr) {
    return fail(ErrorCode::kInternal, fmt::format("libonnxruntime.so {} has no API version {}",
                                                  version, ort::kApiVersion));
  }
  return api;
}

/// Adds two numbers: a library whose table differs from ort_abi.h is noticed here, at start, and
/// not in the middle of a conversation.
Result<> self_test(const Runtime& runtime) {
  const ort::Api& api = *runtime.api;
  const auto checked = [](OrtStatus* status) {
    return check(status, "the self-test of libonnxruntime.so", always_internal);
  };
  const std::string model = chain_model("Add", 1, 1, 2);
  OrtSessionOptions* raw_options = nullptr;
  if (auto ok = checked(api.CreateSessionOptions(&raw_options)); !ok) return ok;
  const Owned<OrtSessionOptions> options(raw_options);
  if (auto ok = checked(api.SetIntraOpNumThreads(options.get(), 1)); !ok) return ok;
  OrtSession* raw_session = nullptr;
  if (auto ok = checked(api.CreateSessionFromArray(runtime.env, model.data(), model.size(),
                                                   options.get(), &raw_session));
      !ok) {
    return ok;
  }
  const Owned<OrtSession> session(raw_session);

  std::array<float, 2> numbers{1.5F, -4.0F};
  constexpr std::array<std::int64_t, 2> kShape{1, 2};
  OrtValue* raw_value = nullptr;
  if (auto ok = checked(api.CreateTensorWithDataAsOrtValue(runtime.memory, numbers.data(),
                                                           sizeof(numbers), kShape.data(),
                                                           kShape.size(), ort::kFloat, &raw_value));
      !ok) {
    return ok;
  }
  const Owned<OrtValue> value(raw_value);
  const std::array<const char*, 2> names{"a", "b"};
  const std::array<const OrtValue*, 2> inputs{value.get(), value.get()};
  const char* output_name = "y";
  OrtValue* raw_output = nullptr;
  if (auto ok = checked(api.Run(session.get(), nullptr, names.data(), inputs.data(), inputs.size(),
                                &output_name, 1, &raw_output));
      !ok) {
    return ok;
  }
  const Owned<OrtValue> output(raw_output);
  void* data = nullptr;
  if (auto ok = checked(api.GetTensorMutableData(output.get(), &data)); !ok) return ok;
  const float* sum = static_cast<const float*>(data);
  if (sum[0] != 3.0F || sum[1] != -8.0F) {
    return fail(ErrorCode::kInternal, "the self-test of libonnxruntime.so gave a wrong sum");
  }
  return {};
}

Result<const Runtime*> create_runtime() {
  const std::string version = OrtGetApiBase()->GetVersionString();
  const Result<const ort::Api*> api = find_api(version);
  if (!api) return std::unexpected(api.error());
  // Never freed (see Runtime); reachable through the static in runtime().
  auto* made = new Runtime{.api = *api, .env = nullptr, .memory = nullptr, .version = version};
  const auto checked = [made](OrtStatus* status) -> Result<> {
    if (status == nullptr) return {};
    std::string detail = made->api->GetErrorMessage(status);
    made->api->ReleaseStatus(status);
    return fail(ErrorCode::kInternal, "cannot start libonnxruntime.so: " + detail);
  };
  Result<> ok = checked((*api)->CreateEnv(ort::kFatal, "eva", &made->env));
  if (ok) {
    ok = checked((*api)->CreateCpuMemoryInfo(ort::kDeviceAllocator, ort::kDefault, &made->memory));
  }
  if (ok) ok = self_test(*made);
  if (!ok) {
    delete made;
    return std::unexpected(ok.error());
  }
  return made;
}

}  // namespace

Result<const Runtime*> runtime() {
  static const Result<const Runtime*> the_runtime = create_runtime();
  return the_runtime;
}

const ort::Api& checked_api() {
  return *OrtGetApiBase()->GetApi(ort::kApiVersion);
}

void Releaser::operator()(OrtStatus* it) const {
  checked_api().ReleaseStatus(it);
}
void Releaser::operator()(OrtSession* it) const {
  checked_api().ReleaseSession(it);
}
void Releaser::operator()(OrtSessionOptions* it) const {
  checked_api().ReleaseSessionOptions(it);
}
void Releaser::operator()(OrtRunOptions* it) const {
  checked_api().ReleaseRunOptions(it);
}
void Releaser::operator()(OrtValue* it) const {
  checked_api().ReleaseValue(it);
}
void Releaser::operator()(OrtModelMetadata* it) const {
  checked_api().ReleaseModelMetadata(it);
}
void Releaser::operator()(OrtTensorTypeAndShapeInfo* it) const {
  checked_api().ReleaseTensorTypeAndShapeInfo(it);
}
void Releaser::operator()(OrtTypeInfo* it) const {
  checked_api().ReleaseTypeInfo(it);
}

Result<> check(OrtStatus* status, std::string_view doing, ErrorCode (*code_of)(ort::ErrorCode)) {
  if (status == nullptr) return {};
  const Owned<OrtStatus> owned(status);
  const ort::Api& api = checked_api();
  return fail(code_of(api.GetErrorCode(status)),
              fmt::format("{}: {}", doing, api.GetErrorMessage(status)));
}

}  // namespace eva::tensor
