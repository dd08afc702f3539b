"""Step and sigmoid: similar at a large scale, different in smoothness."""

from typing import TYPE_CHECKING

import numpy as np

from badak import activations
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

FAR, NEAR = 1000.0, 6.0  # largest |x| of the comparison, and of the figure
POINTS = 20_001
WIDTHS = (1.0, 0.1, 0.001)  # of ever smaller intervals around 0


@statement(
    number=2,
    name="step-and-sigmoid",
    title=Words("Step and sigmoid", "계단 함수와 시그모이드"),
    claim=Words(
        "The sigmoid and the step function differ in smoothness, but on a large scale they have "
        "the same shape: both are monotonic and stay between 0 and 1.",
        "시그모이드와 계단 함수는 매끄러움이 다르지만 큰 관점에서 보면 같은 모양이다. 둘 다 단조 "
        "증가하고 출력이 0과 1 사이에 있다.",
    ),
    source=Words("Deep Learning from Scratch, 3.2.5", "밑바닥부터 시작하는 딥러닝, 3.2.5"),
    method=Words(
        f"Both are evaluated at {POINTS:,} points from -{FAR:g} to {FAR:g}, and over ever smaller "
        "intervals around 0.",
        f"-{FAR:g}부터 {FAR:g}까지 {POINTS:,}개의 점에서, 그리고 0을 포함하는 점점 좁은 구간에서 "
        "두 함수를 계산한다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Compare the two at a large scale and across 0."""
    step, sigmoid = activations.get("step"), activations.get("sigmoid")
    x = np.linspace(-FAR, FAR, POINTS)
    both = np.stack([step(x), sigmoid(x)])  # (2, POINTS)
    numbers = {
        "falls": float((np.diff(both) < 0.0).sum()),
        "lowest": float(both.min()),
        "highest": float(both.max()),
        "alike": float(np.mean(np.abs(both[0] - both[1]) < 0.01)),
    }
    rows = []
    for width in WIDTHS:
        across = np.array([-width, width]) / 2.0
        rises = np.ptp(step(across)), np.ptp(sigmoid(across))
        rows.append((f"{width:g}", *(f"{rise:.5f}" for rise in rises)))
    numbers["step_rise"], numbers["sigmoid_rise"] = map(float, rises)

    alike = numbers["falls"] == 0.0 and 0.0 <= numbers["lowest"] <= numbers["highest"] <= 1.0
    unlike = numbers["step_rise"] == 1.0 and numbers["sigmoid_rise"] < 0.001
    return Findings(
        verdict=Verdict.HOLDS if alike and unlike else Verdict.FAILS,
        result=RESULT.filled(numbers),
        why=WHY,
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(rows)),),
        draw=draw,
        caption=FIGURE,
    )


RESULT = Words(
    "Neither ever decreases or leaves 0..1, and they differ by less than 0.01 at {alike:.1%} of "
    f"the points in -{FAR:g}..{FAR:g}. But over an interval of width {WIDTHS[-1]:g} around 0 the "
    "step rises by {step_rise:g} and the sigmoid by {sigmoid_rise:.5f}.",
    f"둘 다 줄어드는 곳이 없고 0..1을 벗어나지 않으며, -{FAR:g}..{FAR:g}의 {{alike:.1%}}에서 "
    f"차이가 0.01보다 작다. 그러나 0을 포함하는 너비 {WIDTHS[-1]:g}의 구간에서 계단 함수는 "
    "{step_rise:g}, 시그모이드는 {sigmoid_rise:.5f}만큼 커진다.",
)
WHY = Words(
    "Both output a small number for unimportant input and a large number for important input, "
    "between 0 and 1. The sigmoid is smooth: a small change of a weight changes the output a "
    "little, in proportion to the derivative, and learning uses this derivative. The step's "
    "derivative is 0 wherever it exists, so learning cannot use it.",
    "둘 다 중요하지 않은 입력에는 작은 값을, 중요한 입력에는 큰 값을 0과 1 사이에서 출력한다. "
    "시그모이드는 매끄러워서 가중치를 조금 바꾸면 출력도 기울기에 비례해 조금 바뀌고, 학습은 이 "
    "기울기를 이용한다. 계단 함수의 기울기는 존재하는 모든 곳에서 0이므로 학습에 쓸 수 없다.",
)
HEADINGS = (
    Words("width of the interval around 0", "0을 포함하는 구간의 너비"),
    Words("rise of the step", "계단 함수의 변화"),
    Words("rise of the sigmoid", "시그모이드의 변화"),
)
FIGURE = Words(
    "Far from 0 on both sides the two are almost equal; at 0 the step jumps while the sigmoid "
    "rises smoothly.",
    "0에서 먼 양쪽에서는 두 함수가 거의 같다. 0에서 계단 함수는 불연속적으로 뛰고 시그모이드는 "
    "매끄럽게 커진다.",
)


def draw(canvas: "Canvas") -> None:
    """Draw both near 0."""
    left, right = np.linspace(-NEAR, -1e-9, 300), np.linspace(1e-9, NEAR, 300)
    x = np.concatenate([left, [0.0], right])
    for place, (name, korean) in enumerate((("sigmoid", "시그모이드"), ("step", "계단 함수"))):
        y = activations.get(name)(x)
        if name == "step":
            y[len(left)] = np.nan  # a jump is drawn as a gap
        canvas.ax.plot(x, y, label=canvas.say(name, korean), **canvas.line(place))
    canvas.ax.set_xlabel(canvas.say("x, the weighted sum of the inputs", "x, 입력의 가중합"))
    canvas.ax.set_ylabel(canvas.say("output", "출력"))
    canvas.title(None, "Step and sigmoid", "계단 함수와 시그모이드")
    canvas.ax.legend()
