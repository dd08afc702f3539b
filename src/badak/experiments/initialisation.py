"""Initialisation: its effect on the activations of five layers, and on training."""

from typing import TYPE_CHECKING, Any

import numpy as np

from badak import Input, Sequential, reference
from badak.errors import DivergedError
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit_many
from badak.initializers import GlorotNormal, HeNormal, Initializer, RandomNormal
from badak.layers import Dense
from badak.optimizers import SGD
from badak.typing import Array, Shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.pictures.canvas import Canvas

STARTS: dict[str, Initializer] = {
    "small": RandomNormal(stddev=0.01),
    "large": RandomNormal(stddev=1.0),
    "glorot": GlorotNormal(),
    "he": HeNormal(),
}
ACTIVATIONS = ("sigmoid", "tanh", "relu")
FITTING = {"sigmoid": "glorot", "tanh": "glorot", "relu": "he"}  # what the notes recommend
LAYERS, UNITS, SAMPLES = 5, 100, 1000  # the book's
END = 0.02  # an activation this near to an end of its range, relative to it, is saturated
KEPT = 0.1  # the least spread of the last layer, relative to the first
MOST = 0.1  # the share of saturated activations in the last layer, at most
IMAGES, EPOCHS, BATCH, SEEDS = 1000, 5, 32, 3
RATES = (0.1, 0.5)


@statement(
    number=16,
    name="initialisation",
    title=Words("Initialisation", "가중치의 초깃값"),
    claim=Words(
        "Initial weights that are too small make all activations alike, too large ones saturate "
        "them; Glorot initialisation keeps them spread with sigmoid and tanh, He initialisation "
        "with ReLU.",
        "초깃값이 너무 작으면 활성화 값이 모두 비슷해지고 너무 크면 양 끝에 몰린다. 시그모이드와 "
        "tanh에는 Xavier(글로럿) 초깃값, ReLU에는 He 초깃값을 쓰면 값이 고루 퍼진다.",
    ),
    source=Words("Deep Learning from Scratch, 6.2", "밑바닥부터 시작하는 딥러닝, 6.2"),
    method=Words(
        f"{SAMPLES:,} samples of normal noise pass through {LAYERS} layers of {UNITS} units. "
        "Measured are the spread (standard deviation) of a unit's activations over the samples, "
        "and the share of activations that are saturated. Then such networks learn the images: "
        f"SGD, {EPOCHS} epochs, {len(RATES)} learning rates, {SEEDS} seeds, each at the learning "
        "rate with its best training accuracy.",
        f"정규 분포를 따르는 표본 {SAMPLES:,}개를 뉴런 {UNITS}개인 층 {LAYERS}개에 통과시켜, "
        "뉴런의 활성화 값이 표본에 따라 퍼진 정도(표준편차)와 포화된 비율을 구한다. 그다음 그런 "
        f"신경망이 이미지를 학습한다. SGD, {EPOCHS} 에폭, 학습률 {len(RATES)}가지, 시드 "
        f"{SEEDS}개이고, 훈련 정확도가 가장 높은 학습률을 쓴다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Measure the activations under each initialisation, then train from it."""
    numbers: dict[str, float] = {}
    values, rows = {}, []
    for h in ACTIVATIONS:
        for start in STARTS:
            key = f"{h}_{start}"
            values[key] = activations_of(h, start, setting.seed)
            first, last = values[key][0], values[key][-1]
            numbers |= {
                f"{key}_overall": float(last.std()),
                f"{key}_kept": spread(last) / spread(first),
                f"{key}_saturated": saturated(h, last),
                f"{key}_learned": learned(h, start, setting),
            }
            rows.append(row(h, start, numbers))
    kept = {h: preserved(h, FITTING[h], numbers) for h in ACTIVATIONS}
    lost = {
        h: not (preserved(h, "small", numbers) or preserved(h, "large", numbers))
        for h in ACTIVATIONS
    }
    as_stated = [*kept.values(), *lost.values()]
    partly = Verdict.IN_PART if any(as_stated) else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if all(as_stated) else partly,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers | {"epochs": EPOCHS}),
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(rows)),),
        draw=lambda canvas: draw(canvas, values),
        caption=FIGURE,
        size=(8.0, 5.6),
    )


def activations_of(h: str, start: str, seed: int) -> list[Array]:
    """Return the activations of every layer for noise, each (SAMPLES, UNITS)."""
    x = np.random.default_rng(seed).standard_normal((SAMPLES, UNITS))
    layers = [Dense(UNITS, h, kernel_initializer=STARTS[start]) for _ in range(LAYERS)]
    model = Sequential([Input((UNITS,)), *layers], seed=seed)
    weights = model.parameters.copy(np.float64).layers
    return [each.z for each in reference.forward(model.layers, weights, x)]


def saturated(h: str, z: Array) -> float:
    """Return the share of activations at an end of the function's range; 0 for ReLU."""
    if h == "relu":
        return 0.0
    share = z if h == "sigmoid" else (z + 1.0) / 2.0
    return float(((share < END) | (share > 1.0 - END)).mean())


