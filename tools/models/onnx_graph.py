"""A small builder for ONNX graphs of transformers, with int8 weights where wanted."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"  # the domain of ONNX Runtime's own operators
OPSET = 20
IR_VERSION = 9


def quantise_columns(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 values and one float scale per column: matrix is about values * scales."""
    scales = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / 127.0
    return np.rint(matrix / scales).astype(np.int8), scales.astype(np.float32)


class Graph:
    """Nodes and constants under construction. Values are named by strings."""

    def __init__(self, quantised: bool):
        self.quantised = quantised  # matrix products with int8 weights
        self.nodes = []
        self.constants = {}
        self.fresh_names = 0

    def constant(self, array: np.ndarray, name: str | None = None) -> str:
        name = name or self._fresh("constant")
        if name not in self.constants:
            # ascontiguousarray would turn scalars into vectors.
            self.constants[name] = numpy_helper.from_array(np.array(array, order="C"), name)
        return name

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64), "i_" + "_".join(map(str, values)))

    def op(self, kind: str, inputs: list[str], output: str | None = None, outputs: int = 1, **attributes):
        names = [output] if output else [self._fresh(kind) for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=self._fresh("node"), **attributes))
        return names[0] if len(names) == 1 else names

    def layer_norm(self, x: str, gamma: np.ndarray, beta: np.ndarray) -> str:
        return self.op("LayerNormalization", [x, self.constant(gamma), self.constant(beta)], axis=-1, epsilon=1e-5)

    def linear(self, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """x @ weight.T + bias; weight is [outputs, inputs]."""
        if not self.quantised:
            return self.op("Add", [self.op("MatMul", [x, self.constant(weight.T)]), self.constant(bias)])
        values, scales = quantise_columns(weight.T)
        return self.int8_product(x, self.constant(values), self.constant(scales), self.constant(bias))

    def int8_product(self, x: str, values: str, scales: str, bias: str | None = None, output: str | None = None) -> str:
        """x (float, quantised on the fly) times int8 columns with their scales."""
        inputs = [x, values, scales, ""] + ([bias] if bias else [])
        return self.op("DynamicQuantizeMatMul", inputs, output, domain=MICROSOFT)

    def slice(self, x: str, start: str, end: str, axis: int, output: str | None = None) -> str:
        return self.op("Slice", [x, start, end, self.integers(axis)], output)

    def size(self, x: str, axis: int) -> str:
        return self.op("Shape", [x], start=axis, end=axis + 1)

    def save(self, path, inputs: list, outputs: list) -> None:
        graph = helper.make_graph(self.nodes, "whisper", inputs, outputs, list(self.constants.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION), path)

    def _fresh(self, prefix: str) -> str:
        self.fresh_names += 1
        return f"{prefix}_{self.fresh_names}"


def floats(name: str, shape: list):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def int64s(name: str, shape: list):
    return helper.make_tensor_value_info(name, TensorProto.INT64, shape)
