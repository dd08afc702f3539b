"""Lessons on the output: its function, softmax, and the book's network."""

from collections.abc import Sequence

import numpy as np

from badak.activations.rowwise import naive_softmax, softmax
from badak.experiments.base import Words
from badak.experiments.softmax import first_failure
from badak.lab.lessons.base import (
    Found,
    Lesson,
    Seen,
    dense,
    judged,
    number,
    recipe,
)

FAR = 1000.0  # added to every sum: softmax does not change, its plain formula fails


def _softmax(seen: Sequence[Seen]) -> Found:
    (only,) = seen
    sums = only.model.outputs(only.data.x_test, last_activation=False).astype(np.float64)
    shares = softmax(sums)
    same = float((sums.argmax(axis=1) == shares.argmax(axis=1)).mean())
    moved = float(np.abs(softmax(sums + FAR) - shares).max())
    with np.errstate(over="ignore", invalid="ignore"):
        broken = float(np.isnan(naive_softmax(sums + FAR)).any(axis=1).mean())
    holds = same == 1.0 and moved < 1e-9 and broken == 1.0
    return Found(
        judged(holds=holds, in_part=same > 0.99),
        (
            number(
                "largest sum is largest share",
                "합이 가장 큰 것이 확률도 가장 큰 비율",
                f"{same:.1%}",
            ),
            number(
                "change of softmax when 1000 is added to all sums",
                "모든 합에 1000을 더했을 때 소프트맥스의 변화",
                f"{moved:.1g}",
            ),
            number(
                "of these the plain formula gives NaN for",
                "그때 식 그대로 계산하면 NaN인 비율",
                f"{broken:.0%}",
            ),
            number(
                "the plain formula fails in float32 from",
                "float32에서 식 그대로의 계산이 실패하는 입력",
                f"{first_failure('float32'):.1f}",
            ),
        ),
        Words(
            "The order of the sums is that of the shares, so the class is known before softmax.",
            "합의 순서가 확률의 순서라서, 클래스는 소프트맥스 전에 이미 정해진다.",
        ),
    )


SOFTMAX = Lesson(
    "softmax",
    (
        Words(
            "Play for some epochs. Then click an output unit and read its arithmetic: the sums of "
            "all units, their exponentials, and the share.",
            "몇 에폭 재생하고 출력 뉴런을 눌러 계산을 읽으십시오. 모든 뉴런의 합, 지수, 그리고 "
            "비율입니다.",
        ),
        Words(
            "Choose samples that the network gets wrong: how close are the two largest sums?",
            "신경망이 틀린 표본을 골라 보십시오. 가장 큰 두 합이 얼마나 가깝습니까?",
        ),
        Words(
            "Set the output to identity and the loss to mean squared error: it still classifies, "
            "by the largest sum.",
            "출력을 항등 함수로, 손실을 평균 제곱 오차로 바꿔 보십시오. 가장 큰 합으로 여전히 "
            "분류합니다.",
        ),
    ),
    (
        Words("The shares add up to 1 for every sample.", "비율의 합은 어느 표본에서나 1입니다."),
        Words(
            "The largest sum always has the largest share.",
            "합이 가장 큰 뉴런의 비율이 언제나 가장 큽니다.",
        ),
    ),
    (
        recipe(
            "digits",
            dense(30, "relu"),
            batch_size=32,
            optimizer={"name": "adam", "learning_rate": 0.003},
        ),
    ),
    1,
    _softmax,
)

CURVE = {"kind": "function", "formula": "2 * sin(x)", "low": -4.0, "high": 4.0, "noise": 0.1}


def _output(seen: Sequence[Seen]) -> Found:
    fit, other = (each.explained() for each in seen)
    return Found(
        judged(holds=fit > 0.9 and other < 0.7, in_part=fit > other + 0.05),
        (
            number("explained variance of A", "A가 설명한 분산", f"{fit:.1%}"),
            number("explained variance of B", "B가 설명한 분산", f"{other:.1%}"),
        ),
        Words(
            "Only the identity can answer any number; the sigmoid stays between 0 and 1.",
            "아무 수나 답할 수 있는 것은 항등 함수뿐이다. 시그모이드는 0과 1 사이에 머문다.",
        ),
    )


