"""What the activations cost: ReLU a comparison, sigmoid and tanh an exponential."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential, activations
from badak.activations import Activation
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.clock import medians
from badak.experiments.training import fit
from badak.layers import Dense
from badak.typing import Array

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

NAMES = ("relu", "leaky_relu", "step", "sigmoid", "tanh", "elu", "swish", "softplus", "gelu")
WITH_EXP = ("sigmoid", "tanh")  # what the notes compare ReLU with
NUMBERS = 65_536
PIECE = 8192  # numbers at a time for NumPy, so that intermediate results stay in the cache
ROUNDS, CALLS = 15, 3
COSTLIER = 1.5  # times as long: what counts as costing more, well above the noise
PIXELS, IMAGES, BATCH = 784, 2000, 100
EPOCHS, FITS = 4, 25


@statement(
    number=10,
    name="activation-cost",
    title=Words("What the activations cost", "활성화 함수의 계산 비용"),
    claim=Words(
        "ReLU costs less to compute than sigmoid and tanh, because it only compares with 0, while "
        "they compute the exponential function.",
        "ReLU는 0과 비교하기만 하므로, 지수 함수를 계산하는 시그모이드나 tanh보다 계산 비용이 "
        "적다.",
    ),
    source=Words("Notes on activation functions, on ReLU", "활성화 함수 노트, ReLU"),
    method=Words(
        f"Each function is applied to {NUMBERS:,} float32 numbers, by NumPy from its formula, "
        f"{PIECE:,} at a time, and by badak's engine, compiled from the same formula; on one "
        f"core, medians of {ROUNDS} rounds. Then 784-50-100-10 networks are trained on {IMAGES:,} "
        "images of random noise.",
        f"float32 수 {NUMBERS:,}개에 각 함수를 적용한다. NumPy는 수식 그대로 {PIECE:,}개씩, badak "
        f"엔진은 같은 수식을 컴파일해서 계산한다. 코어 하나에서 {ROUNDS}번 잰 중앙값이다. 그다음 "
        f"784-50-100-10 신경망을 잡음 이미지 {IMAGES:,}장으로 학습한다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Measure the functions alone, and the training of networks that use them."""
    alone = {"numpy": by_numpy(setting.seed), "engine": by_engine(setting.seed)}
    training = by_training(setting.seed)
    numbers = {f"{how}_{name}": each[name] for how, each in alone.items() for name in NAMES}
    for name in WITH_EXP:
        numbers |= {f"{how}_{name}_ratio": each[name] / each["relu"] for how, each in alone.items()}
        numbers[f"training_{name}_ratio"] = training[name] / training["relu"]
    costlier = [numbers[f"{how}_{name}_ratio"] >= COSTLIER for how in alone for name in WITH_EXP]
    partly = Verdict.IN_PART if any(costlier) else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if all(costlier) else partly,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(row(name, numbers) for name in NAMES)),),
        draw=lambda canvas: draw(canvas, numbers),
        caption=FIGURE,
    )


def by_numpy(seed: int) -> dict[str, float]:
    """Return nanoseconds per element of each formula in NumPy."""
    pieces = inputs(seed).reshape(-1, PIECE)
    tasks = {name: partial(for_each, activations.get(name), pieces) for name in NAMES}
    return {name: t / NUMBERS * 1e9 for name, t in medians(tasks, ROUNDS, CALLS).items()}


def by_engine(seed: int) -> dict[str, float]:
    """Return nanoseconds per element of each formula in the engine."""
    from badak.engine.compiler.kernels import elementwise

    x = inputs(seed)
    tasks = {}
    for name in NAMES:
        h = activations.get(name)
        tasks[name] = partial(elementwise(h.value, *h.parameters.values()), x)
    return {name: t / NUMBERS * 1e9 for name, t in medians(tasks, ROUNDS, CALLS).items()}


def by_training(seed: int) -> dict[str, float]:
    """Return seconds of training of the book's network with each as the hidden activation."""
    rng = np.random.default_rng(seed)
    x = rng.random((IMAGES, PIXELS), dtype=np.float32)
    t = rng.integers(0, 10, IMAGES)
    tasks = {}
    for name in ("relu", *WITH_EXP):
        hidden = [Dense(units, name) for units in (50, 100)]
        model = Sequential([Input((PIXELS,)), *hidden, Dense(10, "softmax")], seed=seed)
        model.compile("sgd")
        tasks[name] = partial(fit, model, x, t, batch_size=BATCH, epochs=EPOCHS)
    return medians(tasks, FITS)


def for_each(h: Activation, pieces: Array) -> None:
    """Apply an activation to one piece after another."""
    for piece in pieces:
        h(piece)


def inputs(seed: int) -> Array:
    """Return the numbers that the functions are applied to, (NUMBERS,)."""
    return np.random.default_rng(seed).standard_normal(NUMBERS, dtype=np.float32)


