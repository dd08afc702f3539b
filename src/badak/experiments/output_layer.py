"""The output layer: identity for numbers, sigmoid for two classes, softmax for many."""

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from badak import Input, Sequential, activations
from badak.activations import Activation
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit
from badak.layers import Dense
from badak.optimizers import Adam
from badak.preprocessing import one_hot
from badak.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.pictures.canvas import Canvas

CHOICES = {  # output and loss; the first of each problem is the one that the notes recommend
    "regression": (("identity", "mse"), ("sigmoid", "mse"), ("softmax", "mse")),
    "two": (("sigmoid", "binary_crossentropy"), ("identity", "mse"), ("softmax", "mse")),
    "many": (
        ("softmax", "categorical_crossentropy"),
        ("sigmoid", "binary_crossentropy"),
        ("identity", "mse"),
    ),
}
HIDDEN, RATE, EPOCHS, BATCH, SEEDS = 32, 0.01, 30, 32, 3
SAMPLES = 1500  # at most, to learn from and to test
HEIGHT, NOISE = 2.0, 0.1  # of the curve to learn, HEIGHT sin(x)
ALIKE, CLEAR = 0.02, 0.2  # differences of the score: negligible, and clear
NEAR = 0.01  # how near to 1 the sum of an image's probabilities must be


class Data(NamedTuple):
    """Samples and targets (samples, units) to learn from, and to test."""

    x: Array
    t: Array
    x_test: Array
    t_test: Array


@statement(
    number=11,
    name="output-layer",
    title=Words("The output layer", "출력층 설계"),
    claim=Words(
        "The activation function of the output layer is chosen for the problem: the identity for "
        "regression, sigmoid for two classes, softmax for many.",
        "출력층의 활성화 함수는 풀려는 문제에 맞게 정한다. 회귀에는 항등 함수, 2클래스 분류에는 "
        "시그모이드, 다중 클래스 분류에는 소프트맥스를 쓴다.",
    ),
    source=Words(
        "Deep Learning from Scratch, 3.4.3 and 3.5", "밑바닥부터 시작하는 딥러닝, 3.4.3, 3.5"
    ),
    method=Words(
        f"A network with {HIDDEN} hidden units learns three problems: a curve, {HEIGHT:g} sin(x); "
        "whether an image is odd or even; and the class of an image. Each is learned with the "
        f"recommended output and with two others. Adam, {EPOCHS} epochs, medians of {SEEDS} seeds.",
        f"은닉층에 뉴런 {HIDDEN}개가 있는 신경망이 곡선 {HEIGHT:g} sin(x), 이미지의 홀짝, "
        "이미지의 클래스를 학습한다. 문제마다 권장되는 출력층과 다른 출력층 둘을 쓴다. Adam, "
        f"{EPOCHS} 에폭, 시드 {SEEDS}개의 중앙값이다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Train each problem with each of its outputs."""
    problems = {"regression": curve(setting.seed), "two": odd(setting), "many": classes(setting)}
    outputs: dict[str, Array] = {}
    numbers: dict[str, float] = {}
    rows = []
    for problem, data in problems.items():
        for choice in CHOICES[problem]:
            tried = [test_outputs(data, choice, setting.seed + i) for i in range(SEEDS)]
            found = [measured(problem, y, data.t_test) for y in tried]
            key = f"{problem}_{choice[0]}"
            middle = {name: float(np.median([each[name] for each in found])) for name in found[0]}
            numbers |= {f"{key}_{name}": value for name, value in middle.items()}
            outputs[key] = tried[0]
            scores = [each["score"] for each in found]
            rows.append(row(problem, choice, middle, min(scores), max(scores)))
    good = {problem: best_of(problem, numbers) for problem in problems}
    partly = Verdict.IN_PART if any(good.values()) else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if all(good.values()) else partly,
        result=RESULT.filled(numbers),
        why=WHY,
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(rows)),),
        draw=lambda canvas: draw(canvas, problems["regression"], outputs),
        caption=FIGURE,
        size=(8.0, 4.4),
    )


def best_of(problem: str, numbers: dict[str, float]) -> bool:
    """Return whether the recommended output is the best for a problem.

    It is if no score is higher, and the others score clearly lower or, where it outputs
    probabilities, do not.
    """
    recommended, *others = (f"{problem}_{output}" for output, _ in CHOICES[problem])
    means = numbers[f"{recommended}_probability"] == 1.0
    return all(
        numbers[f"{recommended}_score"] >= numbers[f"{other}_score"] - ALIKE
        and (
            numbers[f"{recommended}_score"] >= numbers[f"{other}_score"] + CLEAR
            or (means and numbers[f"{other}_probability"] < 1.0)
        )
        for other in others
    )


