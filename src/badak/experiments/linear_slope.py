"""A linear activation and backpropagation: constant derivative, but a useful gradient."""

import math
from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential, activations
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit
from badak.layers import Dense, Flatten, Rescaling
from badak.optimizers import Adam
from badak.typing import Array

if TYPE_CHECKING:
    from badak.pictures.canvas import Canvas

POINTS = np.linspace(-5.0, 5.0, 1001)
HIDDEN = (50, 30)
ACTIVATIONS = {
    "identity": Words("linear", "선형"),
    "relu": Words("ReLU", "ReLU"),
    "step": Words("step", "계단 함수"),
}
SAMPLES, BATCH = 1500, 32  # of the images
XOR = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
EPOCHS = {"images": 15, "xor": 300}
GUESSING = math.log(2.0)  # the loss of a guess on XOR, the least that a linear network can have
CHECKED = 10  # samples in the gradient check, and weights of every array
RIGHT = 1e-6  # largest error of a correct gradient, in float64


@statement(
    number=4,
    name="linear-slope",
    title=Words("Backpropagation through a linear activation", "선형 활성화 함수와 역전파"),
    claim=Words(
        "With a linear activation function backpropagation is impossible: its derivative is a "
        "constant that has nothing to do with the input, and all layers of the network collapse "
        "into one.",
        "활성화 함수가 선형이면 역전파를 할 수 없다. 미분값이 상수라서 입력과 아무 관계가 없고, "
        "신경망의 모든 층이 하나로 합쳐진다.",
    ),
    source=Words(
        "Notes on activation functions, on the linear function",
        "활성화 함수 노트, 선형 함수의 단점",
    ),
    method=Words(
        f"Networks with hidden layers of {HIDDEN[0]} and {HIDDEN[1]} units, linear, ReLU or step: "
        "gradients by backpropagation are compared with central differences in float64, and the "
        "gradients of two images with each other; then the networks are trained by "
        "backpropagation on the images and on XOR.",
        f"은닉층이 뉴런 {HIDDEN[0]}개와 {HIDDEN[1]}개인 신경망을 선형, ReLU, 계단 함수로 만든다. "
        "역전파로 구한 기울기를 수치 미분(float64)과 비교하고, 두 이미지의 기울기를 서로 비교한 "
        "다음, 이미지와 XOR을 역전파로 학습한다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Measure the derivative and the gradients, then train."""
    images = setting.images
    problems = {
        "images": (images.x_train[:SAMPLES], images.y_train[:SAMPLES]),
        "xor": XOR,
    }
    numbers: dict[str, float] = {}
    losses: dict[tuple[str, str], Array] = {}
    for name in ACTIVATIONS:
        numbers |= gradient_numbers(name, *problems["images"], setting.seed)
        for problem, (x, t) in problems.items():
            model = network_for(name, x, t, setting.seed)
            losses[problem, name] = learn(model, x, t, EPOCHS[problem])
            numbers[f"{problem}_{name}_last"] = float(losses[problem, name][-1])
            numbers[f"{problem}_{name}_right"] = float((model.classify(x) == t).mean())
    numbers |= derivative_numbers() | {"cosine": cosine_of_two(*problems["images"], setting.seed)}

    constant = numbers["slope_spread"] == 0.0
    flat = numbers["xor_identity_last"] > 0.99 * GUESSING and numbers["xor_relu_last"] < 0.1
    exists = numbers["identity_error"] < RIGHT and abs(numbers["cosine"]) < 0.9
    learns = numbers["images_identity_right"] > 0.9
    return Findings(
        verdict=judged(true_part=constant and flat, refuted=exists and learns),
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(row(name, numbers) for name in ACTIVATIONS)),),
        draw=lambda canvas: draw(canvas, losses),
        caption=FIGURE,
        size=(8.0, 4.2),
    )


