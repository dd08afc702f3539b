"""Dying ReLU: units that are zero for every image, and whether variants of ReLU avoid it."""

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential
from badak.errors import DivergedError
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit
from badak.layers import Dense, Flatten, Layer, PReLU, Rescaling
from badak.optimizers import SGD
from badak.typing import Array

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

NAMES = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "selu": "SELU",
    "swish": "swish",
}
RATES = (0.1, 0.3, 0.8, 1.0)
LAST = len(RATES) - 1
UNITS, LAYERS = 50, 2
SEEDS, EPOCHS, BATCH, SAMPLES = 3, 10, 32, 1500
LOW = 0.1  # the learning rate for further training after units have died
MANY, FEW = 0.4, 0.15  # shares of dead units: the notes' 40%, and the most at a good rate
LEARNED = 0.8  # the test accuracy of a network that learned


@statement(
    number=8,
    name="dying-relu",
    title=Words("Dying ReLU", "죽어가는 ReLU"),
    claim=Words(
        "ReLU units can die: a large update moves the weights so that a unit is inactive for "
        "every input; from then on its gradient is 0, and it never recovers. With too large a "
        "learning rate 40% of the units can be dead. LeakyReLU, PReLU, ELU and others solve this.",
        "ReLU 뉴런은 죽을 수 있다. 가중치가 크게 갱신되어 어떤 입력에도 뉴런이 활성화되지 않게 "
        "되면 그 뒤로 기울기가 0이라 되살아나지 못한다. 학습률이 너무 크면 뉴런의 40%가 죽기도 "
        "한다. LeakyReLU, PReLU, ELU 등이 이 문제를 해결한다.",
    ),
    source=Words(
        "Notes on activation functions, drawbacks of ReLU (after Stanford's CS231n)",
        "활성화 함수 노트, ReLU의 단점 (스탠퍼드 CS231n)",
    ),
    method=Words(
        f"Networks with {LAYERS} hidden layers of {UNITS} units learn the images by SGD for "
        f"{EPOCHS} epochs at {len(RATES)} learning rates, {SEEDS} seeds. A unit counts as dead if "
        "its derivative is exactly 0 for every training image; a PReLU, whose derivative below 0 "
        "is learned, if its output is 0 for every training image. The dead ReLUs of the highest "
        "learning rate are then trained further at a low one.",
        f"뉴런 {UNITS}개인 은닉층이 {LAYERS}개인 신경망이 학습률 {len(RATES)}가지, 시드 "
        f"{SEEDS}개로 이미지를 SGD로 {EPOCHS} 에폭 학습한다. 모든 훈련 이미지에서 활성화 함수의 "
        "기울기가 정확히 0인 뉴런을 죽은 것으로 센다(음수에서의 기울기를 학습하는 PReLU는 모든 "
        "훈련 이미지에서 출력이 0인 것). 가장 큰 학습률에서 죽은 ReLU는 작은 학습률로 더 학습시켜 "
        "본다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Train at increasing learning rates, and count the dead units."""
    numbers: dict[str, float] = {}
    for name in NAMES:
        for place, rate in enumerate(RATES):
            models = [trained(setting, name, rate, seed) for seed in range(SEEDS)]
            dead = [dead_units(model, setting).mean() for model in models]
            numbers[f"{name}_dead_{place}"] = float(np.median(dead))
            right = [accuracy(model, setting) for model in models]
            numbers[f"{name}_right_{place}"] = float(np.median(right))
    numbers["start"] = float(dead_units(network_for(setting, "relu", 0), setting).mean())
    numbers["revived"] = float(np.median([revived(setting, seed) for seed in range(SEEDS)]))

    dies = numbers["relu_dead_0"] < FEW and numbers[f"relu_dead_{LAST}"] >= MANY
    variants = [name for name in NAMES if name != "relu"]
    fewer = all(numbers[f"{name}_dead_{LAST}"] < numbers[f"relu_dead_{LAST}"] for name in variants)
    solved = fewer and all(numbers[f"{name}_right_{LAST}"] > LEARNED for name in variants)
    verdict = Verdict.FAILS
    if dies:
        verdict = Verdict.HOLDS if solved else Verdict.IN_PART
    return Findings(
        verdict=verdict,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(
            Table(HEADINGS, rows(numbers, "dead"), caption=DEAD),
            Table(HEADINGS, rows(numbers, "right"), caption=RIGHT),
        ),
        draw=lambda canvas: draw(canvas, numbers),
        caption=FIGURE,
        size=(8.0, 4.6),
    )


def hidden(name: str) -> list[Layer]:
    """Return one hidden layer of this activation."""
    if name == "prelu":
        return [Dense(UNITS, kernel_initializer="he_normal"), PReLU()]
    initializer = "lecun_normal" if name == "selu" else "he_normal"
    return [Dense(UNITS, name, kernel_initializer=initializer)]


def network_for(setting: Setting, name: str, seed: int) -> Sequential:
    """Return a network for the images, untrained."""
    images = setting.images
    layers = [layer for _ in range(LAYERS) for layer in hidden(name)]
    before = [Input(images.x_train.shape[1:]), Rescaling(1.0 / images.maximum), Flatten()]
    output = Dense(len(images.class_names), "softmax")
    return Sequential([*before, *layers, output], seed=setting.seed + seed)


def trained(setting: Setting, name: str, rate: float, seed: int) -> Sequential:
    """Return a network after training at this rate; after a divergence, as it was before it."""
    model = network_for(setting, name, seed)
    learn(model, setting, rate)
    return model


def learn(model: Sequential, setting: Setting, rate: float) -> None:
    """Train; if the loss is not finite, the last good weights stay."""
    model.compile(SGD(rate))
    x, t = setting.images.x_train[:SAMPLES], setting.images.y_train[:SAMPLES]
    with suppress(DivergedError):
        fit(model, x, t, batch_size=BATCH, epochs=EPOCHS)


def dead_units(model: Sequential, setting: Setting) -> Array:
    """Return for every hidden unit whether it is dead, (LAYERS * UNITS,)."""
    dead = []
    with np.errstate(over="ignore", invalid="ignore"):  # weights that large rates leave are huge
        passes = model.forward(setting.images.x_train[:SAMPLES])
    for p in passes[:-1]:
        h = p.layer.activation
        if isinstance(p.layer, PReLU):
            dead.append((p.z == 0.0).all(axis=0))
        elif h is not None and p.a is not None and h.name != "identity":
            dead.append((h.derivative(p.a, p.z) == 0.0).all(axis=0))
    return np.concatenate(dead)


def accuracy(model: Sequential, setting: Setting) -> float:
    """Return the share of test images that are right."""
    images = setting.images
    return float((model.classify(images.x_test) == images.y_test).mean())


def revived(setting: Setting, seed: int) -> float:
    """Return the share of dead ReLUs that recover when trained at a low rate."""
    model = trained(setting, "relu", RATES[LAST], seed)
    before = dead_units(model, setting)
    learn(model, setting, LOW)
    return float((before & ~dead_units(model, setting)).sum() / max(before.sum(), 1))


def rows(numbers: dict[str, float], what: str) -> tuple[tuple[str, ...], ...]:
    """Return a row of shares for each activation."""
    return tuple(
        (title, *(f"{numbers[f'{name}_{what}_{place}']:.0%}" for place in range(len(RATES))))
        for name, title in NAMES.items()
    )


RESULT = Words(
    f"At a learning rate of {RATES[0]:g}, {{relu_dead_0:.0%}} of the ReLUs are dead "
    f"({{start:.0%}} are before training), at {RATES[-2]:g} {{relu_dead_{LAST - 1}:.0%}}, at "
    f"{RATES[-1]:g} {{relu_dead_{LAST}:.0%}}; {{revived:.0%}} of those recover at a low learning "
    f"rate. Of the LeakyReLUs {{leaky_relu_dead_{LAST}:.0%}} are dead. But at {RATES[-1]:g} the "
    f"test accuracy with LeakyReLU is only {{leaky_relu_right_{LAST}:.0%}} (ReLU "
    f"{{relu_right_{LAST}:.0%}}), at {RATES[0]:g} it is {{leaky_relu_right_0:.0%}} (ReLU "
    "{relu_right_0:.0%}).",
    f"학습률 {RATES[0]:g}에서 ReLU의 {{relu_dead_0:.0%}}가 죽어 있고(학습 전 {{start:.0%}}), "
    f"{RATES[-2]:g}에서 {{relu_dead_{LAST - 1}:.0%}}, {RATES[-1]:g}에서 "
    f"{{relu_dead_{LAST}:.0%}}가 죽는다. 작은 학습률로 더 학습시키면 그 가운데 {{revived:.0%}}가 "
    f"되살아난다. LeakyReLU는 {{leaky_relu_dead_{LAST}:.0%}}가 죽는다. 그러나 시험 정확도는 "
    f"{RATES[-1]:g}에서 LeakyReLU {{leaky_relu_right_{LAST}:.0%}}, ReLU "
    f"{{relu_right_{LAST}:.0%}}이고, {RATES[0]:g}에서 {{leaky_relu_right_0:.0%}}, "
    "{relu_right_0:.0%}다.",
)
WHY = Words(
    "Too large an update makes weights and bias so negative that the weighted sum is below 0 for "
    "every image. There ReLU's derivative is exactly 0, no gradient passes, and the unit no "
    "longer changes.\n\n"
    "LeakyReLU and PReLU pass part of the gradient below 0 and cannot die in this way. The "
    "derivatives of ELU, SELU and swish shrink there like exp(x): below about -104 they are 0 in "
    "float32 too, and at such learning rates the weighted sums may get there.\n\n"
    "But at learning rates at which units die, dying is a symptom and not the cause: the updates "
    "that make ReLUs die make other networks fail as well, with or without dead units, and often "
    "at lower learning rates than ReLU. And a network can perform well with many dead units. The "
    "remedy is a smaller learning rate; at a suitable one few units die, and all activation "
    "functions learn about equally well.",
    "갱신이 너무 크면 가중치와 편향이 크게 음수가 되어 모든 이미지에서 가중합이 0보다 작아진다. "
    "거기서 ReLU의 기울기는 정확히 0이라 기울기가 전해지지 않고 뉴런은 더 이상 변하지 않는다.\n\n"
    "LeakyReLU와 PReLU는 음수에서도 기울기의 일부를 전하므로 이렇게 죽지 않는다. ELU, SELU, "
    "swish의 기울기는 거기서 exp(x)처럼 줄어 약 -104 아래에서는 float32로 역시 0이고, 학습률이 "
    "이렇게 크면 가중합이 거기까지 갈 수 있다.\n\n"
    "그러나 뉴런이 죽을 만큼 학습률이 클 때 뉴런의 죽음은 원인이 아니라 증상이다. ReLU를 죽이는 "
    "갱신은 다른 활성화 함수를 쓴 신경망도, 죽은 뉴런이 있든 없든, 흔히 ReLU보다 작은 학습률에서 "
    "실패하게 한다. 뉴런이 많이 죽어도 성능이 좋은 신경망도 있다. 해결책은 작은 학습률이다. "
    "알맞은 학습률에서는 죽는 뉴런이 적고 모든 활성화 함수가 비슷하게 학습한다.",
)
DEAD = Words("Share of dead units by learning rate", "학습률별 죽은 뉴런의 비율")
RIGHT = Words("Test accuracy by learning rate", "학습률별 시험 정확도")
HEADINGS = (
    Words("activation function", "활성화 함수"),
    *(Words(f"{rate:g}", f"{rate:g}") for rate in RATES),
)
FIGURE = Words(
    "At large learning rates units die, and not only with ReLU. LeakyReLU and PReLU have no dead "
    "units, and still fail.",
    "학습률이 크면 ReLU만이 아니라 다른 함수에서도 뉴런이 죽는다. LeakyReLU와 PReLU는 죽은 뉴런이 "
    "없는데도 실패한다.",
)


def draw(canvas: "Canvas", numbers: dict[str, float]) -> None:
    """Draw dead units and accuracy against the learning rate."""
    panels = canvas.panels(1, 2, gap=0.25)
    whats = (
        ("dead", Words("dead units", "죽은 뉴런")),
        ("right", Words("test accuracy", "시험 정확도")),
    )
    places = range(len(RATES))
    for ax, (what, words) in zip(panels, whats, strict=True):
        for place, (name, title) in enumerate(NAMES.items()):
            shares = [100.0 * numbers[f"{name}_{what}_{i}"] for i in places]
            ax.plot(places, shares, label=title, **canvas.line(place))
        ax.set_xticks(places, [f"{rate:g}" for rate in RATES])
        ax.set_ylim(-2.0, 102.0)
        ax.set_title(canvas.say(*words))
        ax.set_xlabel(canvas.say("learning rate", "학습률"))
    panels[0].set_ylabel("%")
    canvas.legend_below(columns=6, lines=3.0, handles=panels[0].get_lines())
