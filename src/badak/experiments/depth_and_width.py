"""Depth and width: the effect of a hidden layer, of more layers, and of more units."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from badak import Input, Sequential
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit_many
from badak.layers import Dense
from badak.optimizers import Adam
from badak.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.pictures.canvas import Canvas

DEPTHS, WIDTH = (0, 1, 2, 3), 32
WIDTHS = (2, 4, 8, 16, 64, 256)  # of one hidden layer
NONLINEAR = ("xor", "circles", "spiral")  # the problems that no line solves
WIDE = ("spiral", "images")  # the problems that are learned at all widths
POINTS, TURNS, NOISE = 500, 2.0, 0.02  # to learn from, and as many to test
SAMPLES = 1500  # images, at most
RATE, BATCH, SEEDS = 0.01, 32, 9
EPOCHS = {"xor": 30, "circles": 30, "spiral": 80, "images": 15}
CLEAR = 0.2  # of accuracy: a gain of another kind of network
GAIN = 0.01  # of accuracy: the least gain that counts


class Data(NamedTuple):
    """Samples and labels to learn from, and to test."""

    x: Array
    t: Array
    x_test: Array
    t_test: Array


class Score(NamedTuple):
    """Accuracies of the seeds, in training and test, the number of weights, and one network."""

    train: Array
    test: Array
    weights: int
    model: Sequential


@statement(
    number=18,
    name="depth-and-width",
    title=Words("Depth and width", "깊이와 너비"),
    claim=Words(
        "One layer can separate classes only by straight lines; with a hidden layer the boundary "
        "can bend, and the more layers, the more a network can represent.",
        "층이 하나이면 직선으로만 클래스를 나눌 수 있고, 은닉층을 두면 비선형 영역도 나눌 수 "
        "있다. 층을 더 쌓을수록 더 다양한 것을 표현할 수 있다.",
    ),
    source=Words("Deep Learning from Scratch, 2.4 to 2.6", "밑바닥부터 시작하는 딥러닝, 2.4~2.6"),
    method=Words(
        f"Networks with 0 to {DEPTHS[-1]} hidden layers of {WIDTH} ReLU units learn three "
        "problems of two features (XOR, a disc in a ring, two spiral arms) and the images; then "
        f"networks with one hidden layer of {WIDTHS[0]} to {WIDTHS[-1]} units learn the spiral "
        f"and the images. Adam, {EPOCHS['images']} to {EPOCHS['spiral']} epochs, medians of "
        f"{SEEDS} seeds.",
        f"ReLU 뉴런 {WIDTH}개인 은닉층이 0~{DEPTHS[-1]}개인 신경망이 특징이 둘인 세 문제(XOR, "
        "고리 속 원판, 두 갈래 나선)와 이미지를 학습한다. 그다음 은닉층 하나의 뉴런이 "
        f"{WIDTHS[0]}개에서 {WIDTHS[-1]}개까지인 신경망이 나선과 이미지를 학습한다. Adam, "
        f"{EPOCHS['images']}~{EPOCHS['spiral']} 에폭, 시드 {SEEDS}개의 중앙값이다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Learn every problem at every depth, and two at every width."""
    problems = {**two_features(setting.seed), "images": image_data(setting)}
    deep = {
        name: [learned(name, data, (WIDTH,) * depth, setting.seed) for depth in DEPTHS]
        for name, data in problems.items()
    }
    wide = {
        name: [learned(name, problems[name], (width,), setting.seed) for width in WIDTHS]
        for name in WIDE
    }
    numbers: dict[str, float] = {}
    for name, scores in deep.items():
        for depth, score in zip(DEPTHS, scores, strict=True):
            numbers[f"{name}_{depth}"] = float(np.median(score.test))
            numbers[f"{name}_{depth}_weights"] = float(score.weights)
    for name, scores in wide.items():
        for width, score in zip(WIDTHS, scores, strict=True):
            numbers[f"{name}_width_{width}"] = float(np.median(score.test))
    # One hidden layer counts with the best of its widths.
    widest = numbers[f"spiral_width_{WIDTHS[-1]}"]
    numbers |= {f"{name}_one": numbers[f"{name}_1"] for name in NONLINEAR}
    numbers["spiral_one"] = max(numbers["spiral_one"], widest)
    bends = all(numbers[f"{name}_one"] >= numbers[f"{name}_0"] + CLEAR for name in NONLINEAR)
    deeper = all(numbers[f"{name}_3"] >= numbers[f"{name}_1"] + GAIN for name in WIDE)
    partly = Verdict.IN_PART if bends or deeper else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if bends and deeper else partly,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(depth_table(deep), width_table(wide)),
        draw=lambda canvas: draw(canvas, problems["spiral"], deep, wide),
        caption=FIGURE,
        size=(8.0, 6.0),
    )