def spread(z: Array) -> float:
    """Return the standard deviation of activations over the samples, averaged over the units."""
    return float(z.std(axis=0).mean())


def preserved(h: str, start: str, numbers: dict[str, float]) -> bool:
    """Return whether the last layer is spread about as much as the first, and not saturated."""
    key = f"{h}_{start}"
    return KEPT <= numbers[f"{key}_kept"] <= 1 / KEPT and numbers[f"{key}_saturated"] <= MOST


def learned(h: str, start: str, setting: Setting) -> float:
    """Return the training accuracy at the best rate, the median of the seeds."""
    images = setting.images
    x, t = images.x_train[:IMAGES], images.y_train[:IMAGES]
    x = x.reshape(len(x), -1) / np.float32(images.maximum)
    models = [
        network(h, start, x.shape[1:], len(images.class_names), rate, setting.seed + i)
        for rate in RATES
        for i in range(SEEDS)
    ]
    try:
        fit_many(models, x, t, batch_size=BATCH, epochs=EPOCHS)
    except* DivergedError:
        pass  # such a network keeps its last good weights
    right = np.array([(model.classify(x) == t).mean() for model in models])
    return float(np.median(right.reshape(len(RATES), SEEDS), axis=1).max())


def network(h: str, start: str, shape: Shape, classes: int, rate: float, seed: int) -> Sequential:
    """Return a network with LAYERS hidden layers, untrained."""
    layers = [Dense(UNITS, h, kernel_initializer=STARTS[start]) for _ in range(LAYERS)]
    model = Sequential([Input(shape), *layers, Dense(classes, "softmax")], seed=seed)
    model.compile(SGD(rate))
    return model


def row(h: str, start: str, numbers: dict[str, float]) -> tuple[Words | str, ...]:
    """Return the table's row of an activation and an initialisation."""
    key = f"{h}_{start}"
    return (
        Words(h, h),
        NAMES[start],
        f"{numbers[f'{key}_overall']:.2g}",
        f"{numbers[f'{key}_kept']:.1g}",
        f"{numbers[f'{key}_saturated']:.0%}",
        f"{numbers[f'{key}_learned']:.3f}",
    )


