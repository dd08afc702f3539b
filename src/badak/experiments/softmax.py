"""Softmax: why the maximum is subtracted first, and when softmax can be left out."""

from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential, reference
from badak.activations import naive_softmax, softmax
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.clock import fastest
from badak.layers import Dense

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

TYPES = ("float32", "float64")
LARGE = np.array([1010.0, 1000.0, 990.0])  # the book's
ROWS, CLASSES, SPREAD = 10_000, 10, 20.0  # of random inputs, normal
HIDDEN = (50, 100)  # the book's network
BATCHES = {1: 100, 1000: 2}  # images in a prediction, and calls that are timed together
ROUNDS = 50


@statement(
    number=5,
    name="softmax",
    title=Words("Softmax: overflow, order, and leaving it out", "소프트맥스: 오버플로, 순서, 생략"),
    claim=Words(
        "Computed as written, softmax overflows; subtracting the maximum of the inputs does not "
        "change the result and prevents it. Softmax keeps the order of its inputs, so for "
        "classification it can be left out, which saves the time of the exponentials.",
        "소프트맥스를 식 그대로 계산하면 오버플로가 일어난다. 입력의 최댓값을 빼도 결과는 바뀌지 "
        "않고 오버플로를 막을 수 있다. 소프트맥스는 원소의 대소 관계를 바꾸지 않으므로, 분류할 "
        "때는 생략해 지수 함수 계산에 드는 낭비를 줄일 수 있다.",
    ),
    source=Words(
        "Deep Learning from Scratch, 3.5.2, 3.5.3", "밑바닥부터 시작하는 딥러닝, 3.5.2, 3.5.3"
    ),
    method=Words(
        "Bisection finds the input at which the formula fails. The formula and the stable form "
        f"are compared on {ROWS:,} random rows of {CLASSES} inputs. Predictions of a network with "
        f"hidden layers of {HIDDEN[0]} and {HIDDEN[1]} units are timed with and without softmax, "
        f"in NumPy and in the engine: the shortest of {ROUNDS} times.",
        f"식 그대로 계산할 때 오버플로가 일어나는 입력을 이분법으로 찾는다. 원소 {CLASSES}개인 "
        f"난수 {ROWS:,}행에서 식 그대로와 안정된 형태를 비교한다. 은닉층의 뉴런이 {HIDDEN[0]}개와 "
        f"{HIDDEN[1]}개인 신경망의 예측 시간을 소프트맥스가 있을 때와 없을 때로 나누어 NumPy와 "
        f"엔진에서 각각 잰다({ROUNDS}번 가운데 가장 짧은 시간).",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Find where the formula fails, compare the two forms, and time predictions."""
    numbers = {f"limit_{kind}": first_failure(kind) for kind in TYPES}
    with np.errstate(over="ignore", invalid="ignore"):
        numbers["naive_nan"] = float(np.isnan(naive_softmax(LARGE)).sum())
    numbers |= {f"stable_{i}": float(y) for i, y in enumerate(softmax(LARGE), 1)}
    numbers |= random_numbers(setting.seed)
    times = {(way, batch): timed(setting, way, batch) for way in NAMES for batch in BATCHES}
    for (way, batch), (whole, softmax_alone) in times.items():
        numbers[f"saved_{way}_{batch}"] = softmax_alone / whole

    overflows = numbers["naive_nan"] == 3.0 and all(
        np.isfinite(numbers[f"limit_{k}"]) for k in TYPES
    )
    unchanged = numbers["deviation"] < 1e-14 and numbers["stable_1"] > 0.9999
    ordered = numbers["same_largest"] == 1.0 and numbers["out_of_order"] == 0.0
    return Findings(
        verdict=Verdict.HOLDS if overflows and unchanged and ordered else Verdict.FAILS,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(
            Table(TIMES, tuple(row(key, *pair) for key, pair in times.items()), caption=TIMED),
        ),
        draw=lambda canvas: draw(canvas, numbers),
        caption=FIGURE,
        size=(8.0, 4.0),
    )


def first_failure(kind: str) -> float:
    """Return the least x for which the formula gives NaN for (x, 0), to a thousandth."""
    fine, failed = 0.0, 10_000.0
    with np.errstate(over="ignore", invalid="ignore"):
        while failed - fine > 1e-3:
            middle = (fine + failed) / 2.0
            if np.isnan(naive_softmax(np.array([middle, 0.0], dtype=kind))).any():
                failed = middle
            else:
                fine = middle
    return failed


def random_numbers(seed: int) -> dict[str, float]:
    """Compare formula and stable form on random rows, and the order before and after."""
    x = np.random.default_rng(seed).normal(scale=SPREAD, size=(ROWS, CLASSES))
    y = softmax(x)
    by_input = np.take_along_axis(y, x.argsort(axis=1), axis=1)  # (rows, classes), rising
    steps = np.diff(softmax(np.sort(x.astype(np.float32), axis=1)), axis=1)
    return {
        "deviation": float(np.abs(naive_softmax(x) - y).max()),
        "same_largest": float((x.argmax(axis=1) == y.argmax(axis=1)).mean()),
        "out_of_order": float((np.diff(by_input, axis=1) < 0.0).sum()),
        "ties_float32": float((steps == 0.0).mean()),
    }


def timed(setting: Setting, way: str, batch: int) -> tuple[float, float]:
    """Return the seconds of a prediction, and how many of them softmax takes."""
    images = setting.images
    x = images.x_train[:batch].reshape(batch, -1) / np.float32(images.maximum)
    hidden = [Dense(units, "sigmoid") for units in HIDDEN]
    output = Dense(len(images.class_names), "softmax")
    model = Sequential([Input(x.shape[1:]), *hidden, output], seed=setting.seed)
    if way == "engine":
        tasks = {
            "whole": lambda: model.outputs(x),
            "bare": lambda: model.outputs(x, last_activation=False),
        }
        times = fastest(tasks, ROUNDS, BATCHES[batch])
        return times["whole"], times["whole"] - times["bare"]
    weights = model.parameters.layers
    weighted_sums = reference.output(model.layers, weights, x, last_activation=False)
    tasks = {
        "whole": lambda: reference.output(model.layers, weights, x),
        "softmax": lambda: softmax(weighted_sums),
    }
    times = fastest(tasks, ROUNDS, BATCHES[batch])
    return times["whole"], times["softmax"]


def row(key: tuple[str, int], whole: float, part: float) -> tuple[Words | str, ...]:
    """Return the table's row of two times."""
    way, batch = key
    share = f"{part / whole:.0%}"
    return NAMES[way], f"{batch:,}", f"{whole * 1e6:,.0f} µs", f"{part * 1e6:,.1f} µs", share


RESULT = Words(
    "The formula fails from {limit_float32:.1f} in float32 and {limit_float64:.1f} in float64, "
    "and gives nan for the book's 1010, 1000, 990; with the maximum subtracted the outputs are "
    "{stable_1:.6e}, {stable_2:.6e}, {stable_3:.6e}. On random rows the two forms differ by at "
    "most {deviation:.0e}, and the largest input has the largest output in {same_largest:.1%} of "
    "the rows. Leaving softmax out saves {saved_NumPy_1:.0%} of the prediction time for one image "
    "in NumPy, {saved_NumPy_1000:.0%} for 1,000.",
    "식 그대로 계산하면 float32에서 {limit_float32:.1f}, float64에서 {limit_float64:.1f}부터 "
    "오버플로가 일어나고, 책의 1010, 1000, 990에서는 nan이 나온다. 최댓값을 빼면 출력은 "
    "{stable_1:.6e}, {stable_2:.6e}, {stable_3:.6e}이다. 난수에서 두 형태의 차이는 최대 "
    "{deviation:.0e}이고, {same_largest:.1%}의 행에서 가장 큰 입력의 출력이 가장 크다. "
    "소프트맥스를 생략하면 NumPy의 예측 시간이 이미지 한 장일 때 {saved_NumPy_1:.0%}, 1,000장일 "
    "때 {saved_NumPy_1000:.0%} 줄어든다.",
)
WHY = Words(
    "exp(x) exceeds the range of float32 at ln(3.4e38) = 88.7 and that of float64 at ln(1.8e308) "
    "= 709.8: it becomes infinity, and infinity divided by infinity is nan. (Just below, where "
    "only the sum of the exponentials overflows, all outputs are 0.) Subtracting c from every "
    "input divides numerator and denominator by exp(c), so the result does not change; if c is "
    "the maximum, every exponent is 0 or less.\n\n"
    "exp is increasing, and all outputs are divided by the same sum, so a larger input has a "
    "larger output. Rounding never reversed the order here, but it can make two outputs equal: in "
    "float32 this happened to {ties_float32:.2%} of neighbouring pairs, where both outputs are so "
    "small that they are rounded to 0 or to the smallest number there is. The weighted sums still "
    "differ.\n\n"
    "How much time is saved depends on the rest of the computation: most where a small network "
    "predicts one image and every NumPy call costs microseconds, little where matrix products "
    "take most of the time. Where probabilities are needed, and for training, softmax cannot be "
    "left out.",
    "exp(x)는 float32에서 ln(3.4e38) = 88.7, float64에서 ln(1.8e308) = 709.8을 넘으면 무한대가 "
    "되고, 무한대를 무한대로 나누면 nan이다. (그 바로 아래에서는 지수 함수의 합만 무한대가 되어 "
    "출력이 모두 0이다.) 모든 입력에서 c를 빼는 것은 분자와 분모를 exp(c)로 나누는 것과 같으므로 "
    "결과가 바뀌지 않는다. c가 최댓값이면 지수는 모두 0 이하다.\n\n"
    "exp는 증가 함수이고 모든 출력을 같은 합으로 나누므로, 입력이 크면 출력도 크다. 여기서 "
    "반올림이 순서를 뒤집은 적은 없지만 두 출력을 같게 만들 수는 있다. float32에서 이웃한 쌍의 "
    "{ties_float32:.2%}가 그랬는데, 두 출력이 모두 너무 작아 0이나 가장 작은 수로 반올림된 "
    "경우다. 가중합은 여전히 서로 다르다.\n\n"
    "얼마나 줄어드는지는 나머지 계산에 달려 있다. 작은 신경망이 이미지 한 장을 예측하고 NumPy "
    "호출마다 몇 마이크로초가 걸리는 경우에는 많이 줄고, 행렬 곱이 시간을 대부분 차지하는 "
    "경우에는 적게 준다. 확률이 필요할 때와 학습할 때는 생략할 수 없다.",
)
NAMES = {"NumPy": Words("NumPy", "NumPy"), "engine": Words("engine", "엔진")}
TIMED = Words(
    "Time of softmax within a prediction; for the engine it is the difference of two times, which "
    "may fall below 0 where it is small. Times differ from run to run.",
    "예측 시간에서 소프트맥스가 차지하는 시간. 엔진에서는 두 시간의 차이이므로 작을 때는 0보다 "
    "작게 나올 수 있다. 시간은 실행할 때마다 다르다.",
)
TIMES = (
    Words("computed by", "계산"),
    Words("images", "이미지 수"),
    Words("prediction", "예측 시간"),
    Words("softmax alone", "소프트맥스의 시간"),
    Words("share", "비율"),
)
FIGURE = Words(
    "The three outputs of softmax for inputs x, x - 1 and x - 2. Computed by the formula they end "
    "where float32 and float64 overflow; with the maximum subtracted they continue unchanged.",
    "입력 x, x - 1, x - 2에 대한 소프트맥스의 세 출력. 식 그대로 계산하면 float32와 float64에서 "
    "오버플로가 일어나는 곳에서 끊기고, 최댓값을 빼면 그대로 이어진다.",
)


def draw(canvas: "Canvas", numbers: dict[str, float]) -> None:
    """Draw where the formula overflows, and the outputs of the stable form."""
    x = np.geomspace(1.0, 1e5, 600)
    rows = x[:, np.newaxis] - np.arange(3.0)  # (points, 3)
    ax = canvas.ax
    for column, y in enumerate(softmax(rows).T):
        name = canvas.say("maximum subtracted", "최댓값을 뺀 식") if column == 0 else None
        ax.semilogx(x, y, color=canvas.theme.faint, linewidth=7.0, label=name)
    for place, kind in enumerate(reversed(TYPES)):
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = naive_softmax(rows.astype(kind))
        label = canvas.say(f"formula, {kind}", f"식 그대로, {kind}")
        ax.semilogx(x, outputs, **canvas.line(place), label=[label, None, None])
        limit = numbers[f"limit_{kind}"]
        ax.axvline(limit, color=canvas.theme.series[place], linewidth=0.8)
        ax.text(limit * 1.08, 0.8, f"{limit:.1f}", color=canvas.theme.series[place])
    ax.set_ylim(0.0, 1.0)
    ax.set_xlabel(canvas.say("x, the largest input", "x, 가장 큰 입력"))
    ax.set_ylabel(canvas.say("output", "출력"))
    canvas.title(None, "Softmax of x, x - 1, x - 2", "x, x - 1, x - 2의 소프트맥스")
    ax.legend(loc="upper left", bbox_to_anchor=(0.02, 0.62))
