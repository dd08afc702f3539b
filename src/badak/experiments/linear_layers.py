"""Linear layers collapse: three of them are one matrix, and learn no more than one."""

from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential, reference
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit
from badak.layers import Dense
from badak.optimizers import Adam
from badak.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.pictures.canvas import Canvas

C = 0.7  # of h(x) = c x
HIDDEN = (100, 50)
NETWORKS: dict[str, tuple[str, ...]] = {  # the activations of the hidden layers
    "one": (),
    "three": ("identity", "identity"),
    "relu": ("relu", "relu"),
}
RATES = (0.001, 0.003, 0.01, 0.03)
SEEDS, EPOCHS, BATCH = 3, 20, 32
SAMPLES = 1500  # at most, to learn from and to test
RADIUS = 0.8  # of the disc, which fills half of the square
ROUNDING = {"float32": 1e-5, "float64": 1e-13}  # some hundred times the type's precision
ALIKE, CLEAR = 0.02, 0.2  # differences of accuracy: negligible, and clear

Data = tuple[Array, Array, Array, Array]  # samples and labels to learn from, and to test


@statement(
    number=3,
    name="linear-layers",
    title=Words("Linear layers collapse", "선형 층은 하나로 합쳐진다"),
    claim=Words(
        "With a linear activation function h(x) = cx depth is pointless: h(h(h(x))) is c³x, one "
        "layer with another constant. A network gains nothing from having many layers.",
        "활성화 함수가 선형 함수 h(x) = cx이면 층을 깊게 하는 의미가 없다. h(h(h(x)))는 c³x, 곧 "
        "상수만 다른 한 층이다. 여러 층으로 구성하는 이점을 살릴 수 없다.",
    ),
    source=Words("Deep Learning from Scratch, 3.2.6", "밑바닥부터 시작하는 딥러닝, 3.2.6"),
    method=Words(
        "One linear layer, three linear layers and three layers with ReLU learn two problems: the "
        f"images, and whether a point lies in a disc or outside it. Adam, {EPOCHS} epochs, "
        f"{len(RATES)} learning rates, {SEEDS} seeds, each network at the learning rate with its "
        "lowest training loss. The trained three linear layers are then multiplied into one.",
        "선형 층 하나, 선형 층 셋, ReLU를 쓴 층 셋으로 이미지를 분류하는 문제와 점이 원판의 안에 "
        f"있는지 밖에 있는지 맞히는 문제를 학습한다. Adam, {EPOCHS} 에폭, 학습률 "
        f"{len(RATES)}가지, 시드 {SEEDS}개를 쓰고, 신경망마다 훈련 손실이 가장 낮은 학습률을 "
        "고른다. 그다음 학습된 선형 층 셋의 행렬을 곱해 한 층으로 만든다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Train the three networks on two problems, and multiply the linear one out."""
    problems = {"images": image_data(setting), "disc": disc_data(setting.seed)}
    numbers = collapse(problems["images"], setting.seed)
    curves, rows = {}, []
    for problem, data in problems.items():
        for network in NETWORKS:
            losses, right = trained(network, data, setting.seed)  # (rates, seeds)
            curves[problem, network] = right
            rows.append(row(problem, network, losses, right))
            best = int(np.median(losses, axis=1).argmin())
            numbers |= {
                f"{problem}_{network}": float(np.median(right[best])),
                f"{problem}_{network}_rate": RATES[best],
                f"{problem}_{network}_loss": float(np.median(losses[best])),
                f"{problem}_{network}_common": float(np.median(losses[0])),
            }
    same = all(numbers[f"deviation_{kind}"] <= most for kind, most in ROUNDING.items())
    no_better = all(numbers[f"{p}_three"] <= numbers[f"{p}_one"] + ALIKE for p in problems)
    relu_better = numbers["disc_relu"] >= numbers["disc_three"] + CLEAR
    proved = same and numbers["cubed"] <= ROUNDING["float64"]
    partly = Verdict.IN_PART if proved else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if proved and no_better and relu_better else partly,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(rows)),),
        draw=lambda canvas: draw(canvas, curves),
        caption=FIGURE,
        size=(8.0, 4.2),
    )


def image_data(setting: Setting) -> Data:
    """Return images as rows of pixels from 0 to 1, and their labels."""
    images = setting.images
    x, x_test = (each.reshape(len(each), -1) for each in (images.x_train, images.x_test))
    scale = np.float32(1.0 / images.maximum)
    parts = x * scale, images.y_train, x_test * scale, images.y_test
    return tuple(part[:SAMPLES] for part in parts)  # type: ignore[return-value]


