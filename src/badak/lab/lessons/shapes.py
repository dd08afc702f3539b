"""Lessons on what a network can draw: one line, a step, bends."""

from collections.abc import Sequence

import numpy as np

from badak.experiments.base import Words
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

ADAM = {"name": "adam", "learning_rate": 0.03}


def _perceptron(seen: Sequence[Seen]) -> Found:
    one, two = (each.accuracy() for each in seen)
    holds, part = one < 0.85 and two > 0.95, one < 0.85 or two > 0.95
    return Found(
        judged(holds=holds, in_part=part),
        (accuracy_of("A", seen[0]), accuracy_of("B", seen[1])),
        Words(
            "One unit draws one straight line, and no line parts XOR. A layer before it moves the "
            "points so that a line does.",
            "뉴런 하나는 직선 하나를 긋고, XOR을 나누는 직선은 없다. 앞에 층을 하나 두면 점들이 "
            "옮겨져 직선으로 나눌 수 있다.",
        )
        if holds
        else Words(
            "With these data or networks the two do not differ as the statement says.",
            "이 데이터나 이 신경망에서는 주장만큼 둘이 다르지 않다.",
        ),
    )


PERCEPTRON = Lesson(
    "perceptron",
    (
        Words(
            "Play both runs. A is a single unit; B has a layer of four units before it.",
            "두 실행을 모두 재생하십시오. A는 뉴런 하나이고, B는 그 앞에 뉴런 4개인 층이 있습니다.",
        ),
        Words(
            "Choose the data “Two clouds” for A: there one unit is enough.",
            "A의 데이터를 ‘두 구름’으로 바꿔 보십시오. 거기서는 뉴런 하나로 충분합니다.",
        ),
        Words(
            "Back to XOR: take units from B's hidden layer, one after the other. With how few does "
            "it still work?",
            "다시 XOR에서 B의 은닉층 뉴런을 하나씩 줄여 보십시오. 몇 개까지 줄여도 됩니까?",
        ),
    ),
    (
        Words(
            "A's boundary stays a straight line however long you train: one of the four corners at "
            "least is on the wrong side.",
            "A의 경계는 아무리 학습해도 직선입니다. 네 귀퉁이 가운데 적어도 하나는 틀린 쪽에 "
            "있습니다.",
        ),
        Words(
            "In B click the hidden units: each draws a line of its own, and the last unit combines "
            "them.",
            "B의 은닉 뉴런을 눌러 보십시오. 각각 직선을 하나씩 긋고, 마지막 뉴런이 그것을 "
            "합칩니다.",
        ),
    ),
    (
        recipe("xor", optimizer=ADAM),
        recipe("xor", dense(4, "tanh"), optimizer=ADAM),
    ),
    30,
    _perceptron,
)

STEP_LINE = {"kind": "function", "formula": "x > 0", "low": -6.0, "high": 6.0, "noise": 0.0}


def _step(seen: Sequence[Seen]) -> Found:
    curves = [each.model.predict(each.data.grid(401))[:, 0].astype(np.float64) for each in seen]
    inside = all(((c >= 0.0) & (c <= 1.0)).all() for c in curves)
    rising = all((np.diff(c) >= 0.0).all() or (np.diff(c) <= 0.0).all() for c in curves)
    smooth, hard = (float(np.abs(np.diff(c)).max()) for c in curves)
    far = np.abs(seen[0].data.grid(401)[:, 0]) > 3.0
    apart = float(np.abs(curves[0] - curves[1])[far].max())
    holds = inside and rising and smooth < hard and apart < 0.1
    return Found(
        judged(holds=holds, in_part=inside and rising),
        (
            number("largest difference beyond ±3", "±3 밖에서 가장 큰 차이", f"{apart:.3f}"),
            number(
                "largest rise between neighbours, A",
                "이웃한 두 점 사이의 가장 큰 변화, A",
                f"{smooth:.3f}",
            ),
            number(
                "largest rise between neighbours, B",
                "이웃한 두 점 사이의 가장 큰 변화, B",
                f"{hard:.3f}",
            ),
        ),
        Words(
            "Both only rise and stay from 0 to 1. Far from the jump they agree; at the jump the "
            "sigmoid rises step by step.",
            "둘 다 단조롭고 0과 1 사이에 있다. 뛰는 자리에서 멀면 거의 같고, 그 자리에서 "
            "시그모이드는 조금씩 올라간다.",
        ),
    )


