"""Lessons on activation functions: what they do to gradients, and what they cost."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from badak.activations import Activation
from badak.experiments.activation_cost import inputs
from badak.experiments.base import Words
from badak.experiments.clock import fastest
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

GONE, KEPT = 1e-3, 0.1
"""Ratios of gradients, first layer to last: gone below the one, kept above the other."""


def first_to_last(seen: Seen) -> float:
    """Return the ratio of the gradient's size in the first hidden layer to that in the last.

    It is that of the first weights, where learning begins or does not.
    """
    gradients = seen.kernel_gradients(100, seen.fresh)[:-1]
    sizes = [np.sqrt(np.square(g.astype(np.float64)).mean()) for g in gradients]
    return float(sizes[0] / sizes[-1]) if sizes[-1] > 0.0 else 0.0


def _vanishing(seen: Sequence[Seen]) -> Found:
    ratios = [first_to_last(each) for each in seen]
    vanishes, kept = ratios[0] < GONE, ratios[1] > KEPT
    return Found(
        judged(holds=vanishes and not kept, in_part=vanishes),
        (
            number(
                "gradient of the first layer to the last, at first, A",
                "첫 층과 마지막 층의 기울기 비(처음), A",
                f"{ratios[0]:.1e}",
            ),
            number(
                "gradient of the first layer to the last, at first, B",
                "첫 층과 마지막 층의 기울기 비(처음), B",
                f"{ratios[1]:.2g}",
            ),
            accuracy_of("A", seen[0]),
            accuracy_of("B", seen[1]),
        ),
        Words(
            "A's gradient vanishes on its way back. If B's does not though it saturates as well, "
            "saturation is not the reason: the sigmoid's slope is at most 1/4, tanh's is 1."
            if vanishes
            else "A's gradient does not vanish: too few layers, or a function whose slope is near "
            "1.",
            "A의 기울기는 앞으로 갈수록 사라진다. B도 포화되는데 사라지지 않는다면 포화가 까닭이 "
            "아니다. 시그모이드의 기울기는 최대 1/4이고 tanh는 1이다."
            if vanishes
            else "A의 기울기는 사라지지 않는다. 층이 적거나 기울기가 1에 가까운 함수이기 때문이다.",
        ),
    )


VANISHING_GRADIENTS = Lesson(
    "vanishing-gradients",
    (
        Words(
            "Play both runs: ten hidden layers of 30 units, A with the sigmoid, B with tanh.",
            "두 실행을 재생하십시오. 뉴런 30개인 은닉층이 열이고, A는 시그모이드, B는 tanh입니다.",
        ),
        Words(
            "Take layers from A until it learns. How many are left?",
            "A가 학습할 때까지 층을 지워 보십시오. 몇 층이 남습니까?",
        ),
        Words(
            "Type an activation for A: tanh(x) / 4 has the slope of a sigmoid at 0.",
            "A의 활성화 함수에 tanh(x) / 4를 넣어 보십시오. 0에서 시그모이드와 기울기가 같습니다.",
        ),
    ),
    (
        Words(
            "In the distributions of gradients: in A each layer towards the first has about a "
            "quarter of the next one's; in B they stay alike.",
            "기울기의 분포: A에서는 앞 층으로 갈수록 약 1/4씩 줄고, B에서는 비슷하게 유지됩니다.",
        ),
        Words(
            "The loss of A stays at 2.30, that of guessing among ten classes.",
            "A의 손실은 열 클래스를 찍는 수준인 2.30에 머뭅니다.",
        ),
    ),
    tuple(
        recipe(
            "digits",
            *(dense(30, name) for _ in range(10)),
            batch_size=32,
            optimizer={"name": "adam", "learning_rate": 0.001},
        )
        for name in ("sigmoid", "tanh")
    ),
    15,
    _vanishing,
)

GOAL = 0.15


def one_sign(seen: Seen, samples: int = 50) -> float:
    """Return the share of second-layer units whose weight gradients have one sign, by sample."""
    shares = []
    for i in range(samples):
        gradients = seen.model.gradients(seen.x[i : i + 1], seen.t[i : i + 1])
        kernels = [each for each in gradients if each.ndim == 2]
        kernel = kernels[min(1, len(kernels) - 1)]
        shares.append(((kernel > 0.0).all(axis=0) | (kernel < 0.0).all(axis=0)).mean())
    return float(np.mean(shares))


def _zero_centred(seen: Sequence[Seen]) -> Found:
    shares = [one_sign(each) for each in seen]
    epochs = [each.epochs_to(GOAL) for each in seen]
    told = ["–" if count is None else str(count) for count in epochs]
    slow = epochs[1] is not None and (epochs[0] is None or epochs[0] >= 2 * epochs[1])
    signs = shares[0] > 0.9 and shares[1] < 0.1
    return Found(
        judged(holds=signs and slow, in_part=signs),
        (
            number(
                "second-layer units with gradients of one sign, A",
                "기울기의 부호가 모두 같은 둘째 층 뉴런, A",
                f"{shares[0]:.0%}",
            ),
            number(
                "second-layer units with gradients of one sign, B",
                "기울기의 부호가 모두 같은 둘째 층 뉴런, B",
                f"{shares[1]:.0%}",
            ),
            number(f"epochs to a loss of {GOAL}, A", f"손실 {GOAL}까지의 에폭, A", told[0]),
            number(f"epochs to a loss of {GOAL}, B", f"손실 {GOAL}까지의 에폭, B", told[1]),
        ),
        Words(
            "B is centred and faster. But is it faster because of that? Give B the formula "
            "sigmoid(x) - 0.5, which is centred and has the sigmoid's slope, and ask again."
            if slow
            else "B's gradients differ in sign, and it is hardly faster: what counts is the slope, "
            "1 for tanh at 0 and 1/4 for the sigmoid, not the centre.",
            "B는 중심이 0이고 더 빠르다. 그런데 그것이 까닭일까? B에 sigmoid(x) - 0.5를 넣어 "
            "보라. 중심은 0이고 기울기는 시그모이드와 같다. 그리고 다시 판정해 보라."
            if slow
            else "B의 기울기는 부호가 섞여 있지만 거의 빨라지지 않는다. 중요한 것은 중심이 아니라 "
            "기울기다. 0에서 tanh는 1, 시그모이드는 1/4이다.",
        ),
    )


ZERO_CENTRED = Lesson(
    "zero-centred",
    (
        Words(
            "Play both runs: two hidden layers, A with the sigmoid, B with tanh. Ask for the "
            "verdict.",
            "두 실행을 재생하십시오. 은닉층이 둘이고 A는 시그모이드, B는 tanh입니다. 판정을 "
            "확인하십시오.",
        ),
        Words(
            "Reset the lesson and type sigmoid(x) - 0.5 as the activation of B's layers: centred, "
            "with the slope of A. Play, and ask for the verdict again.",
            "처음으로 되돌리고 B의 활성화 함수에 sigmoid(x) - 0.5를 넣으십시오. 중심은 0, 기울기는 "
            "A와 같습니다. 재생하고 다시 판정하십시오.",
        ),
        Words(
            "Then tanh(x) + 1 in A: off centre, with tanh's slope.",
            "그다음 A에 tanh(x) + 1을 넣어 보십시오. 중심은 벗어나고 기울기는 tanh와 같습니다.",
        ),
    ),
    (
        Words(
            "In slow motion, one sample at a time: all weights of a unit in A's second layer go up "
            "together or down together.",
            "느린 재생으로 한 표본씩 볼 때, A의 둘째 층에서 한 뉴런의 가중치가 모두 함께 커지거나 "
            "함께 작아집니다.",
        ),
        Words(
            "The centred sigmoid is hardly faster than the sigmoid; tanh off centre is still fast.",
            "중심을 맞춘 시그모이드는 거의 빨라지지 않고, 중심을 옮긴 tanh는 여전히 빠릅니다.",
        ),
    ),
    tuple(
        recipe(
            "digits",
            dense(50, name),
            dense(50, name),
            batch_size=100,
            optimizer={"name": "sgd", "learning_rate": 0.3},
        )
        for name in ("sigmoid", "tanh")
    ),
    10,
    _zero_centred,
)

MANY, LEARNT = 0.4, 0.8


def _dying(seen: Sequence[Seen]) -> Found:
    dead = [each.dead() for each in seen]
    right = [each.accuracy() for each in seen]
    die = dead[0] >= MANY
    solved = dead[1] < 0.05 and right[1] > LEARNT
    if die and solved:
        says = Words(
            "Units died in A and stay dead; B learns without dead units, at a rate that it bears.",
            "A에서는 뉴런이 죽은 채로 있고, B는 견딜 수 있는 학습률에서 죽은 뉴런 없이 학습한다.",
        )
    elif die:
        says = Words(
            "Units die in A. B has no dead units, and does not learn either: its loss grows until "
            "it is no number. Steps that kill ReLUs are too large for other functions too; dead "
            "units are the symptom, a smaller rate is the remedy.",
            "A에서는 뉴런이 죽는다. B는 죽은 뉴런이 없는데도 학습하지 못하고 손실이 발산한다. "
            "ReLU를 죽이는 걸음은 다른 함수에도 너무 크다. 죽은 뉴런은 증상이고, 해결책은 더 작은 "
            "학습률이다.",
        )
    else:
        says = Words(
            "Few units are dead: the steps are small enough.",
            "죽은 뉴런이 적다. 걸음이 충분히 작다는 뜻이다.",
        )
    return Found(
        judged(holds=die and solved, in_part=die),
        (
            number("dead units of A", "A의 죽은 뉴런", f"{dead[0]:.0%}"),
            number("dead units of B", "B의 죽은 뉴런", f"{dead[1]:.0%}"),
            accuracy_of("A", seen[0]),
            accuracy_of("B", seen[1]),
        ),
        says,
    )


DYING_RELU = Lesson(
    "dying-relu",
    (
        Words(
            "Play A: two hidden layers of 50 ReLUs learn digits with steps that are much too "
            "large, a learning rate of 1. Within a few epochs the health panel says how many "
            "units never fire: dying ReLU. Then pause.",
            "A를 재생하십시오. ReLU 50개인 은닉층 둘이 너무 큰 학습률 1로 숫자를 학습합니다. 몇 "
            "에폭 안에 한 번도 활성화되지 않는 뉴런이 몇 개인지 ‘상태’에 나타납니다. 그때 "
            "멈추십시오.",
        ),
        Words(
            "Click a dead unit and read its arithmetic for several samples: the sum is below 0 "
            "every time, so the output is 0, the slope is 0, and the gradient of each of its "
            "weights is 0.",
            "죽은 뉴런을 눌러 여러 표본에서 계산을 읽으십시오. 합이 언제나 0보다 작아서 출력도 "
            "기울기도 0이고, 그 가중치의 기울기도 모두 0입니다.",
        ),
        Words(
            "Play B: the same with LeakyReLU, which passes a fifth of the gradient below 0, so "
            "that no unit can die. How does it fare? Ask for the verdict.",
            "B를 재생하십시오. 0보다 작을 때도 기울기의 5분의 1을 전하는 LeakyReLU라서 뉴런이 "
            "죽을 수 없고, 나머지는 같습니다. 어떻게 됩니까? 판정을 물어 보십시오.",
        ),
        Words(
            "Now set the learning rate of both to 0.05 and play on. B goes on from its last good "
            "epoch. Which of the two learns?",
            "이제 둘 다 학습률을 0.05로 낮추고 이어서 재생하십시오. B는 발산하기 전 마지막 "
            "에폭에서 이어 갑니다. 어느 쪽이 학습합니까?",
        ),
        Words(
            "Reset, and use 0.05 from the start. How many units are dead now?",
            "처음으로 되돌리고 처음부터 0.05로 해 보십시오. 이번에는 몇 개가 죽습니까?",
        ),
    ),
    (
        Words(
            "A dead unit's picture is of one colour, and its distribution is a single bar at 0.",
            "죽은 뉴런의 그림은 한 가지 색이고 분포는 0에 막대 하나입니다.",
        ),
        Words(
            "LeakyReLU has no dead units, and diverges at a rate of 1: the steps are too large "
            "for any function.",
            "LeakyReLU는 죽은 뉴런이 없지만 학습률 1에서 발산합니다. 어떤 함수에도 너무 큰 "
            "걸음입니다.",
        ),
        Words(
            "At the low rate B learns, while A's dead units stay dead: no gradient reaches their "
            "weights.",
            "학습률을 낮추면 B는 학습하지만 A의 죽은 뉴런은 그대로입니다. 가중치에 기울기가 닿지 "
            "않기 때문입니다.",
        ),
    ),
    tuple(
        recipe(
            "digits",
            *(dense(50, name, initializer="he_normal") for _ in range(2)),
            batch_size=32,
            optimizer={"name": "sgd", "learning_rate": 1.0},
        )
        for name in ("relu", "leaky_relu")
    ),
    5,
    _dying,
)

REACHED = 0.1


def _speed(seen: Sequence[Seen]) -> Found:
    epochs = [each.epochs_to(REACHED) for each in seen]
    counts = [
        each.epochs + 1 if count is None else count
        for count, each in zip(epochs, seen, strict=True)
    ]
    ratio = counts[1] / counts[0]
    told = ["–" if count is None else str(count) for count in epochs]
    known = epochs[0] is not None
    return Found(
        judged(holds=known and ratio >= 6.0, in_part=known and ratio >= 1.5),
        (
            number(f"epochs to a loss of {REACHED}, A", f"손실 {REACHED}까지의 에폭, A", told[0]),
            number(f"epochs to a loss of {REACHED}, B", f"손실 {REACHED}까지의 에폭, B", told[1]),
            number("B against A, at least", "A에 대한 B의 배수(적어도)", f"{ratio:.1f}"),
        ),
        Words(
            "At one rate ReLU is faster than the sigmoid. Give each its best rate, and tanh a "
            "chance, before you believe in a factor.",
            "같은 학습률에서는 ReLU가 시그모이드보다 빠르다. 몇 배라고 믿기 전에 각각 가장 좋은 "
            "학습률을 주고 tanh도 시험해 보라.",
        ),
    )


RELU_SPEED = Lesson(
    "relu-speed",
    (
        Words(
            "Play both runs: three hidden layers, A with ReLU, B with the sigmoid, at the same "
            "learning rate of 0.1.",
            "두 실행을 재생하십시오. 은닉층이 셋이고 A는 ReLU, B는 시그모이드, 학습률은 둘 다 "
            "0.1입니다.",
        ),
        Words(
            "Give B tanh instead. Is ReLU still faster?",
            "B를 tanh로 바꿔 보십시오. 그래도 ReLU가 더 빠릅니까?",
        ),
        Words(
            "Raise B's rate: 0.3, 1, 3. The sigmoid bears larger steps.",
            "B의 학습률을 0.3, 1, 3으로 올려 보십시오. 시그모이드는 더 큰 갱신을 견딥니다.",
        ),
    ),
    (
        Words(
            "How many epochs each needs to a loss of 0.1, and how that changes with the rate.",
            "손실 0.1까지 각각 몇 에폭이 걸리는지, 학습률에 따라 어떻게 달라지는지 보십시오.",
        ),
        Words(
            "B's loss lies flat for long before it falls.",
            "B의 손실은 오래 평평하다가 떨어집니다.",
        ),
    ),
    tuple(
        recipe(
            "digits",
            *(dense(50, name, initializer=start) for _ in range(3)),
            batch_size=32,
            optimizer={"name": "sgd", "learning_rate": 0.1},
        )
        for name, start in (("relu", "he_normal"), ("sigmoid", "glorot_uniform"))
    ),
    20,
    _speed,
)


def hidden_activation(seen: Seen) -> Activation:
    """Return the activation of the first of the user's layers that has one."""
    found = [layer.activation for layer in seen.layers if layer.activation is not None]
    return found[0] if found else seen.model.layers[-1].activation  # type: ignore[return-value]