def two_features(seed: int) -> dict[str, Data]:
    """Return the problems of two features, points from -1 to 1 with labels 0 and 1."""
    rng = np.random.default_rng(seed)
    square = rng.uniform(-1.0, 1.0, (2 * POINTS, 2))
    xor = (square[:, 0] > 0.0) != (square[:, 1] > 0.0)
    t = rng.permutation(np.arange(2 * POINTS) % 2)
    angle = rng.uniform(0.0, 2.0 * np.pi, 2 * POINTS)
    radius = np.where(
        t == 1, rng.uniform(0.0, 0.45, 2 * POINTS), rng.uniform(0.55, 1.0, 2 * POINTS)
    )
    circles = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    along = np.sqrt(rng.uniform(0.02, 1.0, 2 * POINTS))
    turned = along * TURNS * 2.0 * np.pi + t * np.pi
    arms = along[:, np.newaxis] * np.stack([np.cos(turned), np.sin(turned)], axis=1)
    spiral = arms + NOISE * rng.standard_normal(arms.shape)
    return {
        "xor": halves(square, xor.astype(np.int64)),
        "circles": halves(circles, t),
        "spiral": halves(spiral, t),
    }


def halves(x: Array, t: Array) -> Data:
    """Return the data with its first half for training, the second for testing."""
    x = x.astype(np.float32)
    return Data(x[:POINTS], t[:POINTS], x[POINTS:], t[POINTS:])


def image_data(setting: Setting) -> Data:
    """Return images as rows of pixels from 0 to 1, and their labels."""
    images = setting.images
    x, x_test = (
        each[:SAMPLES].reshape(len(each[:SAMPLES]), -1) / np.float32(images.maximum)
        for each in (images.x_train, images.x_test)
    )
    return Data(x, images.y_train[:SAMPLES], x_test, images.y_test[:SAMPLES])


def learned(problem: str, data: Data, widths: tuple[int, ...], seed: int) -> Score:
    """Train networks with hidden layers of these widths, one per seed."""
    classes = int(data.t.max()) + 1
    models = []
    for i in range(SEEDS):
        hidden = [Dense(width, "relu", kernel_initializer="he_normal") for width in widths]
        output = Dense(classes, "softmax")
        model = Sequential([Input(data.x.shape[1:]), *hidden, output], seed=seed + i)
        model.compile(Adam(RATE))
        models.append(model)
    fit_many(models, data.x, data.t, batch_size=BATCH, epochs=EPOCHS[problem])
    return Score(
        np.array([(model.classify(data.x) == data.t).mean() for model in models]),
        np.array([(model.classify(data.x_test) == data.t_test).mean() for model in models]),
        models[0].count_params(),
        models[0],
    )


def depth_table(deep: dict[str, list[Score]]) -> Table:
    """Return test accuracy by problem and depth."""
    rows: list[tuple[Words | str, ...]] = [
        (NAMES[name], *(median_and_range(score.test) for score in scores))
        for name, scores in deep.items()
    ]
    rows.append((WEIGHTS, *(f"{score.weights:,}" for score in deep["images"])))
    return Table(DEPTH_HEADINGS, tuple(rows))


