"""Zero-centred outputs: gradients of one sign, the zigzag, and its effect in practice."""

from typing import TYPE_CHECKING, Any

import numpy as np

from badak import Input, Sequential, activations, losses
from badak.activations import Activation
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.learning_speed import learn_until
from badak.layers import Dense, Flatten, Rescaling
from badak.optimizers import rules
from badak.typing import Array

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

# Moved, with the same derivative: sigmoid(x) - 1/2, which is tanh(x / 2) / 2, and tanh(x) + 1.
CENTRED = Activation("centred_sigmoid", lambda x: 0.5 * np.tanh(0.5 * x), lambda y: 0.25 - y * y)
LIFTED = Activation("lifted_tanh", lambda x: 1.0 + np.tanh(x), lambda y: 2.0 * y - y * y)
ACTIVATIONS: dict[str, Any] = {
    "sigmoid": "sigmoid",
    "centred": CENTRED,
    "lifted": LIFTED,
    "tanh": "tanh",
}
BATCHES = (1, 10, 100)
UNITS, SHARES = 50, 20  # units of a layer, and batches whose gradients are examined
TARGET, NEAR = np.array([1.0, -1.0]), 0.05  # of the walk from (0, 0), and how near it ends
WALK_RATE, STEPS = 0.1, 2000
RATES, COMMON = (0.1, 0.3, 1.0, 3.0), 0.3
GOAL, EPOCHS, BATCH, SEEDS, SAMPLES = 0.15, 40, 32, 3, 1500
FASTER = 1.5  # times as fast: the least that counts as a difference