OUTPUT_LAYER = Lesson(
    "output-layer",
    (
        Words(
            "Play both runs: they learn the curve 2 sin x; A's output is the identity, B's the "
            "sigmoid, wrong on purpose.",
            "두 실행을 재생하십시오. 2 sin x 곡선을 학습하는데, A의 출력은 항등 함수이고 B는 "
            "일부러 틀리게 시그모이드입니다.",
        ),
        Words(
            "Give B tanh: how far does it reach? Then softmax, and read why badak refuses it.",
            "B를 tanh로 바꾸면 어디까지 닿습니까? 다음엔 소프트맥스로 바꾸고 badak이 거절하는 "
            "까닭을 읽으십시오.",
        ),
        Words(
            "Choose the digits for A with the output softmax, then sigmoid, and add up the "
            "outputs of a sample.",
            "A의 데이터를 숫자로 하고 출력을 소프트맥스, 다음엔 시그모이드로 해서 한 표본의 출력을 "
            "더해 보십시오.",
        ),
    ),
    (
        Words(
            "B's curve is cut off at 0 and 1; where the target is negative it lies flat at 0.",
            "B의 곡선은 0과 1에서 잘립니다. 목표가 음수인 곳에서는 0에 붙어 있습니다.",
        ),
        Words(
            "Softmax of a single unit always answers 1.",
            "뉴런 하나짜리 소프트맥스는 언제나 1입니다.",
        ),
    ),
    (
        recipe(CURVE, dense(32, "tanh"), optimizer={"name": "adam", "learning_rate": 0.01}),
        recipe(
            CURVE,
            dense(32, "tanh"),
            output={"activation": "sigmoid"},
            loss="mean_squared_error",
            optimizer={"name": "adam", "learning_rate": 0.01},
        ),
    ),
    30,
    _output,
)


def _book(seen: Sequence[Seen]) -> Found:
    (only,) = seen
    model, data = only.model, only.data
    x = data.x_test[:300]
    together = model.classify(x)
    single = np.array([model.classify(x[i : i + 1])[0] for i in range(len(x))])
    same = float((together == single).mean())
    right = only.accuracy()
    raw = model.classify(data.x_test.astype(np.float32) * np.float32(data.maximum))
    unscaled = float((raw == data.t_test).mean())
    return Found(
        judged(holds=same == 1.0 and 0.5 < unscaled < right, in_part=same == 1.0),
        (
            number("test accuracy", "시험 정확도", f"{right:.2%}"),
            number(
                "answers that are the same one at a time as in a batch",
                "한 장씩과 배치의 예측이 같은 비율",
                f"{same:.0%}",
            ),
            number(
                "test accuracy with pixel values as they are",
                "픽셀 값을 그대로 두었을 때의 시험 정확도",
                f"{unscaled:.2%}",
            ),
        ),
        Words(
            "A batch is computed row by row by the same sums. Pixel values as they are drive the "
            "sigmoids to 0 or 1, and still most answers stay right.",
            "배치도 행마다 같은 합으로 계산한다. 픽셀 값을 그대로 두면 시그모이드가 0이나 1로 "
            "몰리지만 예측은 대부분 그대로 맞는다.",
        ),
    )


BOOK_NETWORK = Lesson(
    "book-network",
    (
        Words(
            "Play: the book's network, 50 and 100 sigmoid units, learns the 8x8 digits that come "
            "with badak.",
            "재생하십시오. 책의 신경망(시그모이드 50개와 100개)이 badak에 든 8x8 숫자를 "
            "학습합니다.",
        ),
        Words(
            "Choose MNIST as data, if its files are on this machine.",
            "이 컴퓨터에 파일이 있으면 데이터를 MNIST로 바꿔 보십시오.",
        ),
        Words(
            "Draw digits and see which ones it mistakes.",
            "숫자를 그려 넣고 무엇을 틀리는지 보십시오.",
        ),
    ),
    (
        Words(
            "The confusion: which digit is most often taken for which.",
            "혼동 행렬: 어떤 숫자를 무엇으로 가장 자주 틀리는지 보십시오.",
        ),
        Words(
            "The distribution of the first layer's outputs: spread, not crowded at 0 and 1.",
            "첫 층 출력의 분포: 0과 1에 몰리지 않고 퍼져 있습니다.",
        ),
    ),
    (
        recipe(
            "digits",
            dense(50, "sigmoid"),
            dense(100, "sigmoid"),
            batch_size=100,
            optimizer={"name": "adam", "learning_rate": 0.01},
        ),
    ),
    20,
    _book,
)

LESSONS = (SOFTMAX, OUTPUT_LAYER, BOOK_NETWORK)