def judged(*, true_part: bool, refuted: bool) -> Verdict:
    """Return the verdict on a statement with a part that holds and a part that fails."""
    if refuted:
        return Verdict.IN_PART if true_part else Verdict.FAILS
    return Verdict.HOLDS if true_part else Verdict.FAILS


def derivative_numbers() -> dict[str, float]:
    """Return how much the derivatives of the linear function and of the sigmoid vary."""
    linear, sigmoid = activations.get("identity"), activations.get("sigmoid")
    return {
        "slope_spread": float(np.ptp(linear.derivative(POINTS, linear(POINTS)))),
        "sigmoid_slope_spread": float(np.ptp(sigmoid.derivative(POINTS, sigmoid(POINTS)))),
    }


def network_for(name: str, x: Array, t: Array, seed: int) -> Sequential:
    """Return a network for these samples, untrained."""
    scale = 1.0 / float(x.max())
    hidden = [Dense(units, name) for units in HIDDEN]
    output = Dense(int(t.max()) + 1, "softmax")
    return Sequential([Input(x.shape[1:]), Rescaling(scale), Flatten(), *hidden, output], seed=seed)


def gradient_numbers(name: str, x: Array, t: Array, seed: int) -> dict[str, float]:
    """Return the gradient's error, and its norm in the first layer."""
    model, batch = network_for(name, x, t, seed), slice(CHECKED)
    return {
        f"{name}_error": model.check_gradients(x[batch], t[batch], CHECKED).largest,
        f"{name}_first_layer": float(np.linalg.norm(model.gradients(x[batch], t[batch])[0])),
    }


def cosine_of_two(x: Array, t: Array, seed: int) -> float:
    """Return the cosine between two images' gradients in a linear network's first layer.

    It is 1 if both have the same direction.
    """
    model = network_for("identity", x, t, seed)
    one, other = (model.gradients(x[i : i + 1], t[i : i + 1])[0].ravel() for i in (0, 1))
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def learn(model: Sequential, x: Array, t: Array, epochs: int) -> Array:
    """Train; return the training loss before the first epoch and after each."""
    model.compile(Adam(0.01 if len(x) < BATCH else 0.001))
    before = model.evaluate(x, t, return_dict=True)["loss"]
    history = fit(model, x, t, batch_size=BATCH, epochs=epochs)
    return np.array([before, *history.history["loss"]])


def row(name: str, numbers: dict[str, float]) -> tuple[Words | str, ...]:
    """Return the table's row of a network."""
    return (
        ACTIVATIONS[name],
        f"{numbers[f'{name}_error']:.0e}",
        f"{numbers[f'{name}_first_layer']:.2f}",
        f"{numbers[f'images_{name}_right']:.1%}",
        f"{numbers[f'xor_{name}_last']:.4f}",
    )