def curve(seed: int) -> Data:
    """Return points of a noisy sine from -3 to 3, half of them below 0."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3.0, 3.0, size=(1000, 1)).astype(np.float32)
    t = HEIGHT * np.sin(x) + NOISE * rng.standard_normal(x.shape, dtype=np.float32)
    return Data(x[:500], t[:500], x[500:], t[500:])


def classes(setting: Setting) -> Data:
    """Return images as rows of pixels from 0 to 1, and their classes one-hot."""
    images = setting.images
    x, x_test = (
        each[:SAMPLES].reshape(min(len(each), SAMPLES), -1) / np.float32(images.maximum)
        for each in (images.x_train, images.x_test)
    )
    t, t_test = (
        one_hot(each[:SAMPLES], len(images.class_names)).astype(np.float32)
        for each in (images.y_train, images.y_test)
    )
    return Data(x, t, x_test, t_test)


def odd(setting: Setting) -> Data:
    """Return images, and 1 for those of an odd class."""
    x, t, x_test, t_test = classes(setting)
    return Data(x, t[:, 1::2].sum(axis=1, keepdims=True), x_test, t_test[:, 1::2].sum(1)[:, None])


def custom_softmax() -> Activation:
    """Return softmax as a custom activation: compile refuses badak's own over one unit."""
    softmax = activations.get("softmax")
    return replace(softmax, value=lambda x: softmax.value(x))


def test_outputs(data: Data, choice: tuple[str, str], seed: int) -> Array:
    """Train a network with this output and loss; return its outputs for the test samples."""
    output, loss = choice
    hidden, units = Dense(HIDDEN, "tanh"), data.t.shape[1]
    activation = custom_softmax() if output == "softmax" and units == 1 else output
    shape = data.x.shape[1:]
    model = Sequential([Input(shape), hidden, Dense(units, activation)], seed=seed)
    model.compile(Adam(RATE), loss)
    fit(model, data.x, data.t, batch_size=BATCH, epochs=EPOCHS)
    return model.predict(data.x_test)


def measured(problem: str, y: Array, t: Array) -> dict[str, float]:
    """Return a score up to 1, and the share of samples whose outputs are probabilities.

    The score is the share of the variance explained, or of the samples named right.
    """
    if problem == "regression":
        score = 1.0 - float(((y - t) ** 2).mean() / t.var())
    elif problem == "two":
        score = float(((y > 0.5) == (t > 0.5)).mean())
    else:
        score = float((y.argmax(axis=1) == t.argmax(axis=1)).mean())
    inside = ((y >= 0.0) & (y <= 1.0)).all(axis=1)
    if problem == "many":
        inside &= np.abs(y.sum(axis=1) - 1.0) < NEAR
    return {"score": score, "probability": float(inside.mean())}


def row(
    problem: str, choice: tuple[str, str], middle: dict[str, float], low: float, high: float
) -> tuple[Words | str, ...]:
    """Return the table's row of a problem and an output."""
    probability = "" if problem == "regression" else f"{middle['probability']:.0%}"
    score = f"{middle['score']:.3f} ({low:.3f}..{high:.3f})"
    return (PROBLEMS[problem], OUTPUTS[choice[0]], LOSSES[choice[1]], score, probability)


