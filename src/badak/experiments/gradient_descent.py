"""Gradient descent: the learning rate on a parabola, and numerical against exact gradients."""

from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential, reference
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.clock import fastest
from badak.functions import numerical_gradient
from badak.layers import Dense
from badak.optimizers import rules
from badak.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.pictures.canvas import Canvas

START, STEPS = (-3.0, 4.0), 100  # the book's
RATES = {"small": 1e-10, "right": 0.1, "large": 10.0}  # the book's
MORE_RATES = (0.01, 0.5, 0.9, 1.0, 1.01)
DRAWN = (0.02, 0.1, 0.9, 1.01)  # learning rates in the figure
ARRIVED, MOVED = 1e-6, 1e-6  # distances from minimum and start, relative to that between them
WIDTHS = (1, 4, 16, 64)  # of the hidden layer
IMAGES, ROUNDS = 20, 5
SIDE = 4  # pixels of an image that are kept, in both directions
SAME = 1e-7  # of the largest gradient
SLOWER = 10.0  # times as long, at the largest network: far above the noise


@statement(
    number=14,
    name="gradient-descent",
    title=Words("Gradient descent", "경사 하강법"),
    claim=Words(
        "With too large a learning rate gradient descent diverges, with too small a one the "
        "weights hardly change. Backpropagation gives the same gradient as numerical "
        "differentiation, much faster.",
        "학습률이 너무 크면 발산하고 너무 작으면 거의 갱신되지 않는다. 역전파로 구한 기울기는 "
        "수치 미분과 같고 훨씬 빠르다.",
    ),
    source=Words(
        "Deep Learning from Scratch, 4.4.1 and 5.7", "밑바닥부터 시작하는 딥러닝, 4.4.1, 5.7"
    ),
    method=Words(
        f"{STEPS} steps of gradient descent on f(x0, x1) = x0² + x1² from ({START[0]:g}, "
        f"{START[1]:g}), with numerical gradients as in the book. Then the gradients of networks "
        f"with 1 to {WIDTHS[-1]} hidden units are computed in both ways on {IMAGES} images, in "
        "float64.",
        f"f(x0, x1) = x0² + x1²에서 ({START[0]:g}, {START[1]:g})부터 책처럼 수치 미분으로 경사 "
        f"하강법을 {STEPS}번 적용한다. 그다음 은닉층의 뉴런이 1개부터 {WIDTHS[-1]}개인 신경망의 "
        f"기울기를 이미지 {IMAGES}장에서 두 방법으로 float64로 구한다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Descend the parabola at several learning rates, and time both gradients."""
    numbers: dict[str, float] = {}
    for name, rate in RATES.items():
        path = descent(rate)
        numbers |= {f"{name}_x0": float(path[-1, 0]), f"{name}_x1": float(path[-1, 1])}
        numbers[f"{name}_distance"] = float(np.hypot(*path[-1]))
        numbers[f"{name}_moved"] = float(np.hypot(*(path[-1] - START)) / np.hypot(*START))
    measured = [both_gradients(setting, width) for width in WIDTHS]
    numbers |= {f"largest_{name}": value for name, value in measured[-1].items()}
    numbers["deviation"] = max(each["deviation"] for each in measured)
    rates = (
        numbers["small_moved"] < MOVED
        and numbers["right_distance"] < ARRIVED
        and numbers["large_distance"] > np.hypot(*START) / ARRIVED
    )
    gradients = numbers["deviation"] <= SAME and numbers["largest_slower"] >= SLOWER
    partly = Verdict.IN_PART if rates or gradients else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if rates and gradients else partly,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(rate_table(), time_table(measured)),
        draw=lambda canvas: draw(canvas, measured),
        caption=FIGURE,
        size=(8.0, 4.6),
    )


def height(x: Array) -> float:
    """Return x0² + x1²."""
    return float((x**2).sum())


def descent(rate: float) -> Array:
    """Return the points of the path, (STEPS + 1, 2)."""
    path = [np.array(START)]
    for _ in range(STEPS):
        path.append(rules.sgd(path[-1], numerical_gradient(height, path[-1].copy()), rate))
    return np.array(path)


def both_gradients(setting: Setting, width: int) -> dict[str, float]:
    """Return the difference between both gradients of a network, and their times."""
    images = setting.images
    apart = images.x_train.shape[1] // SIDE
    x = images.x_train[:IMAGES, ::apart, ::apart].reshape(IMAGES, -1) / images.maximum
    t = images.y_train[:IMAGES]
    output = Dense(len(images.class_names), "softmax")
    model = Sequential([Input(x.shape[1:]), Dense(width, "sigmoid"), output], seed=setting.seed)
    samples, targets, objective = model.batch(x, t)
    weights = model.parameters.copy(np.float64)
    parts = weights.trainable_segments

    def loss() -> float:
        last = reference.forward(model.layers, weights.layers, samples)[-1]
        return float(objective.loss.rows(reference.compared(objective, last), targets).mean())

    def backpropagated() -> Array:
        given = model.layers, weights, objective, samples, targets
        flat = reference.loss_and_gradients(*given).gradient
        return np.concatenate([part.view(flat).ravel() for part in parts])

    def numerical() -> Array:
        views = [part.view(weights.vector) for part in parts]
        gradients = [reference.numerical_gradient(loss, view) for view in views]
        return np.concatenate([each.ravel() for each in gradients])

    exact = backpropagated()
    deviation = np.abs(numerical() - exact).max()
    seconds = fastest({"backpropagated": backpropagated, "numerical": numerical}, ROUNDS)
    return {
        "weights": float(model.count_params()),
        "deviation": float(deviation / np.abs(exact).max()),
        "slower": seconds["numerical"] / seconds["backpropagated"],
        **seconds,
    }


def rate_table() -> Table:
    """Return the last point for each learning rate."""
    rows = []
    for rate in sorted({*RATES.values(), *MORE_RATES}):
        x0, x1 = descent(rate)[-1]
        rows.append((f"{rate:g}", f"{1.0 - 2.0 * rate:g}", f"{x0:.3g}", f"{x1:.3g}"))
    return Table(RATE_HEADINGS, tuple(rows))


def time_table(measured: list[dict[str, float]]) -> Table:
    """Return how long both gradients take."""
    rows = (
        (
            f"{each['weights']:,.0f}",
            f"{each['backpropagated'] * 1e3:.2f}",
            f"{each['numerical'] * 1e3:,.1f}",
            f"{each['slower']:,.0f}",
            f"{each['deviation']:.0e}",
        )
        for each in measured
    )
    return Table(TIME_HEADINGS, tuple(rows))


RESULT = Words(
    f"After {STEPS} steps from a distance of 5, descent with a learning rate of "
    f"{RATES['right']:g} is {{right_distance:.0e}} from the minimum, with {RATES['small']:g} "
    f"still {{small_distance:.3f}}, and with {RATES['large']:g} {{large_distance:.0e}}. For "
    "{largest_weights:,.0f} weights both gradients agree to {deviation:.0e} of the largest; "
    "numerical differentiation takes {largest_slower:,.0f} times as long.",
    f"거리 5에서 시작해 {STEPS}번 갱신한 뒤 최솟값까지의 거리는 학습률 {RATES['right']:g}에서 "
    f"{{right_distance:.0e}}, {RATES['small']:g}에서 여전히 {{small_distance:.3f}}, "
    f"{RATES['large']:g}에서 {{large_distance:.0e}}이다. 가중치 {{largest_weights:,.0f}}개에서 두 "
    "기울기의 차이는 가장 큰 기울기의 {deviation:.0e} 이하이고, 수치 미분이 "
    "{largest_slower:,.0f}배 오래 걸린다.",
)
WHY = Words(
    "The derivative of x² is 2x, so a step takes x to (1 - 2η) x. With a learning rate η between "
    "0 and 1, x shrinks in each step, at 0.5 it is 0 at once; above 1 it grows, with alternating "
    f"sign. The book's {{large_distance:.0e}} for a learning rate of {RATES['large']:g} is itself "
    "too small: -19 to the hundredth power would be 10¹²⁸. At 10¹³ a difference of h = 0.0001 is "
    "lost in rounding, the numerical gradient is 0, and the descent stops by accident.\n\n"
    "A numerical gradient takes two losses for every weight, so its time grows with the square of "
    "the size of the network; backpropagation takes about as long as three forward passes, "
    "however many weights there are. Numerical differentiation is used to check backpropagation.",
    "x²의 기울기는 2x이므로 한 번 갱신할 때마다 x는 (1 - 2η) x가 된다. 학습률 η가 0과 1 사이이면 "
    "x가 갈수록 작아지고 0.5에서는 한 번에 0이 된다. 1을 넘으면 부호를 번갈아 바꾸며 커진다. "
    f"학습률 {RATES['large']:g}에서 나오는 책의 값 {{large_distance:.0e}}도 실제보다 작은 것이다. "
    "-19의 100제곱이면 10¹²⁸이어야 한다. 10¹³에서는 h = 0.0001의 차이가 반올림으로 사라져 수치 "
    "미분이 0이 되고 우연히 멈춘 것이다.\n\n"
    "수치 미분은 가중치 하나에 손실을 두 번씩 계산하므로 신경망 크기의 제곱에 비례해 느려진다. "
    "역전파는 가중치가 몇 개이든 순전파 세 번쯤의 시간이면 된다. 수치 미분은 역전파를 검증하는 데 "
    "쓴다.",
)
RATE_HEADINGS = (
    Words("learning rate η", "학습률 η"),
    Words("1 - 2η", "1 - 2η"),
    Words(f"x0 after {STEPS} steps", f"{STEPS}번 뒤의 x0"),
    Words("x1", "x1"),
)
TIME_HEADINGS = (
    Words("weights", "가중치 수"),
    Words("backpropagation, ms", "역전파, ms"),
    Words("numerical, ms", "수치 미분, ms"),
    Words("times as long", "배수"),
    Words("deviation", "차이"),
)
FIGURE = Words(
    "Left: the first steps on a parabola at four learning rates; with the smallest x hardly "
    "changes, with the next it converges, with the third it jumps from side to side, and with the "
    "fourth it diverges. Right: time of both gradients against the number of weights, on "
    "logarithmic scales.",
    "왼쪽: 네 학습률로 포물선에서 갱신한 처음 몇 단계. 가장 작은 학습률에서는 거의 움직이지 않고, "
    "다음은 수렴하고, 셋째는 좌우로 뛰고, 넷째는 발산한다. 오른쪽: 가중치 수에 따른 두 기울기의 "
    "계산 시간(로그 눈금).",
)


def draw(canvas: "Canvas", measured: list[dict[str, float]]) -> None:
    """Draw the steps on the parabola, and the times."""
    left, right = canvas.panels(1, 2, gap=0.22)
    draw_steps(canvas, left)
    weights = [each["weights"] for each in measured]
    for place, (name, words) in enumerate(GRADIENTS.items()):
        times = [each[name] * 1e3 for each in measured]
        label = canvas.say(*words)
        right.loglog(weights, times, marker="o", label=label, **canvas.line(place))
    right.set_xlabel(canvas.say("weights", "가중치 수"))
    right.set_ylabel(canvas.say("milliseconds", "밀리초"))
    right.set_title(canvas.say("time of a gradient", "기울기의 계산 시간"))
    right.set_xticks(weights, [f"{each:,.0f}" for each in weights])
    right.minorticks_off()
    canvas.within(right).legend_below(2, lines=2.8)


def draw_steps(canvas: "Canvas", ax: "Axes") -> None:
    """Draw the first steps of x1 at each learning rate."""
    x = np.linspace(-4.6, 4.6, 200)
    ax.plot(x, x**2, color=canvas.theme.faint)
    for place, rate in enumerate(DRAWN):
        path = descent(rate)[:7, 1]
        style = canvas.line(place) | {"label": f"η = {rate:g}", "linewidth": 1.2}
        ax.plot(path, path**2, marker="o", markersize=5, **style)
    ax.set_xlabel("x")
    ax.set_ylabel("x²")
    ax.set_title(canvas.say("steps on a parabola", "포물선에서의 갱신"))
    canvas.within(ax).legend_below(2, lines=2.8)


GRADIENTS = {
    "numerical": Words("numerical", "수치 미분"),
    "backpropagated": Words("backpropagation", "역전파"),
}
