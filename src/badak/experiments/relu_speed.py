"""ReLU speeds up SGD: steps to a given training loss with ReLU, tanh and sigmoid."""

import math
from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.learning_speed import Until, learn_until
from badak.layers import Dense, Flatten, Rescaling
from badak.typing import Array

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

INITIALIZERS = {"relu": "he_normal", "tanh": "glorot_uniform", "sigmoid": "glorot_uniform"}
NAMES = {
    "relu": Words("ReLU", "ReLU"),
    "tanh": Words("tanh", "tanh"),
    "sigmoid": Words("sigmoid", "시그모이드"),
}
UNITS, LAYERS = 50, 3
RATES, COMMON = (0.1, 0.3, 0.6, 3.0), 0.1
GOAL, EPOCHS, BATCH, SEEDS, SAMPLES = 0.05, 250, 32, 3, 1500
PAPER = 6.0  # times, over tanh, in Krizhevsky's network
FASTER = 1.5  # times: what counts as faster, above the differences between seeds


@statement(
    number=9,
    name="relu-speed",
    title=Words("ReLU speeds up learning", "ReLU는 학습을 빠르게 한다"),
    claim=Words(
        "With ReLU stochastic gradient descent converges much faster than with sigmoid or tanh: "
        f"{PAPER:g} times as fast according to Krizhevsky et al.",
        "ReLU를 쓰면 확률적 경사 하강법이 시그모이드나 tanh보다 훨씬 빨리 수렴한다. 크리제브스키 "
        f"등에 따르면 {PAPER:g}배 빠르다.",
    ),
    source=Words(
        "Notes on activation functions, strengths of ReLU; Krizhevsky, Sutskever & Hinton, 2012 "
        "(tanh, one convolutional network of four layers on CIFAR-10)",
        "활성화 함수 노트, ReLU의 장점; Krizhevsky, Sutskever & Hinton, 2012 (tanh, CIFAR-10의 "
        "4층 합성곱 신경망 하나)",
    ),
    method=Words(
        f"Networks of {LAYERS} hidden layers of {UNITS} units, each with initial weights made for "
        f"its activation function, learn the images by SGD in batches of {BATCH} to a training "
        f"loss of {GOAL:g}, for at most {EPOCHS} epochs. Training steps, one update for each "
        f"batch, are counted at a common learning rate, and at the best of {len(RATES)} learning "
        f"rates from {RATES[0]:g} to {RATES[-1]:g}: medians of {SEEDS} seeds.",
        f"뉴런 {UNITS}개인 은닉층이 {LAYERS}개인 신경망을 활성화 함수마다 알맞은 초깃값으로 "
        f"만들어 이미지를 크기 {BATCH}인 배치의 SGD로 훈련 손실 {GOAL:g}까지 학습한다(최대 "
        f"{EPOCHS} 에폭). 같은 학습률에서, 그리고 {RATES[0]:g}~{RATES[-1]:g}의 {len(RATES)}가지 "
        f"가운데 각자 가장 좋은 학습률에서 갱신 횟수를 센다(시드 {SEEDS}개의 중앙값).",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Count the steps at every rate."""
    a_epoch = math.ceil(len(setting.images.x_train[:SAMPLES]) / BATCH)
    most = float((EPOCHS + 1) * a_epoch)  # of a run that does not reach the goal
    numbers: dict[str, float] = {}
    steps: dict[str, Array] = {}
    curves: dict[str, list[float]] = {}
    rows = []
    for name in NAMES:
        runs = [[trained(setting, name, rate, i) for i in range(SEEDS)] for rate in RATES]
        counts = [[len(r.losses) * a_epoch if r.reached else most for r in at] for at in runs]
        steps[name] = np.array(counts)  # (rates, seeds)
        curves[name] = runs[RATES.index(COMMON)][0].losses
        best = int(np.median(steps[name], axis=1).argmin())
        numbers[f"{name}_common"] = float(np.median(steps[name][RATES.index(COMMON)]))
        numbers[f"{name}_best"] = float(np.median(steps[name][best]))
        numbers[f"{name}_rate"] = RATES[best]
        at_common, at_best = steps[name][RATES.index(COMMON)], steps[name][best]
        rows.append(
            (
                NAMES[name],
                median_and_range(at_common, most),
                median_and_range(at_best, most),
                f"{RATES[best]:g}",
            )
        )
    for name in ("tanh", "sigmoid"):
        for which in ("common", "best"):
            numbers[f"over_{name}_{which}"] = numbers[f"{name}_{which}"] / numbers[f"relu_{which}"]

    return Findings(
        verdict=judged(numbers),
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(rows), caption=CAPTION),),
        draw=lambda canvas: draw(canvas, steps, curves, a_epoch, most),
        caption=FIGURE,
        size=(8.0, 4.2),
    )


def judged(numbers: dict[str, float]) -> Verdict:
    """Return the verdict on the statement, with every activation at its best rate.

    It holds if ReLU is faster than both, and than tanh by half of the paper's factor at least.
    """
    faster = [numbers[f"over_{name}_best"] >= FASTER for name in ("tanh", "sigmoid")]
    if all(faster) and numbers["over_tanh_best"] >= PAPER / 2.0:
        return Verdict.HOLDS
    return Verdict.IN_PART if any(faster) else Verdict.FAILS


def trained(setting: Setting, name: str, rate: float, seed: int) -> Until:
    """Train one network; return its losses by epoch."""
    images = setting.images
    hidden = [Dense(UNITS, name, kernel_initializer=INITIALIZERS[name]) for _ in range(LAYERS)]
    before = [Input(images.x_train.shape[1:]), Rescaling(1.0 / images.maximum), Flatten()]
    output = Dense(len(images.class_names), "softmax")
    model = Sequential([*before, *hidden, output], seed=setting.seed + seed)
    x, t = images.x_train[:SAMPLES], images.y_train[:SAMPLES]
    return learn_until(model, x, t, rate=rate, goal=GOAL, epochs=EPOCHS, batch=BATCH)


def median_and_range(steps: Array, most: float) -> str:
    """Return median and range of the steps; "-" where the goal was not reached."""
    median, low, high = (
        f"{value:,.0f}" if value < most else "-"
        for value in (np.median(steps), steps.min(), steps.max())
    )
    return f"{median} ({low}..{high})"


RESULT = Words(
    f"Training steps to a training loss of {GOAL:g}, each at its best learning rate: ReLU "
    "{relu_best:,.0f}, tanh {tanh_best:,.0f} ({over_tanh_best:.1f} times as many), sigmoid "
    "{sigmoid_best:,.0f} ({over_sigmoid_best:.1f} times). At the common learning rate of "
    f"{COMMON:g} tanh takes {{over_tanh_common:.1f}} times and the sigmoid "
    "{over_sigmoid_common:.0f} times as many as ReLU.",
    f"훈련 손실 {GOAL:g}까지의 갱신 횟수는 각자 가장 좋은 학습률에서 ReLU {{relu_best:,.0f}}번, "
    "tanh {tanh_best:,.0f}번({over_tanh_best:.1f}배), 시그모이드 "
    f"{{sigmoid_best:,.0f}}번({{over_sigmoid_best:.1f}}배)이다. 같은 학습률 {COMMON:g}에서는 "
    "tanh가 ReLU의 {over_tanh_common:.1f}배, 시그모이드가 {over_sigmoid_common:.0f}배다.",
)
WHY = Words(
    "The sigmoid's derivative is at most 1/4, and it is multiplied into the gradient in every "
    "layer; a larger learning rate compensates for some of that, not for all. Compared with the "
    "sigmoid the statement is true here.\n\n"
    "The derivative of tanh at 0 is 1, as is ReLU's for positive input. In a small network with "
    "suitable initial weights the weighted sums stay where the derivative is near 1, little is "
    f"lost, and tanh tolerates a larger learning rate than ReLU. The factor of {PAPER:g} was "
    "measured on one convolutional network, with the learning rates chosen for each; the paper "
    "says that the size of the effect varies with the architecture, but that networks with ReLU "
    "always learn several times as fast. On this network and these images they do not: the factor "
    "is {over_tanh_best:.1f}.\n\n"
    "The number of steps is not the time: ReLU is also cheaper to compute (see the experiment "
    "activation-cost).",
    "시그모이드의 기울기는 최대 1/4이고 층마다 곱해진다. 학습률을 키우면 일부는 보완되지만 전부는 "
    "아니다. 시그모이드와 비교하면 여기서도 맞는 주장이다.\n\n"
    "tanh의 기울기는 0에서 1로, 양수에서의 ReLU와 같다. 작은 신경망에서 알맞은 초깃값을 쓰면 "
    "가중합이 기울기가 1에 가까운 곳에 머물러 잃는 것이 적고, ReLU보다 큰 학습률도 쓸 수 있다. "
    f"{PAPER:g}배는 합성곱 신경망 하나에서 학습률을 각각 골라 측정한 값이다. 논문은 효과의 크기가 "
    "구조에 따라 다르지만 ReLU가 늘 몇 배 빠르다고 한다. 이 신경망과 이 이미지에서는 그렇지 않아 "
    "{over_tanh_best:.1f}배다.\n\n"
    "갱신 횟수가 곧 시간은 아니다. ReLU는 계산 비용도 적다(실험 activation-cost).",
)
CAPTION = Words(
    f"Training steps to a training loss of {GOAL:g}, median and range over the seeds; - where it "
    f"is not reached in {EPOCHS} epochs",
    f"훈련 손실 {GOAL:g}까지의 갱신 횟수(시드들의 중앙값과 범위). {EPOCHS} 에폭 안에 이르지 "
    "못하면 -",
)
HEADINGS = (
    Words("activation function", "활성화 함수"),
    Words(f"at learning rate {COMMON:g}", f"학습률 {COMMON:g}에서"),
    Words("at the best learning rate", "가장 좋은 학습률에서"),
    Words("best learning rate", "가장 좋은 학습률"),
)
FIGURE = Words(
    "Left: at the common learning rate the training loss falls first with ReLU, soon after with "
    "tanh, much later with the sigmoid. Right: training steps against learning rate; a missing "
    "point means that the loss was not reached.",
    "왼쪽: 같은 학습률에서 훈련 손실은 ReLU가 가장 먼저, tanh가 곧이어, 시그모이드가 한참 뒤에 "
    "줄어든다. 오른쪽: 학습률에 따른 갱신 횟수. 점이 없으면 그 손실에 이르지 못한 것이다.",
)


def draw(
    canvas: "Canvas",
    steps: dict[str, Array],
    curves: dict[str, list[float]],
    a_epoch: int,
    most: float,
) -> None:
    """Draw the losses at the common rate, and the steps against the rate."""
    left, right = canvas.panels(1, 2, gap=0.3)
    for place, (name, words) in enumerate(NAMES.items()):
        style, label = canvas.line(place), canvas.say(*words)
        taken = a_epoch * np.arange(1, len(curves[name]) + 1)
        left.loglog(taken, curves[name], label=label, **style)
        median = np.median(steps[name], axis=1)
        there = np.where(median < most, median, np.nan)
        right.loglog(RATES, there, marker="o", label=label, **style)
    left.axhline(GOAL, color=canvas.theme.ink, linewidth=0.8)
    left.set_title(canvas.say(f"loss at learning rate {COMMON:g}", f"학습률 {COMMON:g}에서 손실"))
    left.set_xlabel(canvas.say("training steps", "갱신 횟수"))
    left.set_ylabel(canvas.say("training loss", "훈련 손실"))
    left.legend(loc="lower left", bbox_to_anchor=(0.0, 0.1))
    right.set_title(canvas.say(f"steps to a loss of {GOAL:g}", f"손실 {GOAL:g}까지 갱신 횟수"))
    right.set_xlabel(canvas.say("learning rate", "학습률"))
    right.set_ylabel(canvas.say("training steps", "갱신 횟수"))
    right.set_xticks(RATES, [f"{rate:g}" for rate in RATES])
    right.minorticks_off()
