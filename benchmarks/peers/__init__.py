"""The peers: a module each, with a class Peer that does a work as a competent user would.

A Peer is made of a work and a number of threads. `load` takes x (samples, inputs) and the labels,
`fit` trains some epochs on them and returns the last one's mean loss, `native` turns samples into
what the peer works on, and `predict` gives the probabilities of native samples.
"""

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Peer:
    """Where a peer's module is, and what has to be installed for it."""

    label: str
    module: str
    package: str
    distribution: str

    @property
    def installed(self) -> bool:
        return find_spec(self.package) is not None


BADAK = Peer("badak", "benchmarks.peers.badak_model", "badak", "badak")
PYTORCH = Peer("PyTorch", "benchmarks.peers.pytorch_eager", "torch", "torch")
JAX = Peer("JAX", "benchmarks.peers.jax_scan", "jax", "jax")
SCIKIT_LEARN = Peer("scikit-learn", "benchmarks.peers.scikit_learn_mlp", "sklearn", "scikit-learn")
ONNX_RUNTIME = Peer("ONNX Runtime", "benchmarks.peers.onnx_runtime", "onnxruntime", "onnxruntime")

TRAINING = (BADAK, PYTORCH, JAX, SCIKIT_LEARN)
INFERENCE = (*TRAINING, ONNX_RUNTIME)


def installed(peers: tuple[Peer, ...]) -> list[Peer]:
    """Return those that are installed, and say which are not."""
    for peer in peers:
        if not peer.installed:
            print(f"{peer.label} is left out: pip install {peer.distribution}")
    return [peer for peer in peers if peer.installed]