STEP_AND_SIGMOID = Lesson(
    "step-and-sigmoid",
    (
        Words(
            "Both runs learn a step at 0 with a single unit: A with the sigmoid, B with the step "
            "function. Play both.",
            "두 실행 모두 뉴런 하나로 0에서 뛰는 계단을 학습합니다. A는 시그모이드, B는 계단 "
            "함수입니다. 둘 다 재생하십시오.",
        ),
        Words(
            "Train A for long: its weight grows, and the curve comes ever closer to the step.",
            "A를 오래 학습하면 가중치가 커지면서 곡선이 계단에 점점 가까워집니다.",
        ),
        Words(
            "Type a formula of your own as A's output, such as 0.5 + 0.5 * tanh(x).",
            "A의 출력에 식을 직접 넣어 보십시오. 예: 0.5 + 0.5 * tanh(x).",
        ),
    ),
    (
        Words(
            "B's loss does not change: the slope of the step function is 0 wherever there is one, "
            "so no gradient reaches the weight. Open the unit's arithmetic to see the 0.",
            "B의 손실은 변하지 않습니다. 계단 함수의 기울기는 어디서나 0이라 가중치에 기울기가 "
            "전해지지 않습니다. 뉴런의 계산을 열면 그 0이 보입니다.",
        ),
        Words(
            "Far from 0 the two curves lie on each other; only near 0 is one smooth.",
            "0에서 멀면 두 곡선이 겹치고, 0 근처에서만 하나가 매끄럽습니다.",
        ),
    ),
    (
        recipe(
            STEP_LINE,
            output={"activation": "sigmoid"},
            loss="mean_squared_error",
            optimizer={"name": "adam", "learning_rate": 0.1},
            seed=1,
        ),
        recipe(
            STEP_LINE,
            output={"activation": "step"},
            loss="mean_squared_error",
            optimizer={"name": "adam", "learning_rate": 0.1},
            seed=1,
        ),
    ),
    20,
    _step,
)


def _depth(seen: Sequence[Seen]) -> Found:
    flat, deep = (each.accuracy() for each in seen)
    layers = len([layer for layer in seen[1].layers if getattr(layer, "units", 0)])
    holds = flat < 0.75 and deep > 0.95
    return Found(
        judged(holds=holds, in_part=deep > flat + 0.1),
        (
            accuracy_of("A", seen[0]),
            accuracy_of("B", seen[1]),
            number("hidden layers of B", "B의 은닉층 수", f"{layers}"),
        ),
        Words(
            "Without a hidden layer the boundary is one straight line; hidden layers bend it. Try "
            "how far one wide layer gets in place of several.",
            "은닉층이 없으면 경계는 직선 하나이고, 은닉층은 그것을 구부린다. 여러 층 대신 넓은 층 "
            "하나로 어디까지 되는지 해 보라.",
        ),
    )


DEPTH_AND_WIDTH = Lesson(
    "depth-and-width",
    (
        Words(
            "Play both runs on the spiral: A has no hidden layer, B has three of 16 units.",
            "나선에서 두 실행을 재생하십시오. A는 은닉층이 없고, B는 뉴런 16개인 은닉층이 "
            "셋입니다.",
        ),
        Words(
            "Remove layers from B until one is left. Then widen it: 32, 64, 128 units.",
            "B의 층을 하나만 남을 때까지 지우고, 그다음 그 층을 32, 64, 128개로 넓혀 보십시오.",
        ),
        Words(
            "Raise the noise to 0.5 and compare the training and the test loss of B.",
            "잡음을 0.5로 올리고 B의 훈련 손실과 시험 손실을 비교하십시오.",
        ),
    ),
    (
        Words(
            "What each unit does: in the first layer a line with a bend, in the next ones bent "
            "shapes.",
            "뉴런이 하는 일: 첫 층은 꺾인 직선, 다음 층은 굽은 모양입니다.",
        ),
        Words(
            "A wide layer gets there too, but takes more units and more epochs.",
            "넓은 층 하나도 할 수 있지만 뉴런과 에폭이 더 많이 듭니다.",
        ),
    ),
    (
        recipe("spiral", optimizer=ADAM),
        recipe(
            "spiral",
            *(dense(16, "relu", initializer="he_normal") for _ in range(3)),
            optimizer={"name": "adam", "learning_rate": 0.01},
        ),
    ),
    80,
    _depth,
)

LESSONS = (PERCEPTRON, STEP_AND_SIGMOID, DEPTH_AND_WIDTH)