RESULT = Words(
    f"The spread of the activations over the samples in the last of {LAYERS} layers, relative to "
    "the first: with tanh {tanh_small_kept:.0e} for initial weights of standard deviation 0.01, "
    "{tanh_glorot_kept:.2f} for Glorot (for 1, {tanh_large_saturated:.0%} are saturated); with "
    "ReLU {relu_small_kept:.0e} for 0.01, {relu_glorot_kept:.2f} for Glorot, {relu_he_kept:.2f} "
    "for He, {relu_large_kept:,.0f} for 1; with sigmoid {sigmoid_small_kept:.0e} for 0.01, and "
    "even for Glorot only {sigmoid_glorot_kept:.3f}.",
    f"층 {LAYERS}개를 지난 뒤 활성화 값이 표본에 따라 퍼진 정도를 첫 층과 비교한 비율은 tanh에서 "
    "초깃값의 표준편차가 0.01이면 {tanh_small_kept:.0e}, 글로럿이면 "
    "{tanh_glorot_kept:.2f}이고(1이면 {tanh_large_saturated:.0%}가 포화된다), ReLU에서 0.01이면 "
    "{relu_small_kept:.0e}, 글로럿 {relu_glorot_kept:.2f}, He {relu_he_kept:.2f}, 1이면 "
    "{relu_large_kept:,.0f}이다. 시그모이드에서는 0.01이면 {sigmoid_small_kept:.0e}이고 "
    "글로럿이어도 {sigmoid_glorot_kept:.3f}뿐이다.",
)
WHY = Words(
    "A weighted sum of n inputs has n times the variance of one product. Weights of variance 1/n "
    "keep the variance the same from layer to layer; ReLU sets half of its inputs to 0, and needs "
    "2/n. Smaller weights shrink the differences between samples layer by layer, until the output "
    "is the same for every sample and all gradients vanish; larger ones drive sigmoid and tanh "
    "into saturation, where the derivative is almost 0, and make ReLU's weighted sums explode.\n\n"
    "With sigmoid the book's histogram is misleading. With Glorot initialisation all activations "
    "of the last layer together have a standard deviation of {sigmoid_glorot_overall:.2f}, which "
    "looks well spread; but that is the difference between units. Each unit outputs nearly the "
    "same for every sample, because the sigmoid's derivative is at most 1/4, and each layer "
    "shrinks the differences between samples to a quarter or less. Glorot and Bengio derived "
    "their initialisation for a derivative of 1 at 0, as tanh has. The training accuracy shows "
    "the same: after {epochs:.0f} epochs it is {sigmoid_glorot_learned:.0%} with sigmoid, "
    "{tanh_glorot_learned:.0%} with tanh, {relu_he_learned:.0%} with ReLU and He initialisation. "
    "With sigmoid initial weights of standard deviation 1 reach {sigmoid_large_learned:.0%}, "
    "although they saturate it.",
    "입력 n개의 가중합은 곱 하나의 분산의 n배가 된다. 가중치의 분산이 1/n이면 층을 지나도 분산이 "
    "유지된다. ReLU는 입력의 절반을 0으로 만들므로 2/n이 필요하다. 그보다 작은 가중치는 층마다 "
    "표본 사이의 차이를 줄여, 마침내 모든 표본의 출력이 같아지고 기울기가 사라진다. 그보다 큰 "
    "가중치는 시그모이드와 tanh를 포화시켜 기울기를 거의 0으로 만들고 ReLU의 가중합을 "
    "폭발시킨다.\n\n"
    "시그모이드에서는 책의 히스토그램을 잘못 읽기 쉽다. 글로럿 초깃값에서 마지막 층의 활성화 값을 "
    "모두 모으면 표준편차가 {sigmoid_glorot_overall:.2f}이어서 잘 퍼진 것처럼 보인다. 그러나 "
    "그것은 뉴런 사이의 차이다. 뉴런 하나하나는 어느 표본에나 거의 같은 값을 출력한다. "
    "시그모이드의 기울기가 1/4을 넘지 않아 층마다 표본 사이의 차이가 4분의 1 이하로 줄기 "
    "때문이다. 글로럿과 벤지오는 tanh처럼 0에서 기울기가 1인 함수를 가정하고 초깃값을 유도했다. "
    "훈련 정확도도 마찬가지다. {epochs:.0f} 에폭 뒤 시그모이드 {sigmoid_glorot_learned:.0%}, tanh "
    "{tanh_glorot_learned:.0%}, ReLU와 He 초깃값 {relu_he_learned:.0%}이다. 시그모이드에서는 "
    "표준편차 1의 초깃값이 포화를 일으키는데도 {sigmoid_large_learned:.0%}에 이른다.",
)
NAMES = {
    "small": Words("std. dev. 0.01", "표준편차 0.01"),
    "large": Words("std. dev. 1", "표준편차 1"),
    "glorot": Words("Glorot", "글로럿(Xavier)"),
    "he": Words("He", "He"),
}
HEADINGS = (
    Words("activation function", "활성화 함수"),
    Words("initial weights", "초깃값"),
    Words("std. dev. of all, last layer", "마지막 층 전체의 표준편차"),
    Words("spread over samples, last layer / first", "표본에 따른 퍼짐, 마지막 층 / 첫 층"),
    Words("saturated", "포화된 비율"),
    Words("training accuracy", "훈련 정확도"),
)
FIGURE = Words(
    "Above: the spread of a unit's activations over the samples, layer by layer, on a logarithmic "
    "scale. Level lines are good; with sigmoid all but the large initial weights fall. Below: all "
    "activations of the last layer together, as in the book.",
    "위: 뉴런의 활성화 값이 표본에 따라 퍼진 정도를 층마다 그렸다(로그 눈금). 평평한 선이 좋다. "
    "시그모이드에서는 큰 초깃값만 빼고 모두 떨어진다. 아래: 책처럼 마지막 층의 활성화 값을 모두 "
    "모은 히스토그램.",
)


def draw(canvas: "Canvas", values: dict[str, list[Array]]) -> None:
    """Draw the spread by layer, and the histogram of the last layer."""
    panels = canvas.panels(2, len(ACTIVATIONS), gap=0.26, gap_below=0.34)
    for column, h in enumerate(ACTIVATIONS):
        above, below = panels[column], panels[column + len(ACTIVATIONS)]
        for place, start in enumerate(STARTS):
            layers = values[f"{h}_{start}"]
            style = canvas.line(place)
            numbers = range(1, LAYERS + 1)
            above.semilogy(numbers, [spread(z) for z in layers], marker=".", **style)
            draw_histogram(below, h, layers[-1], style | {"label": canvas.say(*NAMES[start])})
        above.set_title(h)
        above.set_xticks(range(1, LAYERS + 1))
        above.set_xlabel(canvas.say("layer", "층"))
        below.set_xlabel(canvas.say("activation, last layer", "마지막 층의 활성화 값"))
    panels[0].set_ylabel(canvas.say("spread over samples", "표본에 따른 퍼짐"))
    panels[len(ACTIVATIONS)].set_ylabel(canvas.say("share", "비율"))
    canvas.within(panels[len(ACTIVATIONS) + 1]).legend_below(4, lines=2.8)


def draw_histogram(ax: "Axes", h: str, z: Array, style: dict[str, Any]) -> None:
    """Draw the shares of activations in 25 bins of the range, clipped to it."""
    low, high = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, 4.0)}[h]
    counts, edges = np.histogram(z.clip(low, high), bins=25, range=(low, high))
    ax.stairs(counts / z.size, edges.tolist(), linewidth=1.8, **style)
    ax.set_yscale("log")
