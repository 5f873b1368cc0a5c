#include "tensor/tiny_onnx.h"

#include <fmt/format.h>

namespace eva::tensor {
namespace {

// Protocol buffers on the wire: a key (field number << 3 | kind), then a varint or sized bytes.
std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}
std::string bytes(int field, const std::string& value) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(value.size()) + value;
}

// onnx.proto3: ValueInfoProto{name 1, type 2}, TypeProto{tensor_type 1}, Tensor{elem_type 1, shape
// 2}, TensorShapeProto{dim 1}, Dimension{dim_value 1}.
std::string float_tensor(const std::string& name, std::span<const std::int64_t> dimensions) {
  std::string shape;
  for (const std::int64_t size : dimensions) {
    shape += bytes(1, number(1, static_cast<std::uint64_t>(size)));
  }
  constexpr int kFloat = 1;
  return bytes(1, name) + bytes(2, bytes(1, number(1, kFloat) + bytes(2, shape)));
}

// ModelProto{ir_version 1, graph 7, opset_import 8, metadata_props 14}.
std::string model_of(const std::string& graph) {
  constexpr std::uint64_t kIrVersion = 8;
  constexpr std::uint64_t kOpset = 13;
  return number(1, kIrVersion) + bytes(7, graph) + bytes(8, number(2, kOpset)) +
         bytes(14, bytes(1, "made_by") + bytes(2, "tiny_onnx"));
}

}  // namespace

std::string chain_model(const std::string& op, int count, std::int64_t rows, std::int64_t columns) {
  // GraphProto{node 1, name 2, input 11, output 12}, NodeProto{input 1, output 2, op_type 4}.
  std::string graph;
  std::string from = "a";
  for (int i = 1; i <= count; ++i) {
    const std::string to = i == count ? "y" : fmt::format("t{}", i);
    graph += bytes(1, bytes(1, from) + bytes(1, "b") + bytes(2, to) + bytes(4, op));
    from = to;
  }
  graph += bytes(2, "chain");
  const std::int64_t shape[] = {rows, columns};
  graph += bytes(11, float_tensor("a", shape));
  graph += bytes(11, float_tensor("b", shape));
  graph += bytes(12, float_tensor("y", shape));
  return model_of(graph);
}

std::string summary_model(std::span<const std::int64_t> in, std::span<const std::string> ops) {
  std::string graph;
  std::string from = "x";
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const std::string to = i + 1 == ops.size() ? "y" : fmt::format("t{}", i);
    graph += bytes(1, bytes(1, from) + bytes(2, to) + bytes(4, ops[i]));
    from = to;
  }
  const std::int64_t out[] = {1, 1};
  graph += bytes(2, "summary");
  graph += bytes(11, float_tensor("x", in));
  graph += bytes(12, float_tensor("y", out));
  return model_of(graph);
}

}  // namespace eva::tensor
