"""Saturation, and gradients that vanish towards the first layer."""

from typing import TYPE_CHECKING, Any

import numpy as np

from badak import Input, Sequential, activations
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit
from badak.initializers import RandomNormal
from badak.layers import Dense, Flatten, Rescaling
from badak.optimizers import Adam
from badak.typing import Array

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

SHOWN = ("sigmoid", "tanh", "relu")
AT = (0.0, 2.0, 5.0, 10.0)
INITIALIZERS = {  # of each activation, the one made for it
    "sigmoid": "glorot_uniform",
    "tanh": "glorot_uniform",
    "relu": "he_normal",
    "leaky_relu": "he_normal",
    "elu": "he_normal",
    "selu": "lecun_normal",
    "swish": "he_normal",
}
TITLES = ("sigmoid", "tanh", "ReLU", "LeakyReLU", "ELU", "SELU", "swish")
RELU_FAMILY = ("relu", "leaky_relu", "elu", "selu", "swish")
DEPTHS = (1, 5, 10, 20)
QUARTERS = 0.25 ** (DEPTHS[-1] - 1)
UNITS, BATCH, SEEDS = 50, 100, 5
SAMPLES, EPOCHS, TRAINED_DEPTH = 1500, 10, 10
LARGE = RandomNormal(stddev=1.0)  # weights that saturate tanh
VANISHED, KEPT = 1e-3, 0.1  # ratios of the first layer's gradient to the last hidden layer's
FLAT = 1e-3  # a derivative that counts as saturated


