"""ONNX Runtime, which only predicts: a graph of Gemm, activation and softmax."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.works import Work

ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid"}
OPERATORS, FORMAT = 17, 8  # versions that every ONNX Runtime of the last years reads


def graph_of(work: Work) -> bytes:
    """Return the network as an ONNX file."""
    nodes, constants, last = [], [], "x"
    kinds = [ACTIVATIONS[work.activation]] * (len(work.widths) - 2) + ["Softmax"]
    for layer, (kind, pair) in enumerate(zip(kinds, work.initial_weights(), strict=True)):
        names = [f"kernel_{layer}", f"bias_{layer}"]
        constants += [numpy_helper.from_array(a, n) for a, n in zip(pair, names, strict=True)]
        nodes += [
            helper.make_node("Gemm", [last, *names], [f"sum_{layer}"]),
            helper.make_node(kind, [f"sum_{layer}"], [f"output_{layer}"]),
        ]
        last = f"output_{layer}"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
        for name, width in (("x", work.widths[0]), (last, work.widths[-1]))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], constants)
    operators = [helper.make_opsetid("", OPERATORS)]
    model = helper.make_model(graph, opset_imports=operators, ir_version=FORMAT)
    return model.SerializeToString()


class Peer:
    def __init__(self, work: Work, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            graph_of(work), options, providers=["CPUExecutionProvider"]
        )

    def load(self, x: np.ndarray, y: np.ndarray) -> None:
        """Nothing to do: it does not train."""

    def native(self, x: np.ndarray) -> np.ndarray:
        return x

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.session.run(None, {"x": x})[0]
