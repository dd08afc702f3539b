"""Lessons on training: batches, preprocessing, rates, optimizers, first weights."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from badak.experiments.base import Words
from badak.experiments.clock import fastest
from badak.experiments.initialisation import spread
from badak.lab.lessons.base import (
    Found,
    Lesson,
    Seen,
    accuracy_of,
    dense,
    judged,
    number,
    recipe,
)
from badak.typing import Array

IMAGES = 200


def _batches(seen: Sequence[Seen]) -> Found:
    model, x = seen[0].model, seen[0].x[:IMAGES]

    def by(size: int) -> None:
        for start in range(0, len(x), size):
            model.predict(x[start : start + size])

    times = fastest({str(size): partial(by, size) for size in (1, len(x))}, 3)
    speeds = [len(x) / times[str(size)] for size in (1, len(x))]
    ratio = speeds[1] / speeds[0]
    return Found(
        judged(holds=ratio > 3.0, in_part=ratio > 1.2),
        (
            number("images a second, one at a time", "초당 이미지, 한 장씩", f"{speeds[0]:,.0f}"),
            number(
                f"images a second, {len(x)} at a time",
                f"초당 이미지, {len(x)}장씩",
                f"{speeds[1]:,.0f}",
            ),
            number("times as many", "배수", f"{ratio:.1f}"),
        ),
        Words(
            "A call costs the same for one image and for many, and a product of two matrices uses "
            "each weight for all images of the batch.",
            "함수 호출의 비용은 한 장이든 여러 장이든 같고, 행렬끼리의 곱은 가중치 하나를 배치의 "
            "모든 이미지에 쓴다.",
        ),
    )


BATCHES = Lesson(
    "batches",
    (
        Words(
            "Play A alone at full speed, then B alone, and read the samples a second: A takes a "
            "step after every image, B after 128.",
            "A만, 다음엔 B만 전속력으로 재생해 초당 표본 수를 읽으십시오. A는 한 장마다, B는 "
            "128장마다 갱신합니다.",
        ),
        Words(
            "Change B's batch size: 8, 32, 512. Where does the speed stop growing?",
            "B의 배치 크기를 8, 32, 512로 바꿔 보십시오. 속도가 어디서 더 늘지 않습니까?",
        ),
        Words(
            "Ask for the verdict: it times answers, not training.",
            "판정을 물어 보십시오. 학습이 아니라 예측 시간을 잽니다.",
        ),
    ),
    (
        Words(
            "After the same number of epochs A has taken 128 times as many steps: faster is not "
            "the same as learning more.",
            "같은 에폭이면 A가 갱신을 128배 더 했습니다. 빠른 것과 많이 배우는 것은 다릅니다.",
        ),
        Words("A's loss is restless, B's smooth.", "A의 손실은 들쭉날쭉하고 B는 매끄럽습니다."),
    ),
    tuple(
        recipe(
            "digits",
            dense(50, "sigmoid"),
            dense(100, "sigmoid"),
            batch_size=size,
            optimizer={"name": "adam", "learning_rate": 0.003},
        )
        for size in (1, 128)
    ),
    1,
    _batches,
)

WIDE = {"kind": "function", "formula": "sin(x / 30)", "low": -100.0, "high": 100.0, "noise": 0.05}


def _preprocessing(seen: Sequence[Seen]) -> Found:
    losses = [each.loss() for each in seen]
    explained = [each.explained() for each in seen]
    faster, better = losses[1] < 0.7 * losses[0], explained[1] > explained[0] + 0.02
    return Found(
        judged(holds=faster and better, in_part=faster or better),
        (
            number("training loss of A", "A의 훈련 손실", f"{losses[0]:.4f}"),
            number("training loss of B", "B의 훈련 손실", f"{losses[1]:.4f}"),
            number("explained variance of A, test", "A가 설명한 분산(시험)", f"{explained[0]:.1%}"),
            number("explained variance of B, test", "B가 설명한 분산(시험)", f"{explained[1]:.1%}"),
        ),
        Words(
            "Inputs of ±100 drive the units of A into saturation at once. Brought to mean 0 and "
            "variance 1, as B's first layer does, they meet the units where they bend.",
            "±100의 입력은 A의 뉴런을 곧바로 포화시킨다. B의 첫 층처럼 평균 0, 분산 1로 맞추면 "
            "뉴런이 꺾이는 자리에서 만난다.",
        ),
    )


PREPROCESSING = Lesson(
    "preprocessing",
    (
        Words(
            "Play both runs: x goes from -100 to 100. A takes it as it is, B's first layer "
            "normalises it over the batch.",
            "두 실행을 재생하십시오. x는 -100에서 100까지입니다. A는 그대로 받고, B의 첫 층은 "
            "배치에서 정규화합니다.",
        ),
        Words(
            "Choose another range, from -2 to 2 with sin(x): does B still gain anything?",
            "범위를 -2에서 2까지, 식을 sin(x)로 바꿔 보십시오. 그래도 B가 이득입니까?",
        ),
        Words(
            "Change A's learning rate and see whether that makes up for it.",
            "A의 학습률을 바꿔 만회할 수 있는지 보십시오.",
        ),
    ),
    (
        Words(
            "A's distributions: the sums are huge, and most outputs sit at -1 and 1.",
            "A의 분포: 합이 매우 크고, 출력은 대부분 -1과 1에 있습니다.",
        ),
        Words(
            "The health panel says that A's inputs are not scaled, or its units saturated.",
            "‘상태’가 A의 입력이 크거나 뉴런이 포화되었다고 알립니다.",
        ),
    ),
    tuple(
        recipe(
            WIDE,
            *before,
            dense(20, "tanh"),
            batch_size=32,
            optimizer={"name": "adam", "learning_rate": 0.01},
        )
        for before in ((), ({"kind": "batch_normalization"},))
    ),
    60,
    _preprocessing,
)


def _descent(seen: Sequence[Seen]) -> Found:
    good, large = seen
    t = good.data.t_train
    least = float(np.square(t - _fitted(good.data.x_train, t)).mean())
    error = good.model.check_gradients(good.x[:20], good.t[:20]).largest
    near = good.loss() < 1.1 * least + 1e-3
    first = float(large.run.curves.column("train")[0])
    away = large.run.diverged or large.loss() > 10.0 * max(first, 1e-12)
    return Found(
        judged(holds=near and away and error < 1e-6, in_part=near or away),
        (
            number("loss of A", "A의 손실", f"{good.loss():.5f}"),
            number("least loss of a plane", "평면으로 가능한 가장 작은 손실", f"{least:.5f}"),
            number(
                "loss of B",
                "B의 손실",
                "∞" if large.run.diverged else f"{large.loss():.2g}",
            ),
            number(
                "backpropagation against numerical gradient",
                "역전파와 수치 미분의 차이",
                f"{error:.0e}",
            ),
        ),
        Words(
            "A goes down to the bottom; B's steps jump over it, further each time.",
            "A는 바닥까지 내려가고, B의 걸음은 바닥을 뛰어넘어 점점 멀어진다.",
        ),
    )


def _fitted(x: Array, t: Array) -> Array:
    """Return what the best plane through the points answers."""
    inputs = np.column_stack([x, np.ones(len(x))]).astype(np.float64)
    best, *_ = np.linalg.lstsq(inputs, t.astype(np.float64), rcond=None)
    return np.asarray(inputs @ best)


GRADIENT_DESCENT = Lesson(
    "gradient-descent",
    (
        Words(
            "Play both runs: one linear unit learns a plane by plain gradient descent; A with a "
            "learning rate of 0.3, B with 1.5.",
            "두 실행을 재생하십시오. 선형 뉴런 하나가 경사 하강법으로 평면을 학습합니다. A의 "
            "학습률은 0.3, B는 1.5입니다.",
        ),
        Words(
            "Let B take single steps and read the bias in the unit's arithmetic: it jumps from "
            "one side to the other, further each time.",
            "B를 한 걸음씩 진행하며 뉴런의 계산에서 편향을 읽으십시오. 이쪽저쪽으로 점점 더 멀리 "
            "뜁니다.",
        ),
        Words(
            "Set A's rate to 0.000001, then look for the largest rate at which it still converges.",
            "A의 학습률을 0.000001로 해 보고, 수렴하는 가장 큰 학습률을 찾아보십시오.",
        ),
    ),
    (
        Words(
            "A's loss falls fast at first and then slowly, to the noise; B's rises.",
            "A의 손실은 처음에 빨리, 그다음 천천히 잡음 수준까지 내려가고, B는 올라갑니다.",
        ),
        Words(
            "The size of the gradient: in A it goes to 0, in B it grows.",
            "기울기의 크기: A는 0으로 가고 B는 커집니다.",
        ),
    ),
    tuple(
        recipe("plane", optimizer={"name": "gradient_descent", "learning_rate": rate})
        for rate in (0.3, 1.5)
    ),
    30,
    _descent,
)


def _optimizers(seen: Sequence[Seen]) -> Found:
    losses = [each.loss() for each in seen]
    epochs = min(each.epochs for each in seen)
    ratio = losses[1] / losses[0]
    return Found(
        judged(holds=ratio < 0.7, in_part=ratio < 1.0),
        (
            number("training loss of A", "A의 훈련 손실", f"{losses[0]:.4f}"),
            number("training loss of B", "B의 훈련 손실", f"{losses[1]:.4f}"),
            number("epochs of both at least", "둘의 에폭(적어도)", f"{epochs}"),
        ),
        Words(
            "At these rates B is ahead. A comparison at one rate says little: give each its best.",
            "이 학습률에서는 B가 앞선다. 한 학습률에서의 비교는 많은 것을 말하지 않는다. 각각 "
            "가장 좋은 학습률을 주라.",
        )
        if ratio < 1.0
        else Words(
            "At these rates A is ahead: the rate counts as much as the rule.",
            "이 학습률에서는 A가 앞선다. 규칙만큼 학습률도 중요하다.",
        ),
    )


OPTIMIZERS = Lesson(
    "optimizers",
    (
        Words(
            "Play both runs on the digits: the same network, A by SGD, B by Adam.",
            "숫자에서 두 실행을 재생하십시오. 같은 신경망이고 A는 SGD, B는 Adam입니다.",
        ),
        Words(
            "Raise A's rate to 0.1, then 0.3. Can it catch up?",
            "A의 학습률을 0.1, 0.3으로 올려 보십시오. 따라잡습니까?",
        ),
        Words(
            "Give B momentum, Adagrad, RMSprop, Nesterov, each with a rate that suits it.",
            "B를 모멘텀, Adagrad, RMSprop, Nesterov로 바꾸고 각각 알맞은 학습률을 주십시오.",
        ),
    ),
    (
        Words(
            "The curves of both in one plot, over the same epochs.",
            "같은 에폭에서 두 곡선을 함께 보십시오.",
        ),
        Words(
            "The size of the gradient: Adam's steps do not depend on it.",
            "기울기의 크기: Adam의 걸음은 그것에 좌우되지 않습니다.",
        ),
    ),
    tuple(
        recipe(
            "digits",
            *(dense(50, "relu", initializer="he_normal") for _ in range(3)),
            batch_size=128,
            optimizer={"name": name, "learning_rate": rate},
        )
        for name, rate in (("sgd", 0.03), ("adam", 0.003))
    ),
    8,
    _optimizers,
)


def kept(seen: Seen) -> float:
    """Return the spread of the last hidden layer's outputs relative to the first's, at first."""
    outputs = [each.z for each in seen.fresh.forward(seen.x)]
    first = len(seen.data.preparation)
    hidden = outputs[first : first + len(seen.layers)]
    return spread(hidden[-1]) / max(spread(hidden[0]), 1e-30)


def _initialisation(seen: Sequence[Seen]) -> Found:
    shares = [kept(each) for each in seen]
    collapsed, level = shares[0] < 0.01, 0.1 < shares[1] < 10.0
    return Found(
        judged(holds=collapsed and level, in_part=collapsed or level),
        (
            number(
                "spread in the last hidden layer against the first, A",
                "첫 은닉층에 대한 마지막 은닉층의 퍼짐, A",
                f"{shares[0]:.1e}",
            ),
            number(
                "spread in the last hidden layer against the first, B",
                "첫 은닉층에 대한 마지막 은닉층의 퍼짐, B",
                f"{shares[1]:.2g}",
            ),
            accuracy_of("A", seen[0]),
            accuracy_of("B", seen[1]),
        ),
        Words(
            "Weights that are too small make every layer paler, until all samples look the same; "
            "of variance 1/n they keep the spread.",
            "가중치가 너무 작으면 층마다 차이가 줄어 모든 표본이 같아 보인다. 분산이 1/n이면 "
            "퍼짐이 유지된다.",
        ),
    )


INITIALISATION = Lesson(
    "initialisation",
    (
        Words(
            "Before you play: look at the distributions of both runs. A's first weights have a "
            "standard deviation of 0.01, B's are Glorot's.",
            "재생하기 전에 두 실행의 분포를 보십시오. A의 첫 가중치는 표준편차 0.01, B는 글로럿 "
            "초깃값입니다.",
        ),
        Words(
            "Play both, and ask for the verdict.",
            "둘 다 재생하고 판정을 물어 보십시오.",
        ),
        Words(
            "Change A's standard deviation to 1: now the outputs crowd at -1 and 1. Then give both "
            "the sigmoid, then ReLU with He's weights.",
            "A의 표준편차를 1로 바꾸면 출력이 -1과 1에 몰립니다. 그다음 둘 다 시그모이드로, 그다음 "
            "He 초깃값의 ReLU로 바꿔 보십시오.",
        ),
    ),
    (
        Words(
            "In A each layer's distribution is narrower than the one before it; in B they stay "
            "alike.",
            "A에서는 층마다 분포가 앞 층보다 좁아지고, B에서는 비슷합니다.",
        ),
        Words(
            "A's loss stays at 2.30 for long: with almost equal outputs almost no gradient passes.",
            "A의 손실은 오래 2.30에 머뭅니다. 출력이 거의 같으면 기울기도 거의 전해지지 않습니다.",
        ),
    ),
    tuple(
        recipe(
            "digits",
            *(dense(50, "tanh", initializer=start) for _ in range(5)),
            batch_size=100,
            optimizer={"name": "sgd", "learning_rate": 0.1},
        )
        for start in ({"name": "random_normal", "stddev": 0.01}, "glorot_normal")
    ),
    0,
    _initialisation,
)

LESSONS = (
    BATCHES,
    PREPROCESSING,
    GRADIENT_DESCENT,
    OPTIMIZERS,
    INITIALISATION,
)
