"""Lessons on layers without a bend."""

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
from badak.layers import Dense

ADAM = {"name": "adam", "learning_rate": 0.01}


def multiplied_out(seen: Seen) -> float:
    """Return how far a network of Dense layers lies from the one layer that they multiply out to.

    Relative to the largest weighted sum of the output, without its activation.
    """
    layers = [layer for layer in seen.model.layers if isinstance(layer, Dense)]
    kernel, bias = np.eye(len(layers[0].kernel)), np.zeros(len(layers[0].kernel))
    for layer in layers:
        given = layer.kernel.astype(np.float64)
        kernel, bias = kernel @ given, bias @ given + layer.weights.get("bias", 0.0)
    sums = seen.model.outputs(seen.x, last_activation=False)
    return float(np.abs(sums - (seen.x @ kernel + bias)).max() / np.abs(sums).max())


def _layers(seen: Sequence[Seen]) -> Found:
    linear, bent = (each.accuracy() for each in seen)
    apart = multiplied_out(seen[0])
    same = apart < 1e-4
    return Found(
        judged(holds=same and linear < 0.75 and bent > 0.95, in_part=same or bent > linear + 0.1),
        (
            accuracy_of("A", seen[0]),
            accuracy_of("B", seen[1]),
            number(
                "A's layers against the one they multiply out to",
                "A의 층들과 그것을 곱한 한 층의 차이",
                f"{apart:.0e}",
            ),
        ),
        Words(
            "A's layers, multiplied, are one layer that answers the same."
            if same
            else "A's layers no longer multiply out to one: one of them bends.",
            "A의 층들을 곱한 한 층이 똑같이 답한다."
            if same
            else "A의 층들은 이제 한 층으로 합쳐지지 않는다. 꺾이는 층이 있기 때문이다.",
        ),
    )


LINEAR_LAYERS = Lesson(
    "linear-layers",
    (
        Words(
            "Play both runs. Both have three hidden layers of 8 units; A's are linear (identity), "
            "B's are ReLU.",
            "두 실행을 재생하십시오. 둘 다 뉴런 8개인 은닉층이 셋이고, A는 선형(identity), B는 "
            "ReLU입니다.",
        ),
        Words(
            "Add more linear layers to A, or make them wider. Does its boundary bend?",
            "A에 선형 층을 더하거나 넓혀 보십시오. 경계가 굽습니까?",
        ),
        Words(
            "Change the activation of one of A's layers to ReLU while it trains.",
            "학습하는 동안 A의 한 층만 활성화 함수를 ReLU로 바꿔 보십시오.",
        ),
    ),
    (
        Words(
            "A's units all draw straight lines, in every layer.",
            "A의 뉴런은 어느 층에서나 모두 직선을 그립니다.",
        ),
        Words(
            "As soon as one layer of A bends, the accuracy rises, and the verdict's last number "
            "is no rounding error any more.",
            "A의 한 층이라도 꺾이면 정확도가 오르고, 판정의 마지막 값이 더 이상 반올림 오차 "
            "크기가 아닙니다.",
        ),
    ),
    (
        recipe("circle", *(dense(8, "identity") for _ in range(3)), optimizer=ADAM),
        recipe("circle", *(dense(8, "relu") for _ in range(3)), optimizer=ADAM),
    ),
    20,
    _layers,
)


def _slope(seen: Sequence[Seen]) -> Found:
    linear, step = seen
    sizes = [float(np.linalg.norm(each.kernel_gradients(100)[0])) for each in seen]
    right = linear.accuracy(training=True)
    flat = not any(
        layer.activation is not None and layer.activation.name != "identity"
        for layer in linear.layers
    )
    learns = right > 0.9 and sizes[0] > 0.0
    return Found(
        judged(holds=flat and not learns, in_part=flat),
        (
            number("training accuracy of A", "A의 훈련 정확도", f"{right:.1%}"),
            number(
                "training accuracy of B", "B의 훈련 정확도", f"{step.accuracy(training=True):.1%}"
            ),
            number(
                "size of the first layer's gradient, A", "첫 층 기울기의 크기, A", f"{sizes[0]:.2g}"
            ),
            number(
                "size of the first layer's gradient, B", "첫 층 기울기의 크기, B", f"{sizes[1]:.2g}"
            ),
        ),
        Words(
            "A's slope is the constant 1, and backpropagation works all the same: the gradient of "
            "a weight is its input times what comes back. What does block it is the step "
            "function, whose slope is 0.",
            "A의 기울기는 상수 1이지만 역전파는 잘 된다. 가중치의 기울기는 그 입력에 되돌아온 값을 "
            "곱한 것이다. 정말로 막는 것은 기울기가 0인 계단 함수다.",
        ),
    )


LINEAR_SLOPE = Lesson(
    "linear-slope",
    (
        Words(
            "Play both runs on the digits: A's hidden layers are linear, B's are steps.",
            "숫자에서 두 실행을 재생하십시오. A의 은닉층은 선형, B의 은닉층은 계단 함수입니다.",
        ),
        Words(
            "Click a weight of the first layer in A, then in B, and read its gradient.",
            "A와 B에서 첫 층의 가중치를 눌러 기울기를 읽어 보십시오.",
        ),
        Words(
            "Give B's layers the sigmoid while it trains: the first layer begins to learn.",
            "학습하는 동안 B의 층을 시그모이드로 바꾸면 첫 층이 학습을 시작합니다.",
        ),
    ),
    (
        Words(
            "A's accuracy rises above 95%: so backpropagation is possible.",
            "A의 정확도는 95%를 넘습니다. 역전파가 된다는 뜻입니다.",
        ),
        Words(
            "In B the first layers' gradients are exactly 0; only the output layer learns, from "
            "random features.",
            "B에서는 앞 층의 기울기가 정확히 0이고, 출력층만 무작위 특성으로 학습합니다.",
        ),
    ),
    (
        recipe(
            "digits", dense(50, "identity"), dense(30, "identity"), batch_size=32, optimizer=ADAM
        ),
        recipe("digits", dense(50, "step"), dense(30, "step"), batch_size=32, optimizer=ADAM),
    ),
    10,
    _slope,
)

LESSONS = (LINEAR_LAYERS, LINEAR_SLOPE)
