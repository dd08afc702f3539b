"""Batches: predicting many images in one call is faster than one at a time."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from badak import Input, Sequential, reference
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.clock import fastest
from badak.layers import Dense
from badak.typing import Array

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

WIDTHS = (784, 50, 100, 10)  # of the book's network
NAME = "-".join(map(str, WIDTHS))
SIZES = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)
IMAGES = 30  # predicted in a round (or one batch if larger): short, so rarely interrupted
ROUNDS, CALLS = 30, 10
BATCH = 100  # the book's
FASTER = 2.0  # times as many images per second: what counts as much faster, above all noise


@statement(
    number=12,
    name="batches",
    title=Words("Batches", "배치 처리"),
    claim=Words(
        "Predicting images in batches takes much less time per image than one at a time: "
        "libraries are made for large arrays, and a larger share of the time goes into computing.",
        "이미지를 한 장씩 처리하는 것보다 배치로 묶어 처리하면 이미지 한 장당 시간이 크게 "
        "줄어든다. 라이브러리가 큰 배열에 맞게 만들어져 있고, 순수 계산의 비율이 높아지기 "
        "때문이다.",
    ),
    source=Words("Deep Learning from Scratch, 3.6.3", "밑바닥부터 시작하는 딥러닝, 3.6.3"),
    method=Words(
        f"The book's network, {NAME} with sigmoid and softmax, predicts images of random noise "
        f"(the speed does not depend on their content) in batches of 1 to {SIZES[-1]:,}, in NumPy "
        "and in badak's engine. A network with one unit per layer shows how much time the "
        "function calls alone take.",
        f"시그모이드와 소프트맥스를 쓰는 책의 신경망 {NAME}이 잡음 이미지를(속도는 이미지 내용과 "
        f"관계없다) 1장부터 {SIZES[-1]:,}장까지의 배치로 NumPy와 badak 엔진에서 처리한다. 층마다 "
        "뉴런이 하나인 신경망으로 함수 호출에만 드는 시간을 잰다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Measure images per second against the size of the batch."""
    model = network(WIDTHS, setting.seed)
    x = np.random.default_rng(setting.seed).random((SIZES[-1], WIDTHS[0]), dtype=np.float32)
    # One after the other: idle threads of NumPy's BLAS would take the engine's core.
    speeds = {"engine": speeds_of(model.predict, x), "numpy": speeds_of(by_numpy(model), x)}
    tiny = by_numpy(network((1,) * len(WIDTHS), setting.seed))
    whole = by_numpy(model)
    calls = fastest({"whole": lambda: whole(x[:1]), "tiny": lambda: tiny(x[:1, :1])}, ROUNDS, CALLS)
    numbers = {
        "numpy_call": calls["tiny"] / calls["whole"],
        **product_speeds(model.layers[0].weights["kernel"], x),
    }
    for how, each in speeds.items():
        best = max(each, key=lambda size: each[size])
        numbers |= {f"{how}_{size}": per_second for size, per_second in each.items()}
        numbers |= {f"{how}_faster": each[best] / each[1], f"{how}_best": float(best)}
    faster = [numbers[f"{how}_faster"] >= FASTER for how in speeds]
    computes = numbers[f"product_{BATCH}"] > numbers["product_1"]
    partly = Verdict.IN_PART if any(faster) else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if all(faster) and computes else partly,
        result=RESULT.filled(numbers),
        why=(WHY if computes else DISTURBED).filled(numbers),
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(row(size, numbers) for size in SIZES)),),
        draw=lambda canvas: draw(canvas, speeds),
        caption=FIGURE,
    )


def network(widths: tuple[int, ...], seed: int) -> Sequential:
    """Return a network of these widths, untrained."""
    inputs, *hidden, classes = widths
    layers = [Dense(units, "sigmoid") for units in hidden]
    return Sequential([Input((inputs,)), *layers, Dense(classes, "softmax")], seed=seed)


def by_numpy(model: Sequential) -> Callable[[Array], Array]:
    """Return the function that predicts a batch with NumPy."""
    return partial(reference.output, model.layers, model.parameters.layers)


def speeds_of(predict: Callable[[Array], Any], x: Array) -> dict[int, float]:
    """Return images per second for each size of a batch, on images (10,000, inputs)."""

    def pass_over(size: int) -> None:
        for start in range(0, max(size, IMAGES), size):
            predict(x[start : start + size])

    seconds = fastest({str(size): partial(pass_over, size) for size in SIZES}, ROUNDS)
    return {
        size: len(range(0, max(size, IMAGES), size)) * size / seconds[str(size)] for size in SIZES
    }


def product_speeds(kernel: Array, x: Array) -> dict[str, float]:
    """Return the speed of the first layer's product, x W, in 10⁹ operations per second."""
    tasks = {str(size): partial(np.matmul, x[:size], kernel) for size in (1, BATCH)}
    return {
        f"product_{size}": 2.0 * kernel.size * int(size) / seconds / 1e9
        for size, seconds in fastest(tasks, ROUNDS, CALLS).items()
    }


def row(size: int, numbers: dict[str, float]) -> tuple[Words | str, ...]:
    """Return the table's row of a size."""
    numpy, engine = numbers[f"numpy_{size}"], numbers[f"engine_{size}"]
    return (
        f"{size:,}",
        f"{numpy:,.0f}",
        f"{numpy / numbers['numpy_1']:.1f}",
        f"{engine:,.0f}",
        f"{engine / numbers['engine_1']:.1f}",
    )


