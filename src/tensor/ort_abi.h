#pragma once
// The part of ONNX Runtime's C ABI that Eva calls, because no package ships the official header.
// The ABI is a table of function pointers that only ever grows at its end; the static_asserts below
// pin each used entry to its published index. Anything unused is a gap. Only tensor/ includes this.
#include <cstddef>
#include <cstdint>

struct OrtStatus;
struct OrtEnv;
struct OrtSession;
struct OrtSessionOptions;
struct OrtRunOptions;
struct OrtValue;
struct OrtMemoryInfo;
struct OrtAllocator;
struct OrtModelMetadata;
struct OrtTensorTypeAndShapeInfo;
struct OrtTypeInfo;

namespace eva::tensor::ort {

inline constexpr std::uint32_t kApiVersion = 17;  // the oldest table that has all of the entries

enum ErrorCode : int { kFail = 1, kInvalidArgument = 2, kNoSuchFile = 3 };
enum LogLevel : int { kFatal = 4 };
enum ElementType : int { kUndefined = 0, kFloat = 1, kInt64 = 7 };
enum GraphOptimization : int { kAll = 99 };
enum AllocatorType : int { kDeviceAllocator = 0 };
enum MemoryType : int { kDefault = 0 };

/// Functions that return OrtStatus* return null for success; the caller releases the status.
struct Api {
  using Unused = void*;

  Unused gap0[1];
  ErrorCode (*GetErrorCode)(const OrtStatus*);
  const char* (*GetErrorMessage)(const OrtStatus*);
  OrtStatus* (*CreateEnv)(LogLevel, const char* id, OrtEnv** out);
  Unused gap4[3];
  OrtStatus* (*CreateSession)(const OrtEnv*, const char* path, const OrtSessionOptions*,
                              OrtSession** out);
  OrtStatus* (*CreateSessionFromArray)(const OrtEnv*, const void* data, std::size_t size,
                                       const OrtSessionOptions*, OrtSession** out);
  OrtStatus* (*Run)(OrtSession*, const OrtRunOptions*, const char* const* input_names,
                    const OrtValue* const* inputs, std::size_t input_count,
                    const char* const* output_names, std::size_t output_count, OrtValue** outputs);
  OrtStatus* (*CreateSessionOptions)(OrtSessionOptions** out);
  Unused gap11[6];
  OrtStatus* (*DisableMemPattern)(OrtSessionOptions*);
  Unused gap18[1];
  OrtStatus* (*DisableCpuMemArena)(OrtSessionOptions*);
  Unused gap20[2];
  OrtStatus* (*SetSessionLogSeverityLevel)(OrtSessionOptions*, int);
  OrtStatus* (*SetSessionGraphOptimizationLevel)(OrtSessionOptions*, GraphOptimization);
  OrtStatus* (*SetIntraOpNumThreads)(OrtSessionOptions*, int);
  OrtStatus* (*SetInterOpNumThreads)(OrtSessionOptions*, int);
  Unused gap26[4];
  OrtStatus* (*SessionGetInputCount)(const OrtSession*, std::size_t* out);
  OrtStatus* (*SessionGetOutputCount)(const OrtSession*, std::size_t* out);
  Unused gap32[1];
  OrtStatus* (*SessionGetInputTypeInfo)(const OrtSession*, std::size_t index, OrtTypeInfo** out);
  OrtStatus* (*SessionGetOutputTypeInfo)(const OrtSession*, std::size_t index, OrtTypeInfo** out);
  Unused gap35[1];
  OrtStatus* (*SessionGetInputName)(const OrtSession*, std::size_t index, OrtAllocator*,
                                    char** out);
  OrtStatus* (*SessionGetOutputName)(const OrtSession*, std::size_t index, OrtAllocator*,
                                     char** out);
  Unused gap38[1];
  OrtStatus* (*CreateRunOptions)(OrtRunOptions** out);
  Unused gap40[1];
  OrtStatus* (*RunOptionsSetRunLogSeverityLevel)(OrtRunOptions*, int);
  Unused gap42[4];
  OrtStatus* (*RunOptionsSetTerminate)(OrtRunOptions*);
  Unused gap47[2];
  OrtStatus* (*CreateTensorWithDataAsOrtValue)(const OrtMemoryInfo*, void* data,
                                               std::size_t size_bytes, const std::int64_t* shape,
                                               std::size_t rank, ElementType, OrtValue** out);
  OrtStatus* (*IsTensor)(const OrtValue*, int* out);
  OrtStatus* (*GetTensorMutableData)(OrtValue*, void** out);
  Unused gap52[3];
  OrtStatus* (*CastTypeInfoToTensorInfo)(const OrtTypeInfo*, const OrtTensorTypeAndShapeInfo** out);
  Unused gap56[4];
  OrtStatus* (*GetTensorElementType)(const OrtTensorTypeAndShapeInfo*, ElementType* out);
  OrtStatus* (*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo*, std::size_t* out);
  OrtStatus* (*GetDimensions)(const OrtTensorTypeAndShapeInfo*, std::int64_t* out,
                              std::size_t count);
  Unused gap63[2];
  OrtStatus* (*GetTensorTypeAndShape)(const OrtValue*, OrtTensorTypeAndShapeInfo** out);
  Unused gap66[3];
  OrtStatus* (*CreateCpuMemoryInfo)(AllocatorType, MemoryType, OrtMemoryInfo** out);
  Unused gap70[6];
  OrtStatus* (*AllocatorFree)(OrtAllocator*, void*);
  Unused gap77[1];
  OrtStatus* (*GetAllocatorWithDefaultOptions)(OrtAllocator** out);  // not ours to release
  Unused gap79[14];
  void (*ReleaseStatus)(OrtStatus*);
  void (*ReleaseMemoryInfo)(OrtMemoryInfo*);
  void (*ReleaseSession)(OrtSession*);
  void (*ReleaseValue)(OrtValue*);
  void (*ReleaseRunOptions)(OrtRunOptions*);
  void (*ReleaseTypeInfo)(OrtTypeInfo*);
  void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo*);
  void (*ReleaseSessionOptions)(OrtSessionOptions*);
  Unused gap101[10];
  OrtStatus* (*SessionGetModelMetadata)(const OrtSession*, OrtModelMetadata** out);
  Unused gap112[4];
  OrtStatus* (*ModelMetadataLookupCustomMetadataMap)(const OrtModelMetadata*, OrtAllocator*,
                                                     const char* key, char** out);
  Unused gap117[1];
  void (*ReleaseModelMetadata)(OrtModelMetadata*);
  Unused gap119[11];
  OrtStatus* (*AddSessionConfigEntry)(OrtSessionOptions*, const char* key, const char* value);
};