@statement(
    number=6,
    name="vanishing-gradients",
    title=Words("Saturation and vanishing gradients", "포화와 기울기 소실"),
    claim=Words(
        "Sigmoid and tanh saturate: far from 0 their derivative is nearly 0. So in deep networks "
        "the gradient vanishes on its way back to the first layers. ReLU does not saturate for "
        "positive input, and preserves the gradient.",
        "시그모이드와 tanh는 포화된다. 0에서 멀면 기울기가 0에 가깝고, 그래서 깊은 신경망에서는 "
        "앞 층으로 갈수록 기울기가 사라진다. ReLU는 양수에서 포화되지 않아 기울기가 유지된다.",
    ),
    source=Words(
        "Notes on activation functions, drawbacks of sigmoid and tanh (after Stanford's CS231n)",
        "활성화 함수 노트, 시그모이드와 tanh의 단점 (스탠퍼드 CS231n)",
    ),
    method=Words(
        f"Networks of 1 to {DEPTHS[-1]} hidden layers of {UNITS} units, with the initial weights "
        f"made for each activation function: for one batch of {BATCH} images, the root mean "
        "square of every layer's weight gradients, the ratio of the first hidden layer to the "
        f"last, median of {SEEDS} seeds. The networks with {TRAINED_DEPTH} hidden layers are then "
        f"trained for {EPOCHS} epochs.",
        f"뉴런 {UNITS}개인 은닉층이 1~{DEPTHS[-1]}개인 신경망을 활성화 함수마다 알맞은 초깃값으로 "
        f"만든다. 이미지 {BATCH}장의 배치에서 층마다 가중치 기울기의 제곱평균제곱근을 구해 첫 "
        f"은닉층과 마지막 은닉층의 비를 구한다(시드 {SEEDS}개의 중앙값). 은닉층이 "
        f"{TRAINED_DEPTH}개인 신경망은 {EPOCHS} 에폭 학습도 한다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Measure derivatives, then gradients from the last layer to the first, then learning."""
    numbers = {f"{name}_slope_{x:g}": derivative(name, x) for name in SHOWN for x in AT}
    for name, initializer in INITIALIZERS.items():
        for depth in DEPTHS:
            numbers[f"{name}_{depth}"] = first_to_last(setting, name, initializer, depth)
        numbers[f"{name}_right"] = learned(setting, name)
    deepest = DEPTHS[-1]
    numbers["tanh_large"] = first_to_last(setting, "tanh", LARGE, deepest)
    layers = {
        name: layer_sizes(setting, name, initializer, deepest)
        for name, initializer in INITIALIZERS.items()
    }

    saturate = numbers["sigmoid_slope_10"] < FLAT and numbers["tanh_slope_10"] < FLAT
    vanish = [numbers[f"{name}_{deepest}"] < VANISHED for name in ("sigmoid", "tanh")]
    kept = all(numbers[f"{name}_{deepest}"] > KEPT for name in RELU_FAMILY)
    verdict = Verdict.FAILS
    if saturate and kept and any(vanish):
        verdict = Verdict.HOLDS if all(vanish) else Verdict.IN_PART
    return Findings(
        verdict=verdict,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(
            Table(DERIVATIVES, derivative_rows(numbers), caption=DERIVATIVES_CAPTION),
            Table(RATIOS, ratio_rows(numbers), caption=RATIOS_CAPTION),
        ),
        draw=lambda canvas: draw(canvas, layers),
        caption=FIGURE,
        size=(8.0, 5.0),
    )


def derivative(name: str, x: float) -> float:
    """Return the activation's derivative at x."""
    h = activations.get(name)
    return float(h.derivative(np.array(x), h(np.array(x))))


def network_for(setting: Setting, name: str, initializer: Any, depth: int, seed: int) -> Sequential:
    """Return a network for the images, untrained."""
    images = setting.images
    hidden = [Dense(UNITS, name, kernel_initializer=initializer) for _ in range(depth)]
    shape, classes = images.x_train.shape[1:], len(images.class_names)
    before = [Input(shape), Rescaling(1.0 / images.maximum), Flatten()]
    return Sequential([*before, *hidden, Dense(classes, "softmax")], seed=setting.seed + seed)


def layer_sizes(setting: Setting, name: str, initializer: Any, depth: int) -> Array:
    """Return the size of a weight's gradient in every hidden layer, (depth,), median of seeds."""
    x, t = setting.images.x_train[:BATCH], setting.images.y_train[:BATCH]
    sizes = []
    for seed in range(SEEDS):
        kernels = network_for(setting, name, initializer, depth, seed).gradients(x, t)[:-2:2]
        sizes.append([np.sqrt((g.astype(np.float64) ** 2).mean()) for g in kernels])
    return np.median(sizes, axis=0)


def first_to_last(setting: Setting, name: str, initializer: Any, depth: int) -> float:
    """Return the ratio of the gradient's size in the first hidden layer to that in the last."""
    sizes = layer_sizes(setting, name, initializer, depth)
    return float(sizes[0] / sizes[-1])


def learned(setting: Setting, name: str) -> float:
    """Return the test accuracy of a deep network after training."""
    images = setting.images
    model = network_for(setting, name, INITIALIZERS[name], TRAINED_DEPTH, 0)
    model.compile(Adam(0.001))
    x, t = images.x_train[:SAMPLES], images.y_train[:SAMPLES]
    fit(model, x, t, batch_size=32, epochs=EPOCHS)
    return float((model.classify(images.x_test) == images.y_test).mean())


def derivative_rows(numbers: dict[str, float]) -> tuple[tuple[str, ...], ...]:
    """Return the derivatives as rows."""
    return tuple(
        (title, *(f"{numbers[f'{name}_slope_{x:g}']:.2g}" for x in AT))
        for name, title in zip(INITIALIZERS, TITLES, strict=True)
        if name in SHOWN
    )


def ratio_rows(numbers: dict[str, float]) -> tuple[tuple[str, ...], ...]:
    """Return the ratios and accuracies as rows."""
    return tuple(
        (
            title,
            initializer,
            *(f"{numbers[f'{name}_{depth}']:.2g}" for depth in DEPTHS[1:]),
            f"{numbers[f'{name}_right']:.1%}",
        )
        for (name, initializer), title in zip(INITIALIZERS.items(), TITLES, strict=True)
    )


RESULT = Words(
    "At 10 the sigmoid's derivative is {sigmoid_slope_10:.1e}, tanh's {tanh_slope_10:.1e}: both "
    f"saturate. But over {DEPTHS[-1]} layers only the sigmoid's gradient vanishes, to "
    f"{{sigmoid_{DEPTHS[-1]}:.0e}} of its size; with tanh the ratio is {{tanh_{DEPTHS[-1]}:.1f}}, "
    f"with ReLU {{relu_{DEPTHS[-1]}:.1f}}. With {TRAINED_DEPTH} hidden layers the test accuracy "
    "is {sigmoid_right:.1%} for sigmoid, {tanh_right:.1%} for tanh, {relu_right:.1%} for ReLU.",
    "10에서 기울기는 시그모이드 {sigmoid_slope_10:.1e}, tanh {tanh_slope_10:.1e}로 둘 다 "
    f"포화된다. 그러나 은닉층 {DEPTHS[-1]}개를 지나며 기울기가 사라지는 것은 "
    f"시그모이드뿐이다({{sigmoid_{DEPTHS[-1]}:.0e}}배). tanh는 {{tanh_{DEPTHS[-1]}:.1f}}배, "
    f"ReLU는 {{relu_{DEPTHS[-1]}:.1f}}배로 남는다. 은닉층 {TRAINED_DEPTH}개에서 시험 정확도는 "
    "시그모이드 {sigmoid_right:.1%}, tanh {tanh_right:.1%}, ReLU {relu_right:.1%}다.",
)
WHY = Words(
    "In backpropagation the gradient is multiplied in every layer by the weights and by the "
    "derivative of the activation function. The sigmoid's derivative is at most 1/4, at 0, where "
    "it is steepest: this quarter rather than saturation makes the gradient vanish, and 0.25 to "
    f"the power of {DEPTHS[-1] - 1} is {QUARTERS:.0e}. The derivative of tanh at 0 is 1; with "
    "Glorot initialisation, made for it, the weighted sums stay near 0 and the gradient keeps its "
    "size, as it does with ReLU and its variants.\n\n"
    "Does the gradient vanish if tanh is driven into saturation? With initial weights of standard "
    "deviation 1 most of its derivatives are near 0, and yet the gradient grows {tanh_large:,.0f} "
    "times towards the first layer, because the large weights outweigh the small derivatives. "
    "Saturation stops single units; the size of the gradient as a whole depends on derivatives "
    "and weights together.",
    "역전파에서 기울기는 층마다 가중치와 활성화 함수의 기울기를 곱한다. 시그모이드의 기울기는 "
    "가장 가파른 0에서도 1/4이다. 기울기가 사라지는 것은 포화보다 이 1/4 때문이다. 0.25의 "
    f"{DEPTHS[-1] - 1}제곱은 {QUARTERS:.0e}이다. tanh의 기울기는 0에서 1이고, 알맞은 글로럿 "
    "초깃값을 쓰면 가중합이 0 근처에 머물러 ReLU 계열처럼 기울기의 크기가 유지된다.\n\n"
    "tanh를 포화시키면 기울기가 사라질까? 초깃값의 표준편차가 1이면 tanh의 기울기가 대부분 0에 "
    "가까운데도, 앞 층의 기울기는 오히려 {tanh_large:,.0f}배로 커진다. 작은 기울기보다 큰 "
    "가중치의 영향이 더 크기 때문이다. 포화는 뉴런 하나하나의 학습을 멈추게 하지만, 전체 기울기의 "
    "크기는 활성화 함수의 기울기와 가중치가 함께 정한다.",
)
DERIVATIVES_CAPTION = Words("Derivative at x", "x에서의 기울기")
DERIVATIVES = (
    Words("activation function", "활성화 함수"),
    *(Words(f"x = {x:g}", f"x = {x:g}") for x in AT),
)
RATIOS_CAPTION = Words(
    "Ratio of the gradient in the first hidden layer to that in the last, by number of hidden "
    f"layers; and test accuracy with {TRAINED_DEPTH} after training",
    "은닉층 수에 따른 첫 은닉층 기울기와 마지막 은닉층 기울기의 비, 그리고 은닉층 "
    f"{TRAINED_DEPTH}개인 신경망을 학습한 뒤의 시험 정확도",
)
RATIOS = (
    Words("activation function", "활성화 함수"),
    Words("initial weights", "초깃값"),
    *(Words(f"{depth} layers", f"{depth}층") for depth in DEPTHS[1:]),
    Words("accuracy", "정확도"),
)
FIGURE = Words(
    "The sigmoid's gradients shrink to about a quarter with each layer towards the first; those "
    "of the others keep their size.",
    "시그모이드의 기울기는 앞 층으로 갈 때마다 약 1/4로 줄고, 나머지는 크기를 유지한다.",
)


def draw(canvas: "Canvas", layers: dict[str, Array]) -> None:
    """Draw the size of the gradients layer by layer."""
    for place, (sizes, title) in enumerate(zip(layers.values(), TITLES, strict=True)):
        label = canvas.say(title, "시그모이드" if title == "sigmoid" else title)
        number = np.arange(1, len(sizes) + 1)
        canvas.ax.semilogy(number, sizes / sizes[-1], label=label, **canvas.line(place))
    canvas.ax.set_xticks((1, 5, 10, 15, 20))
    canvas.ax.set_xlabel(
        canvas.say("hidden layer (1: next to the input)", "은닉층 번호(1이 입력층 쪽)")
    )
    canvas.ax.set_ylabel(canvas.say("gradient, last layer = 1", "기울기(마지막 층 = 1)"))
    canvas.title(None, "Size of the weights' gradients", "가중치 기울기의 크기")
    canvas.legend_below(columns=4, lines=3.0)