RESULT = Words(
    "NumPy predicts {numpy_1:,.0f} images per second one at a time, and up to {numpy_faster:.1f} "
    "times as many in batches, with {numpy_best:,.0f} images per batch; the engine "
    "{engine_1:,.0f}, and up to {engine_faster:.1f} times as many, with {engine_best:,.0f}.",
    "한 장씩 처리하면 NumPy는 1초에 {numpy_1:,.0f}장, 엔진은 {engine_1:,.0f}장을 처리한다. 배치로 "
    "묶으면 NumPy는 {numpy_best:,.0f}장씩일 때 {numpy_faster:.1f}배, 엔진은 "
    "{engine_best:,.0f}장씩일 때 {engine_faster:.1f}배까지 빨라진다.",
)
WHY = Words(
    "A function call costs the same for one image and for a thousand. In NumPy a network with as "
    "many layers, but only one unit in each, takes {numpy_call:.0%} of the time that the whole "
    "network takes for one image: this part is Python looking up and calling functions.\n\n"
    "Also, the product of two matrices is more efficient than that of a matrix and a vector. Each "
    "weight that is read is used for every image of the batch instead of one: NumPy computes the "
    "first layer's weighted sums at {product_1:.1f} billion operations per second for one image "
    f"and at {{product_{BATCH}:.1f}} for {BATCH}. Large batches also give every core rows of its "
    "own. Beyond some hundreds of images there is little more to gain: the calls no longer "
    "matter, and the values between the layers no longer fit into the cache.",
    "함수 호출 한 번의 비용은 이미지가 한 장이든 천 장이든 같다. NumPy에서 층의 수는 같고 층마다 "
    "뉴런이 하나뿐인 신경망이, 이미지 한 장에 신경망 전체가 쓰는 시간의 {numpy_call:.0%}를 쓴다. "
    "이 시간은 파이썬이 함수를 찾아 호출하는 시간이다.\n\n"
    "또 행렬과 행렬의 곱은 행렬과 벡터의 곱보다 효율이 높다. 한 번 읽은 가중치를 이미지 한 장이 "
    "아니라 배치 전체에 쓰기 때문이다. NumPy는 첫 층의 가중합을 한 장일 때 초당 "
    f"{{product_1:.1f}}×10⁹번, {BATCH}장일 때 초당 {{product_{BATCH}:.1f}}×10⁹번의 연산으로 "
    "계산한다. 배치가 크면 코어마다 행을 나누어 계산할 수도 있다. 수백 장을 넘으면 더 얻을 것이 "
    "거의 없다. 호출 비용은 이미 무시할 만하고, 층 사이의 값이 캐시에 다 들어가지 않기 때문이다.",
)
DISTURBED = Words(
    "A function call costs the same for one image and for a thousand: {numpy_call:.0%} of NumPy's "
    f"time for one image. But the matrix product was slower for {BATCH} images than for one, "
    f"{{product_{BATCH}:.1f}} against {{product_1:.1f}} billion operations per second: another "
    "program was using the cores. Run this again when the machine is otherwise idle.",
    "함수 호출 한 번의 비용은 이미지가 한 장이든 천 장이든 같다. NumPy로 한 장을 처리하는 시간의 "
    f"{{numpy_call:.0%}}다. 그런데 행렬 곱이 {BATCH}장일 때(초당 {{product_{BATCH}:.1f}}×10⁹번) "
    "한 장일 때(초당 {product_1:.1f}×10⁹번)보다 느리게 나왔다. 측정하는 동안 다른 프로그램이 "
    "코어를 쓴 것이다. 다른 프로그램이 없을 때 다시 실행해 보라.",
)
HEADINGS = (
    Words("images per batch", "배치 크기"),
    Words("NumPy, images per second", "NumPy, 초당 이미지 수"),
    Words("speed-up", "속도 향상(배)"),
    Words("engine, images per second", "엔진, 초당 이미지 수"),
    Words("speed-up", "속도 향상(배)"),
)
FIGURE = Words(
    "Images per second against images per batch, both on logarithmic scales: steep at first, then "
    "almost flat.",
    "배치 크기에 따른 초당 이미지 수(두 축 모두 로그 눈금). 처음에는 가파르게 오르고 수백 "
    "장부터는 평평하다.",
)


def draw(canvas: "Canvas", speeds: dict[str, dict[int, float]]) -> None:
    """Draw images per second against the size of the batch."""
    for place, (how, name) in enumerate(
        (("engine", Words("engine", "엔진")), ("numpy", Words("NumPy", "NumPy")))
    ):
        sizes, per_second = zip(*speeds[how].items(), strict=True)
        label, style = canvas.say(*name), canvas.line(place)
        canvas.ax.loglog(sizes, per_second, marker="os"[place], label=label, **style)
    canvas.ax.set_xticks(SIZES[::2], [f"{size:,}" for size in SIZES[::2]])
    canvas.ax.set_xlabel(canvas.say("images per batch", "배치 크기(장)"))
    canvas.ax.set_ylabel(canvas.say("images per second", "초당 이미지 수"))
    canvas.title(None, "Batches", "배치 처리")
    canvas.ax.legend()