def width_table(wide: dict[str, list[Score]]) -> Table:
    """Return accuracies by width."""
    rows = []
    for place, width in enumerate(WIDTHS):
        scores = [wide[name][place] for name in WIDE]
        weights = [f"{score.weights:,}" for score in scores]
        pairs = [f"{np.median(s.train):.3f} / {np.median(s.test):.3f}" for s in scores]
        rows.append((str(width), weights[0], pairs[0], weights[1], pairs[1]))
    return Table(WIDTH_HEADINGS, tuple(rows))


def median_and_range(accuracies: Array) -> str:
    """Return the median and the range of the seeds."""
    low, high = accuracies.min(), accuracies.max()
    return f"{np.median(accuracies):.3f} ({low:.3f}..{high:.3f})"


RESULT = Words(
    "Test accuracy without a hidden layer, with one and with three: XOR {xor_0:.1%}, {xor_1:.1%}, "
    "{xor_3:.1%}; disc in a ring {circles_0:.1%}, {circles_1:.1%}, {circles_3:.1%}; spiral "
    "{spiral_0:.1%}, {spiral_1:.1%} (with more units {spiral_one:.1%}), {spiral_3:.1%}; images "
    "{images_0:.1%}, {images_1:.1%}, {images_3:.1%}.",
    "은닉층이 없을 때, 하나일 때, 셋일 때의 시험 정확도는 XOR {xor_0:.1%}, {xor_1:.1%}, "
    "{xor_3:.1%}, 고리 속 원판 {circles_0:.1%}, {circles_1:.1%}, {circles_3:.1%}, 나선 "
    "{spiral_0:.1%}, {spiral_1:.1%}(뉴런을 늘리면 {spiral_one:.1%}), {spiral_3:.1%}, 이미지 "
    "{images_0:.1%}, {images_1:.1%}, {images_3:.1%}다.",
)
WHY = Words(
    "Without a hidden layer the boundary between two classes is a straight line. A ReLU unit adds "
    "a bend, so a wide enough hidden layer can draw any boundary; the next layer bends what is "
    "already bent, and in the same number of epochs gets further with fewer units per layer.\n\n"
    "But a problem need not require all that a network can represent. On the images of digits "
    "linear boundaries in the space of 64 or more pixels already classify {images_0:.1%} "
    "correctly. More units help a little ({images_width_16:.1%} with 16 units, "
    f"{{images_width_{WIDTHS[-1]}:.1%}} with {WIDTHS[-1]}), more layers hardly at all: there are "
    "too few images, not too few weights. With more weights a network can also memorise more "
    "noise: compare the training and the test accuracy.",
    "은닉층이 없으면 두 클래스의 경계는 직선이다. ReLU 뉴런 하나는 경계에 꺾인 곳을 하나 더하므로 "
    "은닉층이 충분히 넓으면 어떤 경계든 그릴 수 있다. 다음 층은 이미 꺾인 것을 다시 꺾으므로, "
    "층마다 뉴런이 적어도 같은 에폭에 더 정확해진다.\n\n"
    "그러나 신경망의 표현력이 모두 필요한 것은 아니다. 숫자 이미지는 픽셀 64개 이상의 공간에서 "
    "선형 경계만으로도 {images_0:.1%}가 분류된다. 뉴런을 늘리면 조금 나아지지만(뉴런 16개 "
    f"{{images_width_16:.1%}}, {WIDTHS[-1]}개 {{images_width_{WIDTHS[-1]}:.1%}}), 층을 늘려도 "
    "거의 나아지지 않는다. 부족한 것은 가중치가 아니라 이미지다. 가중치가 많으면 잡음까지 외우기 "
    "쉽다. 훈련 정확도와 시험 정확도를 비교해 보라.",
)
NAMES = {
    "xor": Words("XOR", "XOR"),
    "circles": Words("disc in a ring", "고리 속 원판"),
    "spiral": Words("spiral", "나선"),
    "images": Words("images", "이미지"),
}
WEIGHTS = Words("weights, images", "가중치 수, 이미지")
DEPTH_HEADINGS = (
    Words("test accuracy (range)", "시험 정확도(범위)"),
    *(Words(f"{depth} hidden", f"은닉층 {depth}개") for depth in DEPTHS),
)
WIDTH_HEADINGS = (
    Words("hidden units", "은닉층 뉴런 수"),
    Words("weights, spiral", "가중치 수, 나선"),
    Words("training / test, spiral", "훈련 / 시험, 나선"),
    Words("weights, images", "가중치 수, 이미지"),
    Words("training / test, images", "훈련 / 시험, 이미지"),
)
FIGURE = Words(
    f"Above: the class that a network with 0 to {DEPTHS[-1]} hidden layers predicts at each point "
    "around the spiral; the first draws a straight line, the others bend it. Below: test accuracy "
    "against depth and against width, median and range over the seeds.",
    f"위: 은닉층이 0~{DEPTHS[-1]}개인 신경망이 나선 둘레의 점마다 예측하는 클래스. 첫째는 직선을 "
    "긋고 나머지는 구부린다. 아래: 깊이와 너비에 따른 시험 정확도(시드들의 중앙값과 범위).",
)


