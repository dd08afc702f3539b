"""Perceptrons: one computes AND, NAND or OR, two layers compute XOR."""

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from badak import perceptron
from badak.errors import NotSeparableError
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.perceptron import Perceptron

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
GATES: dict[str, Callable[..., Any]] = {
    "AND": perceptron.AND,
    "NAND": perceptron.NAND,
    "OR": perceptron.OR,
    "XOR": perceptron.XOR,
}
SINGLE = ("AND", "NAND", "OR")
GRID = range(-4, 5)  # of w1, w2 and b: covers every separation of the corners by a line
FIRST_STEPS = 10
EPOCHS = 1000


@statement(
    number=1,
    name="perceptron",
    title=Words("The perceptron and its limit", "퍼셉트론과 그 한계"),
    claim=Words(
        "A perceptron can implement AND, NAND and OR. A single perceptron cannot implement XOR; "
        "two layers of perceptrons can.",
        "퍼셉트론으로 AND, NAND, OR를 구현할 수 있다. XOR은 단층 퍼셉트론으로는 구현할 수 없고, "
        "2층으로 쌓으면 구현할 수 있다.",
    ),
    source=Words("Deep Learning from Scratch, 2.2 to 2.5", "밑바닥부터 시작하는 딥러닝, 2.2~2.5"),
    method=Words(
        "One perceptron learns each gate by the perceptron rule, starting from weights of 0, for "
        f"at most {EPOCHS:,} epochs. Then {len(GRID) ** 3} perceptrons, with w1, w2 and b from "
        f"{GRID[0]} to {GRID[-1]}, are searched for the one that is best at XOR. Finally the "
        "outputs of NAND and OR are the inputs of AND.",
        "퍼셉트론 하나가 가중치 0에서 시작해 퍼셉트론 학습 규칙으로 게이트를 하나씩 학습한다(최대 "
        f"{EPOCHS:,} 에폭). 다음으로 w1, w2, b가 {GRID[0]}부터 {GRID[-1]}까지인 퍼셉트론 "
        f"{len(GRID) ** 3}개를 모두 조사해 XOR을 가장 잘 맞히는 것을 찾는다. 끝으로 NAND와 OR의 "
        "출력을 AND에 입력한다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Learn the gates, search for an XOR, and build it from two layers."""
    found = [Perceptron([w1, w2], b) for w1, w2, b in itertools.product(GRID, repeat=3)]
    answers = np.array([each(CORNERS) for each in found])  # (perceptrons, corners)
    numbers = {"functions": float(len(np.unique(answers, axis=0)))}
    rows: list[tuple[Words | str, ...]] = []
    for name in SINGLE:
        learner, t = Perceptron([0.0, 0.0], 0.0), targets(name)
        lesson = learner.fit(CORNERS, t, max_epochs=EPOCHS)
        bound = min(most_mistakes(p) for p, y in zip(found, answers, strict=True) if (y == t).all())
        numbers |= {
            f"{name}_right": float((learner(CORNERS) == t).sum()),
            f"{name}_mistakes": float(lesson.mistakes),
            f"{name}_bound": bound,
        }
        learned = "({:g}, {:g}), {:g}".format(*learner.weights, learner.bias)
        rows.append((name, learned, str(lesson.epochs), str(lesson.mistakes), f"{bound:.0f}"))
    numbers |= xor_numbers(answers)
    rows.append(("XOR", "-", NEVER, f"{numbers['XOR_mistakes']:,.0f}", "-"))

    single = all(numbers[f"{name}_right"] == 4.0 for name in SINGLE)
    bounded = all(numbers[f"{name}_mistakes"] <= numbers[f"{name}_bound"] for name in SINGLE)
    none = numbers["XOR_best"] < 4.0 and numbers["XOR_ends"] == 0.0
    holds = single and bounded and none and numbers["XOR_two_layers"] == 4.0
    return Findings(
        verdict=Verdict.HOLDS if holds else Verdict.FAILS,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(
            Table(LEARNING, tuple(rows)),
            Table(STEPS, first_steps("AND"), caption=STEPS_CAPTION),
            Table(LAYERS, two_layers(), caption=LAYERS_CAPTION),
        ),
        draw=draw,
        caption=FIGURE,
        size=(8.0, 3.6),
    )


def targets(name: str) -> Any:
    """Return the gate's answers at the four corners."""
    return GATES[name](CORNERS[:, 0], CORNERS[:, 1])


def most_mistakes(separator: Perceptron) -> float:
    """Return the bound on the mistakes of the rule, given a perceptron that separates the corners.

    (R |w| / margin)², the bias counted as the weight of an input 1 (Novikoff, 1962).
    """
    samples = np.column_stack([CORNERS, np.ones(4)])  # (corners, 3)
    w = np.append(separator.weights, separator.bias)
    margin = np.abs(samples @ w).min()
    if margin == 0.0:
        return np.inf
    return float((samples**2).sum(axis=1).max() * (w @ w) / margin**2)


def xor_numbers(answers: Any) -> dict[str, float]:
    """Return the results of the rule, the search and two layers on XOR."""
    t = targets("XOR")
    try:
        ends = bool(Perceptron([0.0, 0.0], 0.0).fit(CORNERS, t, max_epochs=EPOCHS))
    except NotSeparableError:
        ends = False
    steps = itertools.islice(Perceptron([0.0, 0.0], 0.0).steps(CORNERS, t), 4 * EPOCHS)
    mistakes = sum(step.error != 0 for step in steps)
    s1, s2 = targets("NAND"), targets("OR")
    return {
        "XOR_ends": float(ends),
        "XOR_mistakes": float(mistakes),
        "XOR_best": float((answers == t).sum(axis=1).max()),
        "XOR_two_layers": float((perceptron.AND(s1, s2) == [0, 1, 1, 0]).sum()),
    }


def first_steps(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rule's first steps as rows."""
    steps = Perceptron([0.0, 0.0], 0.0).steps(CORNERS, targets(name))
    return tuple(
        (
            str(step.epoch),
            "({:g}, {:g})".format(*step.sample),
            *map(str, (step.target, step.output)),
            *(f"{number:g}" for number in (*step.weights, step.bias)),
        )
        for step in itertools.islice(steps, FIRST_STEPS)
    )


def two_layers() -> tuple[tuple[str, ...], ...]:
    """Return XOR's truth table, computed from NAND and OR."""
    s1, s2 = targets("NAND"), targets("OR")
    columns = (*CORNERS.T.astype(int), s1, s2, perceptron.AND(s1, s2))
    return tuple(tuple(map(str, row)) for row in zip(*columns, strict=True))


RESULT = Words(
    "AND, NAND and OR are learned after {AND_mistakes:.0f}, {NAND_mistakes:.0f} and "
    "{OR_mistakes:.0f} mistakes (from weights of 0 there can be at most {AND_bound:.0f}, "
    "{NAND_bound:.0f} and {OR_bound:.0f}, in any order of the samples). XOR is not learned: "
    f"{{XOR_mistakes:,.0f}} mistakes in {EPOCHS:,} epochs, and the best of all lines classifies "
    "{XOR_best:.0f} of the 4 points correctly. Two layers classify {XOR_two_layers:.0f} of the 4 "
    "correctly.",
    "AND, NAND, OR는 각각 {AND_mistakes:.0f}, {NAND_mistakes:.0f}, {OR_mistakes:.0f}번 틀린 뒤에 "
    "학습이 끝난다(가중치 0에서 시작하면 표본의 순서와 관계없이 최대 {AND_bound:.0f}, "
    f"{{NAND_bound:.0f}}, {{OR_bound:.0f}}번). XOR은 {EPOCHS:,} 에폭 동안 {{XOR_mistakes:,.0f}}번 "
    "틀리고도 학습되지 않으며, 가장 좋은 직선도 4개 가운데 {XOR_best:.0f}개만 맞힌다. 2층 "
    "퍼셉트론은 4개 가운데 {XOR_two_layers:.0f}개를 맞힌다.",
)
WHY = Words(
    "A perceptron outputs 1 on one side of a straight line and 0 on the other. AND, NAND and OR "
    "can be separated by a line, and then the learning rule terminates: each mistake moves the "
    "weights by at least a fixed amount in the direction that separates the points, while their "
    "length grows no faster than the square root of the number of mistakes. So the number of "
    "mistakes is bounded (Novikoff, 1962).\n\n"
    "XOR would have to satisfy four inequalities: b ≤ 0, w1 + b > 0, w2 + b > 0 and w1 + w2 + b ≤ "
    "0. The two in the middle add up to w1 + w2 + 2b > 0, the other two to w1 + w2 + 2b ≤ 0: a "
    "contradiction. Any three of the four can be satisfied, so 3 of 4 is the best. During "
    "learning the weights return to earlier values and cycle for ever.\n\n"
    "NAND and OR map (0, 0) to (1, 0) and (1, 1) to (0, 1), and both points with target 1 to the "
    "single point (1, 1). There a line separates them. Of the 16 gates with two inputs single "
    "perceptrons can implement {functions:.0f}; the others are XOR and its negation.",
    "퍼셉트론은 직선의 한쪽에서 1을, 다른 쪽에서 0을 출력한다. AND, NAND, OR는 직선으로 "
    "분리되므로 학습 규칙이 끝난다. 틀릴 때마다 가중치는 점들을 분리하는 방향으로 일정량 이상 "
    "움직이지만, 그 길이는 틀린 횟수의 제곱근보다 빠르게 커지지 못한다. 그래서 틀리는 횟수에 "
    "한계가 있다(노비코프, 1962).\n\n"
    "XOR을 구현하려면 네 부등식 b ≤ 0, w1 + b > 0, w2 + b > 0, w1 + w2 + b ≤ 0이 모두 성립해야 "
    "한다. 가운데 둘을 더하면 w1 + w2 + 2b > 0이고, 나머지 둘을 더하면 w1 + w2 + 2b ≤ 0이므로 "
    "모순이다. 넷 가운데 어느 셋이든 성립하게 할 수 있으므로 최대 4개 중 3개를 맞힌다. 학습하는 "
    "동안 가중치는 이전 값으로 되돌아와 같은 과정을 끝없이 반복한다.\n\n"
    "NAND와 OR는 (0, 0)을 (1, 0)으로, (1, 1)을 (0, 1)로 옮기고, 정답이 1인 두 점은 한 점 (1, 1)로 "
    "모은다. 그곳에서는 직선 하나로 분리된다. 입력이 둘인 게이트 16개 가운데 퍼셉트론 하나로 "
    "구현할 수 있는 것은 {functions:.0f}개이고, 나머지는 XOR과 그 부정이다.",
)
NEVER = Words("does not end", "끝나지 않음")
LEARNING = (
    Words("gate", "게이트"),
    Words("weights, bias", "가중치, 편향"),
    Words("epochs", "에폭"),
    Words("mistakes", "틀린 횟수"),
    Words("upper bound", "상한"),
)
STEPS_CAPTION = Words(
    "AND: the first steps. Weights change only where the output y differs from the target t: by t "
    "- y times (x1, x2), the bias by t - y.",
    "AND 학습의 처음 몇 단계. 출력 y가 정답 t와 다를 때만 가중치는 t - y에 (x1, x2)를 곱한 만큼, "
    "편향은 t - y만큼 바뀐다.",
)
STEPS = (
    Words("epoch", "에폭"),
    Words("(x1, x2)", "(x1, x2)"),
    Words("t", "t"),
    Words("y", "y"),
    Words("new w1", "갱신된 w1"),
    Words("new w2", "갱신된 w2"),
    Words("new b", "갱신된 b"),
)
LAYERS_CAPTION = Words("XOR in two layers", "2층으로 만든 XOR")
LAYERS = (
    Words("x1", "x1"),
    Words("x2", "x2"),
    Words("s1 = NAND", "s1 = NAND"),
    Words("s2 = OR", "s2 = OR"),
    Words("AND(s1, s2)", "AND(s1, s2)"),
)
FIGURE = Words(
    "One line separates AND's 1 from its 0s. No line does so for XOR: the line drawn, OR's, has "
    "(1, 1) on the wrong side. In the plane of s1 = NAND and s2 = OR, XOR's points can be "
    "separated.",
    "AND의 1과 0은 직선 하나로 분리된다. XOR을 분리하는 직선은 없다. 그려진 OR의 직선은 (1, 1)이 "
    "틀린 쪽에 있다. s1 = NAND, s2 = OR로 옮긴 평면에서는 XOR의 점들도 직선 하나로 분리된다.",
)


def draw(canvas: "Canvas") -> None:
    """Draw AND, XOR, and XOR in the plane of its first layer's outputs."""
    panels = canvas.panels(1, 3, gap=0.22)
    first_layer = np.column_stack([targets("NAND"), targets("OR")])
    plane(canvas, panels[0], CORNERS, targets("AND"), Perceptron.AND())
    panels[0].set_title(canvas.say("AND: separable", "AND: 분리 가능"))
    plane(canvas, panels[1], CORNERS, targets("XOR"), Perceptron.OR())
    panels[1].set_title(canvas.say("XOR: 3 of 4 at best", "XOR: 최대 4개 중 3개"))
    plane(canvas, panels[2], first_layer, targets("XOR"), Perceptron.AND(), axes="s")
    panels[2].set_title(canvas.say("XOR, second layer", "XOR, 두 번째 층"))


def plane(
    canvas: "Canvas", ax: Any, points: Any, t: Sequence[int], line: Perceptron, axes: str = "x"
) -> None:
    """Draw the points with their targets, and the line with the side of output 1 shaded."""
    edge = np.array([-0.5, 1.5])
    (w1, w2), b = line.weights, line.bias
    height = -(w1 * edge + b) / w2
    ax.plot(edge, height, **canvas.line(0))
    ax.fill_between(edge, height, 1.5, color=canvas.theme.series[0], alpha=0.12, linewidth=0.0)
    for value, marker in ((0, "o"), (1, "s")):
        at = points[np.asarray(t) == value]
        face = canvas.theme.series[1] if value else canvas.theme.ground
        ax.scatter(*at.T, s=70, marker=marker, color=face, edgecolors=canvas.theme.ink, zorder=3)
        for x, y in at:
            ax.annotate(str(value), (x, y), xytext=(9, 5), textcoords="offset points")
    ax.set(xlim=edge, ylim=edge, xticks=(0, 1), yticks=(0, 1), aspect="equal")
    ax.set_xlabel(f"{axes}1")
    ax.set_ylabel(f"{axes}2", rotation=0)