constexpr bool at_index(std::size_t offset, std::size_t index) {
  return offset == index * sizeof(void*);
}
static_assert(at_index(offsetof(Api, GetErrorCode), 1));
static_assert(at_index(offsetof(Api, CreateEnv), 3));
static_assert(at_index(offsetof(Api, CreateSession), 7));
static_assert(at_index(offsetof(Api, Run), 9));
static_assert(at_index(offsetof(Api, CreateSessionOptions), 10));
static_assert(at_index(offsetof(Api, DisableMemPattern), 17));
static_assert(at_index(offsetof(Api, DisableCpuMemArena), 19));
static_assert(at_index(offsetof(Api, SetSessionLogSeverityLevel), 22));
static_assert(at_index(offsetof(Api, SetInterOpNumThreads), 25));
static_assert(at_index(offsetof(Api, SessionGetInputCount), 30));
static_assert(at_index(offsetof(Api, SessionGetInputTypeInfo), 33));
static_assert(at_index(offsetof(Api, SessionGetInputName), 36));
static_assert(at_index(offsetof(Api, CreateRunOptions), 39));
static_assert(at_index(offsetof(Api, RunOptionsSetRunLogSeverityLevel), 41));
static_assert(at_index(offsetof(Api, RunOptionsSetTerminate), 46));
static_assert(at_index(offsetof(Api, CreateTensorWithDataAsOrtValue), 49));
static_assert(at_index(offsetof(Api, GetTensorMutableData), 51));
static_assert(at_index(offsetof(Api, CastTypeInfoToTensorInfo), 55));
static_assert(at_index(offsetof(Api, GetTensorElementType), 60));
static_assert(at_index(offsetof(Api, GetDimensions), 62));
static_assert(at_index(offsetof(Api, GetTensorTypeAndShape), 65));
static_assert(at_index(offsetof(Api, CreateCpuMemoryInfo), 69));
static_assert(at_index(offsetof(Api, AllocatorFree), 76));
static_assert(at_index(offsetof(Api, GetAllocatorWithDefaultOptions), 78));
static_assert(at_index(offsetof(Api, ReleaseStatus), 93));
static_assert(at_index(offsetof(Api, ReleaseRunOptions), 97));
static_assert(at_index(offsetof(Api, ReleaseTypeInfo), 98));
static_assert(at_index(offsetof(Api, ReleaseSessionOptions), 100));
static_assert(at_index(offsetof(Api, SessionGetModelMetadata), 111));
static_assert(at_index(offsetof(Api, ModelMetadataLookupCustomMetadataMap), 116));
static_assert(at_index(offsetof(Api, ReleaseModelMetadata), 118));
static_assert(at_index(offsetof(Api, AddSessionConfigEntry), 130));

struct ApiBase {
  const Api* (*GetApi)(std::uint32_t version);  // null: the library is older than that version
  const char* (*GetVersionString)();
};

}  // namespace eva::tensor::ort

extern "C" const eva::tensor::ort::ApiBase* OrtGetApiBase();