def _cost(seen: Sequence[Seen]) -> Found:
    numbers = inputs(0)
    alone = fastest(
        {str(i): partial(hidden_activation(each), numbers) for i, each in enumerate(seen)}, 10
    )
    whole = fastest(
        {str(i): partial(each.model.predict, each.x) for i, each in enumerate(seen)}, 10
    )
    single, network = alone["1"] / alone["0"], whole["1"] / whole["0"]
    return Found(
        judged(holds=single > 1.2 and network > 1.2, in_part=single > 1.2 or network > 1.2),
        (
            number(
                "B against A, the function alone, in NumPy",
                "A에 대한 B의 배수, 함수만(NumPy)",
                f"{single:.1f}",
            ),
            number(
                "B against A, the whole network's answer",
                "A에 대한 B의 배수, 신경망 전체의 예측",
                f"{network:.2f}",
            ),
        ),
        Words(
            "Alone the exponential costs several comparisons. In a network the weighted sums cost "
            "so much more that it hardly shows.",
            "따로 재면 지수 함수는 비교보다 몇 배 비싸다. 신경망에서는 가중합이 훨씬 비싸서 거의 "
            "드러나지 않는다.",
        ),
    )


ACTIVATION_COST = Lesson(
    "activation-cost",
    (
        Words(
            "Play A alone at full speed and read the samples a second, then B alone.",
            "A만 전속력으로 재생해 초당 표본 수를 읽고, 그다음 B만 재생해 읽으십시오.",
        ),
        Words(
            "Make the layers narrow (4 units), then wide (500): where does the function count "
            "most?",
            "층을 좁게(뉴런 4개), 다음엔 넓게(500개) 해 보십시오. 함수의 비용이 어디서 더 "
            "드러납니까?",
        ),
        Words(
            "Type a formula with several exponentials, such as exp(-x*x) * sigmoid(x).",
            "지수가 여럿인 식을 넣어 보십시오. 예: exp(-x*x) * sigmoid(x).",
        ),
    ),
    (
        Words(
            "The verdict times the functions alone and the networks' answers; other programs on "
            "this machine disturb it, so ask twice.",
            "판정은 함수만의 시간과 신경망의 예측 시간을 잽니다. 다른 프로그램의 영향을 받으므로 "
            "두 번 확인하십시오.",
        ),
        Words(
            "What the sigmoid costs more in epochs than in time.",
            "시그모이드는 시간보다 에폭이 더 든다는 점을 보십시오.",
        ),
    ),
    tuple(
        recipe("digits", dense(100, name), dense(50, name), batch_size=100)
        for name in ("relu", "sigmoid")
    ),
    1,
    _cost,
)

LESSONS = (VANISHING_GRADIENTS, ZERO_CENTRED, DYING_RELU, RELU_SPEED, ACTIVATION_COST)