@statement(
    number=7,
    name="zero-centred",
    title=Words("Outputs that are not zero-centred", "중심이 0이 아닌 출력"),
    claim=Words(
        "The sigmoid's outputs are all positive, not zero-centred. So the gradients of all "
        "weights of a unit in the next layer have the same sign, the weights can only all "
        "increase or all decrease, and learning zigzags and is slow. tanh, which is zero-centred, "
        "is better.",
        "시그모이드의 출력은 모두 양수라 중심이 0이 아니다. 그래서 다음 층 뉴런의 가중치 기울기가 "
        "모두 같은 부호가 되어 가중치가 함께 커지거나 함께 작아질 수만 있고, 학습이 지그재그로 "
        "움직여 느리다. 중심이 0인 tanh가 낫다.",
    ),
    source=Words(
        "Notes on activation functions, drawbacks of the sigmoid (after Stanford's CS231n)",
        "활성화 함수 노트, 시그모이드의 단점 (스탠퍼드 CS231n)",
    ),
    method=Words(
        f"The share of second-layer units whose {UNITS} weight gradients have the same sign, by "
        "batch size; the path of two weights from (0, 0) to (1, -1) by SGD, with sigmoid or tanh "
        "of the same random numbers as inputs; the epochs of training on the images, also with "
        "sigmoid - 1/2 and tanh + 1, which have the derivatives of the two and differ only in the "
        f"centre ({SEEDS} seeds, SGD, learning rates {RATES[0]:g} to {RATES[-1]:g}, to a training "
        f"loss of {GOAL:g}).",
        f"두 번째 층의 뉴런 가운데 가중치 {UNITS}개의 기울기 부호가 모두 같은 것의 비율을 배치 "
        "크기별로 구한다. 같은 난수에 시그모이드나 tanh를 적용한 값을 입력으로 하여, 가중치 둘이 "
        "SGD로 (0, 0)에서 (1, -1)까지 움직이는 경로를 잰다. 끝으로 이미지를 학습하는 데 필요한 "
        "에폭을 센다. 이때 기울기는 그대로 두고 중심만 옮긴 '시그모이드 - 1/2'와 'tanh + 1'도 "
        f"비교한다(시드 {SEEDS}개, SGD, 학습률 {RATES[0]:g}~{RATES[-1]:g}, 훈련 손실 "
        f"{GOAL:g}까지).",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Count signs, follow the path of two weights, and train."""
    numbers: dict[str, float] = {}
    for name, h in ACTIVATIONS.items():
        for batch in BATCHES:
            numbers[f"one_sign_{name}_{batch}"] = one_sign(setting, h, batch)
    for name in ("sigmoid", "tanh"):
        for batch in BATCHES:
            paths = [walk(name, batch, setting.seed + seed) for seed in range(SEEDS)]
            numbers[f"path_{name}_{batch}"] = float(np.median([detour(path) for path in paths]))
            numbers[f"steps_{name}_{batch}"] = float(np.median([len(path) - 1 for path in paths]))
    curves = {}
    for name, h in ACTIVATIONS.items():
        epochs, curves[name] = epochs_by_rate(setting, h)
        best = min(epochs, key=lambda rate: epochs[rate])
        numbers[f"epochs_{name}"] = epochs[COMMON]
        numbers[f"best_{name}"] = epochs[best]
        numbers[f"best_rate_{name}"] = best

    signs = numbers["one_sign_sigmoid_1"] == 1.0 and numbers["one_sign_tanh_1"] < 0.01
    zigzag = numbers["path_sigmoid_1"] > 1.3 * numbers["path_tanh_1"]
    slowed = numbers["epochs_sigmoid"] > FASTER * numbers["epochs_centred"]
    verdict = Verdict.FAILS
    if signs and zigzag:
        verdict = Verdict.HOLDS if slowed else Verdict.IN_PART
    walks = {
        (name, batch): walk(name, batch, setting.seed)
        for name, batch in (("sigmoid", 1), ("sigmoid", 100), ("tanh", 1))
    }
    return Findings(
        verdict=verdict,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(
            Table(SIGNS, sign_rows(numbers), caption=SIGNS_CAPTION),
            Table(SPEED, speed_rows(numbers), caption=SPEED_CAPTION),
        ),
        draw=lambda canvas: draw(canvas, walks, curves),
        caption=FIGURE,
        size=(8.0, 4.4),
    )


def network_for(setting: Setting, h: Any, seed: int = 0) -> Sequential:
    """Return a network of two hidden layers for the images, untrained."""
    images = setting.images
    return Sequential(
        [
            Input(images.x_train.shape[1:]),
            Rescaling(1.0 / images.maximum),
            Flatten(),
            Dense(UNITS, h),
            Dense(UNITS, h),
            Dense(len(images.class_names), "softmax"),
        ],
        seed=setting.seed + seed,
    )


def one_sign(setting: Setting, h: Any, batch: int) -> float:
    """Return the share of second-layer units whose weight gradients all have the same sign."""
    images, model = setting.images, network_for(setting, h)
    shares = []
    for start in range(0, SHARES * batch, batch):
        one = slice(start % SAMPLES, start % SAMPLES + batch)
        kernel = model.gradients(images.x_train[one], images.y_train[one])[2]  # (inputs, units)
        shares.append(((kernel > 0.0).all(axis=0) | (kernel < 0.0).all(axis=0)).mean())
    return float(np.mean(shares))


def walk(name: str, batch: int, seed: int) -> Array:
    """Return the path (steps + 1, 2) of a linear unit's two weights from (0, 0) to TARGET.

    Its inputs are the activations of random numbers; one step a batch, until it is NEAR.
    """
    rng, squared = np.random.default_rng(seed), losses.get("mse")
    h, path = activations.get(name), [np.zeros(2)]
    while len(path) <= STEPS and np.linalg.norm(path[-1] - TARGET) > NEAR:
        x, w = h(rng.normal(scale=2.0, size=(batch, 2))), path[-1]
        at_y = squared.gradient((x @ w)[:, np.newaxis], (x @ TARGET)[:, np.newaxis])  # (batch, 1)
        path.append(rules.sgd(w, (x * at_y).mean(axis=0), WALK_RATE))
    return np.array(path)


def detour(path: Array) -> float:
    """Return the length of the path relative to the straight line."""
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    return float(lengths.sum() / np.linalg.norm(path[-1] - path[0]))


def epochs_by_rate(setting: Setting, h: Any) -> tuple[dict[float, float], Array]:
    """Return the median epochs to the goal at every rate, and one run's losses at COMMON."""
    x, t = setting.images.x_train[:SAMPLES], setting.images.y_train[:SAMPLES]
    epochs, curve = {}, np.empty(0)
    for rate in RATES:
        counts = []
        for seed in range(SEEDS):
            model = network_for(setting, h, seed)
            run = learn_until(model, x, t, rate=rate, goal=GOAL, epochs=EPOCHS, batch=BATCH)
            counts.append(len(run.losses) if run.reached else EPOCHS + 1)
            if rate == COMMON and seed == 0:
                curve = np.array(run.losses)
        epochs[rate] = float(np.median(counts))
    return epochs, curve


def sign_rows(numbers: dict[str, float]) -> tuple[tuple[Words | str, ...], ...]:
    """Return the shares of one sign and the lengths of the paths as rows."""
    return tuple(
        (
            str(batch),
            *(f"{numbers[f'one_sign_{name}_{batch}']:.0%}" for name in ("sigmoid", "tanh")),
            *(f"{numbers[f'path_{name}_{batch}']:.2f}" for name in ("sigmoid", "tanh")),
        )
        for batch in BATCHES
    )


def speed_rows(numbers: dict[str, float]) -> tuple[tuple[Words | str, ...], ...]:
    """Return the epochs as rows."""
    return tuple(
        (
            NAMES[name],
            f"{numbers[f'epochs_{name}']:.0f}",
            f"{numbers[f'best_{name}']:.0f}",
            f"{numbers[f'best_rate_{name}']:g}",
        )
        for name in ACTIVATIONS
    )


RESULT = Words(
    "For one image the share of second-layer units whose gradients all have the same sign is "
    "{one_sign_sigmoid_1:.0%} with the sigmoid and {one_sign_tanh_1:.0%} with tanh; in batches of "
    "100 it is still {one_sign_sigmoid_100:.0%} with the sigmoid. Sample by sample the path is "
    "{path_sigmoid_1:.1f} times as long as the straight line ({path_tanh_1:.1f} with tanh), in "
    f"batches of 100 only {{path_sigmoid_100:.2f}} times. At a learning rate of {COMMON:g} "
    "training takes {epochs_sigmoid:.0f} epochs with the sigmoid and {epochs_tanh:.0f} with tanh; "
    "but the zero-centred sigmoid still takes {epochs_centred:.0f}, and tanh moved off centre "
    "{epochs_lifted:.0f}.",
    "이미지 한 장에서 두 번째 층 뉴런의 기울기 부호가 모두 같은 비율은 시그모이드 "
    "{one_sign_sigmoid_1:.0%}, tanh {one_sign_tanh_1:.0%}이고, 100장 배치에서도 시그모이드는 "
    "{one_sign_sigmoid_100:.0%}다. 표본을 하나씩 학습하면 경로가 직선의 "
    "{path_sigmoid_1:.1f}배(tanh {path_tanh_1:.1f}배)지만, 크기 100인 배치에서는 "
    f"{{path_sigmoid_100:.2f}}배다. 학습률 {COMMON:g}에서 시그모이드는 {{epochs_sigmoid:.0f}} "
    "에폭, tanh는 {epochs_tanh:.0f} 에폭이 걸리는데, 중심을 0으로 옮긴 시그모이드도 "
    "{epochs_centred:.0f} 에폭이 걸리고, 중심이 0에서 벗어나게 옮긴 tanh는 {epochs_lifted:.0f} "
    "에폭이 걸린다.",
)
WHY = Words(
    "The gradient of a weight is its input times the gradient at its unit. For one sample this "
    "second factor is the same for all weights of the unit, so with positive inputs all weights "
    "increase together or decrease together. If one has to increase and another to decrease, the "
    "path is a zigzag. A batch averages samples that pull in different directions, so its "
    "gradient points almost straight to the goal, though many of its components still have the "
    "same sign.\n\n"
    "How much of tanh's advantage is due to this? At one learning rate little: the zero-centred "
    "sigmoid is hardly faster, and tanh moved off centre is much faster than either sigmoid. The "
    "advantage comes from the derivative, which is 1 at 0 for tanh and 1/4 for the sigmoid, and "
    "which is multiplied into the gradient in every layer. At the best learning rate of each, "
    "which compensates for a small derivative, the sigmoid takes {best_sigmoid:.0f} epochs, the "
    "zero-centred sigmoid {best_centred:.0f}, tanh {best_tanh:.0f}: there being zero-centred does "
    "help.",
    "가중치의 기울기는 그 입력과 뉴런까지 역전파된 기울기의 곱이다. 표본 하나에서 두 번째 인수는 "
    "그 뉴런의 모든 가중치에 대해 같으므로, 입력이 모두 양수이면 가중치가 다 함께 커지거나 다 "
    "함께 작아진다. 하나는 커지고 하나는 작아져야 한다면 지그재그로 갈 수밖에 없다. 배치는 서로 "
    "다른 방향으로 당기는 표본들을 평균하므로, 부호가 같은 기울기가 많이 남더라도 방향은 거의 "
    "곧다.\n\n"
    "tanh가 앞서는 것은 얼마나 그 때문일까? 같은 학습률에서는 거의 그 때문이 아니다. 중심을 0으로 "
    "옮긴 시그모이드는 별로 빨라지지 않고, 중심이 0에서 벗어나게 옮긴 tanh는 두 시그모이드보다 "
    "훨씬 빠르다. 차이는 기울기에서 온다. 0에서 tanh의 기울기는 1, 시그모이드는 1/4이고, 층마다 "
    "이것이 곱해진다. 작은 기울기를 보완하는 각자의 가장 좋은 학습률에서는 시그모이드 "
    "{best_sigmoid:.0f} 에폭, 중심을 0으로 옮긴 시그모이드 {best_centred:.0f} 에폭, tanh "
    "{best_tanh:.0f} 에폭으로, 여기서는 중심이 0인 것이 도움이 된다.",
)
NAMES = {
    "sigmoid": Words("sigmoid", "시그모이드"),
    "centred": Words("sigmoid - 1/2", "시그모이드 - 1/2"),
    "lifted": Words("tanh + 1", "tanh + 1"),
    "tanh": Words("tanh", "tanh"),
}
SIGNS_CAPTION = Words(
    "Share of units whose gradients all have the same sign, and length of the path relative to "
    "the straight line",
    "기울기 부호가 모두 같은 뉴런의 비율, 그리고 직선거리에 대한 경로 길이의 비",
)
SIGNS = (
    Words("batch size", "배치 크기"),
    Words("same sign, sigmoid", "같은 부호, 시그모이드"),
    Words("same sign, tanh", "같은 부호, tanh"),
    Words("path, sigmoid", "경로, 시그모이드"),
    Words("path, tanh", "경로, tanh"),
)
SPEED_CAPTION = Words(
    f"Epochs to a training loss of {GOAL:g}; {EPOCHS + 1} where it is not reached",
    f"훈련 손실 {GOAL:g}까지의 에폭. 이르지 못하면 {EPOCHS + 1}",
)
SPEED = (
    Words("activation function", "활성화 함수"),
    Words(f"at learning rate {COMMON:g}", f"학습률 {COMMON:g}에서"),
    Words("at the best learning rate", "가장 좋은 학습률에서"),
    Words("best learning rate", "가장 좋은 학습률"),
)
FIGURE = Words(
    "Left: with sigmoid inputs and one sample at a time the two weights zigzag; with tanh they do "
    "so less, and in batches they go almost straight. Right: how fast the loss falls depends on "
    "the derivative, hardly on the centre.",
    "왼쪽: 시그모이드 입력의 표본을 하나씩 학습하면 두 가중치가 지그재그로 간다. tanh를 쓰면 "
    "덜하고, 배치로 학습하면 거의 곧게 간다. 오른쪽: 손실이 줄어드는 속도는 기울기에 달려 있고 "
    "중심과는 별 관계가 없다.",
)


def draw(canvas: "Canvas", walks: dict[tuple[str, int], Array], curves: dict[str, Array]) -> None:
    """Draw the paths of two weights, and the losses of training."""
    left, right = canvas.panels(1, 2, gap=0.3)
    for place, ((name, batch), path) in enumerate(walks.items()):
        label = canvas.say(f"{NAMES[name].en}, batch {batch}", f"{NAMES[name].ko}, 배치 {batch}")
        left.plot(*path.T, label=label, **(canvas.line(place) | {"linewidth": 1.3}))
    left.plot(*TARGET, "o", color=canvas.theme.ink)
    left.set_title(canvas.say("path of two weights", "두 가중치의 경로"))
    left.set_xlabel("w1")
    left.set_ylabel("w2", rotation=0)
    left.legend(loc="lower left")
    for place, (name, curve) in enumerate(curves.items()):
        number = np.arange(1, len(curve) + 1)
        right.semilogy(number, curve, label=canvas.say(*NAMES[name]), **canvas.line(place))
    right.set_title(canvas.say(f"training, learning rate {COMMON:g}", f"학습, 학습률 {COMMON:g}"))
    right.set_xlabel(canvas.say("epoch", "에폭"))
    right.set_ylabel(canvas.say("training loss", "훈련 손실"))
    right.legend()