def draw(
    canvas: "Canvas", spiral: Data, deep: dict[str, list[Score]], wide: dict[str, list[Score]]
) -> None:
    """Draw the classes around the spiral, and accuracy against depth and width."""
    above, below = canvas.panels(2, 1, gap_below=0.24)
    areas = canvas.within(above).panels(1, len(DEPTHS), gap=0.08)
    for depth, score, ax in zip(DEPTHS, deep["spiral"], areas, strict=True):
        draw_areas(canvas, ax, score.model, spiral)
        title = f"{depth} hidden, {score.test[0]:.0%}", f"은닉층 {depth}개, {score.test[0]:.0%}"
        ax.set_title(canvas.say(*title), fontsize=11)
    left, right = canvas.within(below).panels(1, 2, gap=0.16)
    places = {name: place for place, name in enumerate(NAMES)}
    for name, place in places.items():
        draw_curve(canvas, left, DEPTHS, deep[name], place, NAMES[name])
        if name in WIDE:
            draw_curve(canvas, right, WIDTHS, wide[name], place, NAMES[name])
    left.set_xticks(DEPTHS)
    left.set_xlabel(canvas.say("hidden layers", "은닉층 수"))
    left.set_ylabel(canvas.say("test accuracy", "시험 정확도"))
    right.set_xscale("log")
    right.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
    right.minorticks_off()
    right.set_xlabel(canvas.say("units of one hidden layer", "은닉층 하나의 뉴런 수"))
    canvas.within(left).legend_below(4, lines=2.8)


def draw_areas(canvas: "Canvas", ax: "Axes", model: Sequential, data: Data) -> None:
    """Draw the probability of class 1 around the points of two features."""
    line = np.linspace(-1.15, 1.15, 80, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    around = model.predict(np.stack([x.ravel(), y.ravel()], axis=1))[:, 1].reshape(x.shape)
    theme = canvas.theme
    extent = (line[0], line[-1], line[0], line[-1])
    ax.imshow(around, cmap=theme.diverging, vmin=-0.2, vmax=1.2, extent=extent, origin="lower")
    for label, marker in ((0, "o"), (1, "s")):
        of_class = data.x_test[data.t_test == label][::2]
        colour = theme.series[label]
        ax.plot(
            *of_class.T,
            marker,
            markersize=2.5,
            color=colour,
            markeredgecolor=theme.ink,
            markeredgewidth=0.3,
        )
    ax.set_axis_off()


def draw_curve(
    canvas: "Canvas", ax: "Axes", x: tuple[int, ...], scores: list[Score], place: int, name: Words
) -> None:
    """Draw the median of the seeds and their range."""
    style = canvas.line(place)
    tests = np.array([score.test for score in scores])  # (x, seeds)
    ax.plot(x, np.median(tests, axis=1), marker=".", label=canvas.say(*name), **style)
    low, high = tests.min(axis=1), tests.max(axis=1)
    ax.fill_between(x, low, high, color=style["color"], alpha=0.15, linewidth=0.0)