def disc_data(seed: int) -> Data:
    """Return points of a square, with 1 for those in a disc in its middle."""
    x = np.random.default_rng(seed).uniform(-1.0, 1.0, size=(2 * SAMPLES, 2)).astype(np.float32)
    t = ((x**2).sum(axis=1) < RADIUS**2).astype(np.int64)
    return x[:SAMPLES], t[:SAMPLES], x[SAMPLES:], t[SAMPLES:]


def network_for(name: str, data: Data, seed: int) -> Sequential:
    """Return a network of this kind, untrained."""
    hidden = [Dense(units, h) for units, h in zip(HIDDEN, NETWORKS[name], strict=False)]
    inputs, classes = data[0].shape[1:], int(data[1].max()) + 1
    return Sequential([Input(inputs), *hidden, Dense(classes, "softmax")], seed=seed)


def trained(name: str, data: Data, seed: int) -> tuple[Array, Array]:
    """Return training losses and test accuracies, (rates, seeds)."""
    x, t, x_test, t_test = data
    results = np.empty((2, len(RATES), SEEDS))
    for i, rate in enumerate(RATES):
        for j in range(SEEDS):
            model = network_for(name, data, seed + j)
            model.compile(Adam(rate))
            history = fit(model, x, t, batch_size=BATCH, epochs=EPOCHS)
            results[:, i, j] = (
                history.history["loss"][-1],
                (model.classify(x_test) == t_test).mean(),
            )
    return results[0], results[1]


def collapse(data: Data, seed: int) -> dict[str, float]:
    """Return the difference between three trained linear layers and their product.

    Relative to the largest weighted sum, in float32 and float64.
    """
    x, t, x_test, _ = data
    model = network_for("three", data, seed)
    model.compile(Adam(RATES[0]))
    fit(model, x, t, batch_size=BATCH, epochs=EPOCHS)
    line = np.linspace(-1.0, 1.0, 1001)
    numbers = {"cubed": float(np.abs(C * (C * (C * line)) - C**3 * line).max())}
    for kind in ROUNDING:
        weights = [
            {name: w.astype(kind) for name, w in layer.weights.items()} for layer in model.layers
        ]
        samples = x_test.astype(kind)
        deep = reference.output(model.layers, weights, samples, last_activation=False)
        kernel, bias = weights[0]["kernel"], weights[0]["bias"]
        for w in weights[1:]:
            kernel, bias = kernel @ w["kernel"], bias @ w["kernel"] + w["bias"]
        flat = samples @ kernel + bias
        numbers[f"deviation_{kind}"] = float(np.abs(deep - flat).max() / np.abs(deep).max())
        numbers[f"decisions_{kind}"] = float((deep.argmax(axis=1) == flat.argmax(axis=1)).mean())
    return numbers


def row(problem: str, network: str, losses: Array, right: Array) -> tuple[Words | str, ...]:
    """Return the table's row of a network's losses and accuracies, (rates, seeds)."""
    best = int(np.median(losses, axis=1).argmin())
    return (
        PROBLEMS[problem],
        NAMES[network],
        f"{RATES[best]:g}",
        f"{np.median(right[best]):.3f} ({right[best].min():.3f}..{right[best].max():.3f})",
        f"{np.median(losses[0]):.3f}",
    )


