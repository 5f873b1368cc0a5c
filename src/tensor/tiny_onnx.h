#pragma once
// Writes the smallest useful ONNX model files, for the runtime's self-test and the unit tests.
#include <cstdint>
#include <span>
#include <string>

namespace eva::tensor {

/// A model with the float inputs "a" and "b" of shape [rows, columns] and one float output "y" of
/// the same shape: y = op(...op(op(a, b), b)..., b), `count` (>= 1) nodes in a row. `op` is the
/// name of a binary ONNX operator ("Add", "MatMul"). Its metadata holds {"made_by": "tiny_onnx"}.
std::string chain_model(const std::string& op, int count, std::int64_t rows, std::int64_t columns);

/// A model with one float input "x" of shape `in` and one output "y" of shape [1, 1]: the operators
/// in a row, each taking the result of the one before. Only operators that work without attributes:
/// {"Flatten", "ReduceMean", "Sigmoid"} makes one number of everything.
std::string summary_model(std::span<const std::int64_t> in, std::span<const std::string> ops);

}  // namespace eva::tensor