def row(name: str, numbers: dict[str, float]) -> tuple[Words | str, ...]:
    """Return the table's row of a function."""
    numpy, engine = numbers[f"numpy_{name}"], numbers[f"engine_{name}"]
    return (
        Words(name, name),
        f"{numpy:.2f}",
        f"{numpy / numbers['numpy_relu']:.1f}",
        f"{engine:.2f}",
        f"{engine / numbers['engine_relu']:.1f}",
    )


RESULT = Words(
    "For one element sigmoid takes {numpy_sigmoid_ratio:.1f} times as long as ReLU in NumPy and "
    "{engine_sigmoid_ratio:.1f} times in the engine, tanh {numpy_tanh_ratio:.1f} and "
    "{engine_tanh_ratio:.1f} times. Training a 784-50-100-10 network takes "
    "{training_sigmoid_ratio:.2f} times as long with sigmoid and {training_tanh_ratio:.2f} times "
    "with tanh as with ReLU.",
    "원소 하나를 계산하는 데 시그모이드는 ReLU의 {numpy_sigmoid_ratio:.1f}배(NumPy)와 "
    "{engine_sigmoid_ratio:.1f}배(엔진), tanh는 {numpy_tanh_ratio:.1f}배와 "
    "{engine_tanh_ratio:.1f}배의 시간이 걸린다. 784-50-100-10 신경망의 학습 시간은 ReLU를 쓸 때에 "
    "비해 시그모이드가 {training_sigmoid_ratio:.2f}배, tanh가 {training_tanh_ratio:.2f}배다.",
)
WHY = Words(
    "ReLU is one comparison. An exponential takes about ten multiplications and additions for a "
    "polynomial and some operations on the bits of the exponent; sigmoid also needs a division. "
    "NumPy goes through memory once for each operation of a formula; the engine compiles the "
    "whole formula into one vectorised loop, in which even sigmoid costs little. NumPy's tanh is "
    "a single operation; where NumPy has it vectorised for the processor, it can take less time "
    "than ReLU's formula.\n\n"
    "In a whole network it hardly matters: a unit of the first layer here takes 784 "
    "multiplications and additions for its weighted sum, and one activation. The sigmoid costs "
    "far more in the number of epochs than in computing time (see the experiment relu-speed).",
    "ReLU는 비교 한 번이다. 지수 함수에는 다항식의 곱셈과 덧셈이 열 번쯤, 그리고 지수의 비트를 "
    "다루는 연산이 필요하고, 시그모이드에는 나눗셈도 필요하다. NumPy는 수식의 연산마다 메모리를 "
    "한 번씩 읽고 쓰지만, 엔진은 수식 전체를 벡터화된 반복문 하나로 컴파일하므로 시그모이드도 "
    "비용이 적다. NumPy의 tanh는 연산 하나이므로, 프로세서에 맞게 벡터화되어 있으면 ReLU의 "
    "수식보다 빠를 수도 있다.\n\n"
    "신경망 전체에서는 이 차이가 작다. 여기서 첫 층의 뉴런 하나는 가중합에 곱셈과 덧셈을 784번 "
    "하고 활성화 함수는 한 번만 계산한다. 시그모이드의 손해는 계산 시간보다 에폭 수에서 훨씬 "
    "크다(실험 relu-speed).",
)
HEADINGS = (
    Words("function", "함수"),
    Words("NumPy, ns per element", "NumPy, 원소당 ns"),
    Words("times ReLU", "ReLU의 배수"),
    Words("engine, ns per element", "엔진, 원소당 ns"),
    Words("times ReLU", "ReLU의 배수"),
)
FIGURE = Words(
    "Nanoseconds per element, on a logarithmic scale: a point to the right of ReLU's dotted line "
    "costs more than ReLU, in NumPy or in the engine.",
    "원소당 나노초(로그 눈금). NumPy든 엔진이든 ReLU의 점선보다 오른쪽에 있으면 ReLU보다 비용이 "
    "크다.",
)


def draw(canvas: "Canvas", numbers: dict[str, float]) -> None:
    """Draw one row per function, with a mark for NumPy and one for the engine."""
    rows = range(len(NAMES))[::-1]
    for place, (how, marker, label) in enumerate(
        (("engine", "o", Words("engine", "엔진")), ("numpy", "s", Words("NumPy", "NumPy")))
    ):
        times = [numbers[f"{how}_{name}"] for name in NAMES]
        colour = canvas.theme.series[place]
        canvas.ax.plot(times, rows, marker, color=colour, markersize=9, label=canvas.say(*label))
        canvas.ax.axvline(times[0], color=colour, linestyle=":", linewidth=1.2)
    canvas.ax.set_xscale("log")
    canvas.ax.set_yticks(rows, NAMES)
    canvas.ax.set_xlabel(
        canvas.say("nanoseconds per element (dotted: ReLU)", "원소당 나노초(점선: ReLU의 시간)")
    )
    canvas.title(None, "What the activations cost", "활성화 함수의 계산 비용")
    canvas.legend_below(2, lines=2.8)