RESULT = Words(
    "Three trained linear layers and the single layer that they multiply out to differ by "
    "{deviation_float32:.0e} in float32 and {deviation_float64:.0e} in float64, and give the same "
    "class for {decisions_float32:.1%} of the images. Test accuracy on the images: "
    "{images_one:.1%} with one linear layer, {images_three:.1%} with three, {images_relu:.1%} "
    "with ReLU; on the disc {disc_one:.1%}, {disc_three:.1%}, {disc_relu:.1%}.",
    "학습된 선형 층 셋과 이를 곱해 만든 한 층의 출력 차이는 float32에서 {deviation_float32:.0e}, "
    "float64에서 {deviation_float64:.0e}이고, 이미지의 {decisions_float32:.1%}에서 두 신경망이 "
    "같은 클래스를 출력한다. 이미지의 시험 정확도는 선형 층 하나 {images_one:.1%}, 선형 층 셋 "
    "{images_three:.1%}, ReLU {images_relu:.1%}이고, 원판에서는 차례로 {disc_one:.1%}, "
    "{disc_three:.1%}, {disc_relu:.1%}다.",
)
WHY = Words(
    "((x W1 + b1) W2 + b2) W3 + b3 is x W + b with W = W1 W2 W3 and b = (b1 W2 + b2) W3 + b3: one "
    "linear layer can represent everything that three can. Its boundary between two classes is a "
    "straight line, and no straight line separates a disc from its surroundings. ReLU bends the "
    "boundary.\n\n"
    f"Training differs, though: after {EPOCHS} epochs at the common learning rate of {RATES[0]:g} "
    "the training loss on the images is {images_three_common:.2f} with three layers and "
    "{images_one_common:.2f} with one, because a product of three matrices changes faster than a "
    "single matrix. At a suitable learning rate, {images_one_rate:g}, one layer reaches "
    "{images_one_loss:.2f}.",
    "((x W1 + b1) W2 + b2) W3 + b3은 W = W1 W2 W3, b = (b1 W2 + b2) W3 + b3인 x W + b와 같다. "
    "선형 층 셋이 표현할 수 있는 것은 선형 층 하나로도 표현할 수 있다. 선형 층이 그리는 클래스의 "
    "경계는 직선인데, 원판의 안과 밖을 나누는 직선은 없다. ReLU는 경계를 구부린다.\n\n"
    f"다만 학습 과정은 다르다. 같은 학습률 {RATES[0]:g}로 {EPOCHS} 에폭을 학습하면 이미지의 훈련 "
    "손실이 선형 층 셋은 {images_three_common:.2f}, 하나는 {images_one_common:.2f}이다. 행렬 셋의 "
    "곱은 행렬 하나보다 빨리 변하기 때문이다. 알맞은 학습률({images_one_rate:g})을 쓰면 한 층의 "
    "손실도 {images_one_loss:.2f}까지 내려간다.",
)
PROBLEMS = {"images": Words("images", "이미지"), "disc": Words("disc", "원판")}
NAMES = {
    "one": Words("1 linear layer", "선형 층 1개"),
    "three": Words("3 linear layers", "선형 층 3개"),
    "relu": Words("3 layers, ReLU", "층 3개, ReLU"),
}
HEADINGS = (
    Words("problem", "문제"),
    Words("network", "신경망"),
    Words("best learning rate", "가장 좋은 학습률"),
    Words("test accuracy (range)", "시험 정확도(범위)"),
    Words(f"training loss at learning rate {RATES[0]:g}", f"학습률 {RATES[0]:g}에서 훈련 손실"),
)
FIGURE = Words(
    "Test accuracy against learning rate, median and range over the seeds. At their best learning "
    "rates one and three linear layers are about equally accurate; only ReLU learns the disc.",
    "학습률에 따른 시험 정확도(시드들의 중앙값과 범위). 가장 좋은 학습률에서 선형 층 1개와 3개는 "
    "비슷하고, 원판은 ReLU를 쓴 신경망만 학습한다.",
)


def draw(canvas: "Canvas", curves: dict[tuple[str, str], Array]) -> None:
    """Draw accuracy against learning rate for both problems."""
    panels = dict(zip(PROBLEMS, canvas.panels(1, 2, gap=0.2), strict=True))
    for problem, ax in panels.items():
        for place, network in enumerate(NETWORKS):
            draw_curve(canvas, ax, curves[problem, network], place, NAMES[network])
        ax.set_title(canvas.say(*PROBLEMS[problem]))
        ax.set_xlabel(canvas.say("learning rate", "학습률"))
    panels["images"].set_ylabel(canvas.say("test accuracy", "시험 정확도"))
    panels["disc"].legend(loc="center right", bbox_to_anchor=(1.0, 0.7))


def draw_curve(canvas: "Canvas", ax: "Axes", right: Array, place: int, name: Words) -> None:
    """Draw the median of the seeds and their range."""
    style = canvas.line(place)
    ax.semilogx(RATES, np.median(right, axis=1), label=canvas.say(*name), **style)
    low, high = right.min(axis=1), right.max(axis=1)
    ax.fill_between(RATES, low, high, color=style["color"], alpha=0.15, linewidth=0.0)
    ax.set_xticks(RATES, [f"{rate:g}" for rate in RATES])
    ax.minorticks_off()