RESULT = Words(
    "True: the derivative is constant (it varies by {slope_spread:g} from -5 to 5), and on XOR "
    "three linear layers end at a loss of {xor_identity_last:.4f}, that of a guess between two "
    "classes being ln 2 = 0.6931. Not true: the gradient exists and is correct (error "
    "{identity_error:.0e}), depends on the image (the cosine between the gradients of two images "
    "is {cosine:.2f}), and training with it classifies {images_identity_right:.1%} of the "
    "training images correctly.",
    "맞는 것: 활성화 함수의 기울기가 상수이고(-5부터 5까지 변화 {slope_spread:g}), XOR에서 선형 "
    "층 셋의 손실이 {xor_identity_last:.4f}에서 멈춘다(두 클래스를 반반으로 예측할 때가 ln 2 = "
    "0.6931). 틀린 것: 가중치의 기울기는 존재하고 정확하며(오차 {identity_error:.0e}), 이미지에 "
    "따라 다르고(두 이미지의 기울기 사이 코사인 {cosine:.2f}), 이 기울기로 학습하면 훈련 이미지의 "
    "{images_identity_right:.1%}를 맞힌다.",
)
WHY = Words(
    "The statement confuses two derivatives. The derivative of the activation function with "
    "respect to its input, the weighted sum, is constant. Learning uses the derivative of the "
    "loss with respect to a weight: the weight's input times the gradient that is propagated back "
    "to its unit. Both depend on the image, and multiplying by 1 on the way back loses nothing. "
    "So a linear network learns by backpropagation like any other.\n\n"
    "What it can learn is only what one linear layer can learn (see the experiment "
    "linear-layers), and for XOR that is nothing: this is the reason not to use linear activation "
    "functions in hidden layers.\n\n"
    "The function that does block backpropagation is the step function: its derivative is 0, the "
    "gradient in the first layer is exactly {step_first_layer:g}, and only the last layer learns: "
    "{images_step_right:.1%} of the training images are classified correctly. (For XOR the "
    "untrained random steps before it are enough.)",
    "이 주장은 두 가지 기울기를 혼동한 것이다. 활성화 함수를 그 입력인 가중합으로 미분한 값은 "
    "상수다. 그러나 학습에 쓰는 것은 손실을 가중치로 미분한 값, 곧 가중치의 입력에 그 뉴런까지 "
    "역전파된 기울기를 곱한 값이다. 둘 다 이미지에 따라 다르고, 역전파하면서 1을 곱해도 잃는 것은 "
    "없다. 그래서 선형 신경망도 다른 신경망처럼 역전파로 학습한다.\n\n"
    "다만 선형 층 하나가 학습할 수 있는 것만 학습하고(실험 linear-layers), XOR은 전혀 학습하지 "
    "못한다. 은닉층에 선형 함수를 쓰지 않는 이유는 이것이다.\n\n"
    "역전파가 실제로 막히는 것은 계단 함수다. 기울기가 0이라서 첫 층의 기울기가 정확히 "
    "{step_first_layer:g}이고, 마지막 층만 학습해 훈련 이미지의 {images_step_right:.1%}를 맞힌다. "
    "(XOR에는 그 앞의 학습되지 않은 무작위 계단 함수들만으로 충분하다.)",
)
HEADINGS = (
    Words("hidden layers", "은닉층"),
    Words("gradient error", "기울기의 오차"),
    Words("gradient norm, 1st layer", "첫 층 기울기의 크기"),
    Words("training accuracy", "훈련 정확도"),
    Words("loss on XOR", "XOR의 손실"),
)
FIGURE = Words(
    "On the images the linear network learns as fast as the ReLU network, the step network much "
    "less. On XOR the linear network reaches the loss of guessing and stays there.",
    "이미지에서 선형 신경망은 ReLU를 쓴 신경망만큼 빨리 학습하고, 계단 함수를 쓴 신경망은 훨씬 덜 "
    "학습한다. XOR에서 선형 신경망의 손실은 반반으로 예측하는 수준에서 멈춘다.",
)


def draw(canvas: "Canvas", losses: dict[tuple[str, str], Array]) -> None:
    """Draw the loss over the epochs on both problems."""
    panels = dict(zip(EPOCHS, canvas.panels(1, 2, gap=0.2), strict=True))
    for problem, ax in panels.items():
        for place, (name, words) in enumerate(ACTIVATIONS.items()):
            ax.plot(losses[problem, name], label=canvas.say(*words), **canvas.line(place))
        ax.set_xlabel(canvas.say("epoch", "에폭"))
        ax.set_xticks(range(0, EPOCHS[problem] + 1, EPOCHS[problem] // 5))
        ax.set_ylim(bottom=0.0)
    panels["images"].set_title(canvas.say("images", "이미지"))
    panels["images"].set_ylabel(canvas.say("training loss", "훈련 손실"))
    panels["xor"].set_title("XOR")
    panels["xor"].axhline(GUESSING, color=canvas.theme.ink, linewidth=0.8)
    text = canvas.say("ln 2: guessing", "ln 2: 반반 예측")
    panels["xor"].text(EPOCHS["xor"], GUESSING + 0.02, text, ha="right")
    panels["images"].legend()