RESULT = Words(
    "Regression: the identity explains {regression_identity_score:.1%} of the variance, sigmoid "
    "{regression_sigmoid_score:.1%}, softmax {regression_softmax_score:.1%}. Two classes: the "
    "accuracy is {two_sigmoid_score:.1%} with sigmoid, {two_identity_score:.1%} with the identity "
    "(but only {two_identity_probability:.0%} of its outputs lie in 0..1), "
    "{two_softmax_score:.1%} with softmax of one unit. Many classes: {many_softmax_score:.1%} "
    "with softmax, {many_sigmoid_score:.1%} with sigmoids, {many_identity_score:.1%} with the "
    "identity, but the share of outputs that lie in 0..1 and sum to 1 is "
    "{many_sigmoid_probability:.0%} with sigmoids and {many_identity_probability:.0%} with the "
    "identity.",
    "회귀에서 설명한 분산의 비율은 항등 함수 {regression_identity_score:.1%}, 시그모이드 "
    "{regression_sigmoid_score:.1%}, 소프트맥스 {regression_softmax_score:.1%}다. 2클래스 분류의 "
    "정확도는 시그모이드 {two_sigmoid_score:.1%}, 항등 함수 {two_identity_score:.1%}(출력이 0..1 "
    "안에 있는 것은 {two_identity_probability:.0%}뿐), 뉴런 하나의 소프트맥스 "
    "{two_softmax_score:.1%}다. 다중 클래스 분류의 정확도는 소프트맥스 {many_softmax_score:.1%}, "
    "시그모이드 {many_sigmoid_score:.1%}, 항등 함수 {many_identity_score:.1%}이지만, 출력이 0..1 "
    "안에 있고 합이 1인 비율은 시그모이드 {many_sigmoid_probability:.0%}, 항등 함수 "
    "{many_identity_probability:.0%}다.",
)
WHY = Words(
    "The targets of a regression can be any numbers, and only the identity can output any number: "
    "sigmoid stays within 0..1 and cuts off everything outside. Softmax divides by the sum over "
    "the units, so a single unit always outputs 1 and learns nothing: its derivative is 0. (If "
    "the explained share of the variance is below 0, the output is worse than always predicting "
    "the mean.)\n\n"
    "For classification the other outputs work too, except softmax of one unit, but are not "
    "probabilities. The identity with squared error classifies about as well, and so do ten "
    "sigmoids; but the identity outputs numbers below 0 and above 1, and the sigmoids judge each "
    "class independently, so that their sum is not 1. Sigmoids are right where an image may "
    "belong to several classes at once. One sigmoid is a softmax of two units, one of which is "
    "fixed at 0.",
    "회귀의 목표값은 어떤 수든 될 수 있고, 어떤 수든 출력할 수 있는 것은 항등 함수뿐이다. "
    "시그모이드는 0..1 안에 머물러 그 밖의 값을 낼 수 없다. 소프트맥스는 뉴런들의 합으로 나누므로 "
    "뉴런이 하나이면 늘 1을 출력하고, 기울기가 0이라 아무것도 학습하지 못한다. (설명한 분산의 "
    "비율이 0보다 작으면 늘 평균을 출력하는 것보다 못하다.)\n\n"
    "분류에서는 다른 출력층도(뉴런 하나의 소프트맥스는 제외) 클래스를 맞히지만 출력이 확률이 "
    "아니다. 항등 함수와 제곱 오차도, 시그모이드 열 개도 정확도는 비슷하다. 그러나 항등 함수는 "
    "0보다 작거나 1보다 큰 값을 출력하고, 시그모이드는 클래스마다 따로 판단하므로 합이 1이 "
    "아니다. 한 이미지가 여러 클래스에 속할 수 있을 때는 시그모이드가 맞다. 시그모이드 하나는 "
    "뉴런 둘 가운데 하나를 0으로 고정한 소프트맥스와 같다.",
)
PROBLEMS = {
    "regression": Words("regression", "회귀"),
    "two": Words("two classes", "2클래스 분류"),
    "many": Words("many classes", "다중 클래스 분류"),
}
OUTPUTS = {
    "identity": Words("identity", "항등 함수"),
    "sigmoid": Words("sigmoid", "시그모이드"),
    "softmax": Words("softmax", "소프트맥스"),
}
LOSSES = {
    "mse": Words("squared error", "제곱 오차"),
    "binary_crossentropy": Words("binary cross-entropy", "이진 교차 엔트로피"),
    "categorical_crossentropy": Words("cross-entropy", "교차 엔트로피"),
}
HEADINGS = (
    Words("problem", "문제"),
    Words("output layer", "출력층"),
    Words("loss", "손실"),
    Words("variance explained or accuracy (range)", "설명한 분산 또는 정확도(범위)"),
    Words("outputs that are probabilities", "확률인 출력"),
)
FIGURE = Words(
    "Left: the curve to learn and the output of each network; only the identity follows it. "
    "Middle: outputs for odd or even; those of the identity leave 0..1. Right: the sum of an "
    "image's outputs over all classes; with softmax it is always 1.",
    "왼쪽: 학습할 곡선과 출력층마다의 출력. 항등 함수만 곡선을 따라간다. 가운데: 홀짝 문제의 "
    "출력. 항등 함수의 출력은 0..1을 벗어난다. 오른쪽: 이미지마다 모든 클래스의 출력을 더한 값. "
    "소프트맥스는 늘 1이다.",
)


def draw(canvas: "Canvas", data: Data, outputs: dict[str, Array]) -> None:
    """Draw the curve with the outputs, and histograms of the outputs for classes."""
    left, middle, right = canvas.panels(1, 3, gap=0.34)
    order = data.x_test[:, 0].argsort()
    x = data.x_test[order, 0]
    faint = canvas.theme.faint
    left.plot(data.x_test[::3, 0], data.t_test[::3, 0], ".", color=faint, markersize=4)
    for place, output in enumerate(OUTPUTS):
        y = outputs[f"regression_{output}"][order, 0]
        left.plot(x, y, label=canvas.say(*OUTPUTS[output]), **canvas.line(place))
    left.set_xlabel("x")
    left.set_title(canvas.say("regression", "회귀"))
    histogram(canvas, middle, {output: outputs[f"two_{output}"][:, 0] for output in OUTPUTS})
    middle.set_xlabel(canvas.say("output", "출력"))
    middle.set_title(canvas.say("two classes", "2클래스"))
    histogram(canvas, right, {output: outputs[f"many_{output}"].sum(axis=1) for output in OUTPUTS})
    right.set_xlabel(canvas.say("sum of the outputs", "출력의 합"))
    right.set_title(canvas.say("many classes", "다중 클래스"))
    canvas.within(middle).legend_below(3, lines=2.6, handles=left.lines[1:])


def histogram(canvas: "Canvas", ax: "Axes", values: dict[str, Array]) -> None:
    """Draw one histogram for each output."""
    everything = np.concatenate(list(values.values()))
    bins = np.linspace(everything.min() - 0.01, everything.max() + 0.01, 28)
    for place, each in enumerate(values.values()):
        ax.hist(each, bins.tolist(), histtype="step", linewidth=1.8, **canvas.line(place))
    ax.set_yscale("log")
    ax.set_ylabel(canvas.say("images", "이미지 수"), labelpad=1.0)
