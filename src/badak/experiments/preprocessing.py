"""Preprocessing: learning from raw, normalised, standardised and whitened pixels."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit
from badak.layers import Dense, Layer, Normalization, Rescaling, Whitening
from badak.optimizers import SGD
from badak.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.pictures.canvas import Canvas

LARGEST = 255.0  # of the raw pixels; images with fewer shades are scaled to it
WAYS: dict[str, Callable[[], list[Layer]]] = {  # the layers before the first Dense
    "raw": lambda: [],
    "normalised": lambda: [Rescaling(1.0 / LARGEST)],
    "standardised": lambda: [Normalization()],
    "whitened": lambda: [Whitening()],
}
PREPARED = tuple(WAYS)[1:]
HIDDEN = 50
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SEEDS, EPOCHS, BATCH = 3, 20, 32
SAMPLES = 1500  # at most, to learn from and to test
LOW = 0.1  # the training loss that counts as learned
CLEAR = 0.01  # of accuracy: the least gain that counts


@statement(
    number=13,
    name="preprocessing",
    title=Words("Preprocessing", "데이터 전처리"),
    claim=Words(
        "Preprocessing the data (normalising, standardising, whitening) makes learning faster and "
        "improves recognition.",
        "데이터를 전처리하면(정규화, 표준화, 백색화) 학습이 빨라지고 식별 성능이 좋아진다.",
    ),
    source=Words("Deep Learning from Scratch, 3.6.2", "밑바닥부터 시작하는 딥러닝, 3.6.2"),
    method=Words(
        f"A network with {HIDDEN} sigmoid units learns images with pixel values of 0 to "
        f"{LARGEST:g}: raw, divided by their maximum (normalised), brought to mean 0 and variance "
        f"1 pixel by pixel (standardised), or also decorrelated (whitened). SGD, {EPOCHS} epochs, "
        f"{len(RATES)} learning rates, {SEEDS} seeds; each kind of preprocessing at the learning "
        "rate with its lowest training loss.",
        f"시그모이드 뉴런 {HIDDEN}개의 은닉층이 있는 신경망이 픽셀 값 0~{LARGEST:g}의 이미지를 "
        "그대로 쓰거나, 최댓값으로 나누거나(정규화), 픽셀마다 평균 0과 분산 1로 맞추거나(표준화), "
        f"상관까지 없애고(백색화) 학습한다. SGD, {EPOCHS} 에폭, 학습률 {len(RATES)}가지, 시드 "
        f"{SEEDS}개이고, 전처리 방법마다 훈련 손실이 가장 낮은 학습률을 쓴다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Train on the pixels prepared in each way."""
    numbers: dict[str, float] = {}
    curves, at_rate, rows = {}, {}, []
    for way in WAYS:
        losses, right = trained(way, setting)  # (rates, seeds, epochs), (rates, seeds)
        at_rate[way] = np.median(losses[:, :, -1], axis=1)
        best = int(at_rate[way].argmin())
        curves[way] = losses[best]
        numbers |= {
            f"{way}_rate": RATES[best],
            f"{way}_loss": float(at_rate[way][best]),
            f"{way}_accuracy": float(np.median(right[best])),
            f"{way}_epochs": float(np.median([epochs_to_learn(each) for each in losses[best]])),
        }
        rows.append(row(way, numbers, right[best]))
    faster = {way: numbers[f"{way}_epochs"] < numbers["raw_epochs"] for way in PREPARED}
    better = {
        way: numbers[f"{way}_accuracy"] >= numbers["raw_accuracy"] + CLEAR for way in PREPARED
    }
    gains = [*faster.values(), *better.values()]
    partly = Verdict.IN_PART if any(gains) else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if all(gains) else partly,
        result=RESULT.filled(numbers),
        why=WHY,
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(rows)),),
        draw=lambda canvas: draw(canvas, curves, at_rate),
        caption=FIGURE,
        size=(8.0, 4.4),
    )


def trained(way: str, setting: Setting) -> tuple[Array, Array]:
    """Return training losses (rates, seeds, epochs) and test accuracies (rates, seeds)."""
    images = setting.images
    scale = np.float32(LARGEST / images.maximum)
    x, x_test = (
        each[:SAMPLES].reshape(len(each[:SAMPLES]), -1) * scale
        for each in (images.x_train, images.x_test)
    )
    t, t_test = images.y_train[:SAMPLES], images.y_test[:SAMPLES]
    if layers := WAYS[way]():
        preparation = Sequential([Input(x.shape[1:]), *layers])
        preparation.adapt(x)
        x, x_test = preparation.predict(x), preparation.predict(x_test)
    losses, right = np.empty((len(RATES), SEEDS, EPOCHS)), np.empty((len(RATES), SEEDS))
    for i, rate in enumerate(RATES):
        for j in range(SEEDS):
            hidden = Dense(HIDDEN, "sigmoid")
            output = Dense(len(images.class_names), "softmax")
            model = Sequential([Input(x.shape[1:]), hidden, output], seed=setting.seed + j)
            model.compile(SGD(rate))
            history = fit(model, x, t, batch_size=BATCH, epochs=EPOCHS)
            losses[i, j] = history.history["loss"]
            right[i, j] = (model.classify(x_test) == t_test).mean()
    return losses, right


def epochs_to_learn(losses: Array) -> float:
    """Return the first epoch, from 1, with a loss of LOW or less; EPOCHS + 1 if there is none."""
    learned = np.flatnonzero(losses <= LOW)
    return float(learned[0] + 1) if len(learned) else EPOCHS + 1.0


def epochs_text(epochs: float) -> str:
    """Return a number of epochs as a text."""
    return f"{epochs:g}" if epochs <= EPOCHS else f"> {EPOCHS}"


def row(way: str, numbers: dict[str, float], right: Array) -> tuple[Words | str, ...]:
    """Return the table's row of a way."""
    return (
        NAMES[way],
        f"{numbers[f'{way}_rate']:g}",
        epochs_text(numbers[f"{way}_epochs"]),
        f"{numbers[f'{way}_loss']:.3f}",
        f"{numbers[f'{way}_accuracy']:.3f} ({right.min():.3f}..{right.max():.3f})",
    )


RESULT = Words(
    f"Training loss after {EPOCHS} epochs, and test accuracy: raw {{raw_loss:.3f}}, "
    "{raw_accuracy:.1%}; normalised {normalised_loss:.3f}, {normalised_accuracy:.1%}; "
    "standardised {standardised_loss:.3f}, {standardised_accuracy:.1%}; whitened "
    "{whitened_loss:.3f}, {whitened_accuracy:.1%}.",
    f"{EPOCHS} 에폭 뒤의 훈련 손실과 시험 정확도: 그대로 {{raw_loss:.3f}}, {{raw_accuracy:.1%}}; "
    "정규화 {normalised_loss:.3f}, {normalised_accuracy:.1%}; 표준화 {standardised_loss:.3f}, "
    "{standardised_accuracy:.1%}; 백색화 {whitened_loss:.3f}, {whitened_accuracy:.1%}.",
)
WHY = Words(
    "A weight's gradient is the error times the pixel value. Raw pixel values are 255 times as "
    "large as normalised ones: the weighted sums drive the sigmoids into saturation at once, "
    "where the derivative is almost 0, and a learning rate that suits the first layer's gradients "
    "is too small for the other layers. As all pixel values are positive, all weights of a unit "
    "are also pushed in the same direction.\n\n"
    "Standardising removes the common size and the common sign; whitening also removes the "
    "correlation of neighbouring pixels, so that the loss is about equally steep in every "
    "direction and one learning rate suits all. But whitening scales the directions of smallest "
    "variance up to the size of the largest. Where there are few images for many pixels, these "
    "directions are noise, and the network memorises it: compare the test accuracies, not only "
    "the losses.",
    "가중치의 기울기는 오차에 픽셀 값을 곱한 것이다. 픽셀 값이 정규화했을 때의 255배이면 가중합이 "
    "커져 시그모이드가 곧바로 포화되어 기울기가 거의 0이 되고, 첫 층의 기울기에 맞는 학습률은 "
    "다른 층에는 너무 작다. 게다가 픽셀 값이 모두 양수라 한 뉴런의 가중치가 모두 같은 방향으로 "
    "움직인다.\n\n"
    "표준화는 공통된 크기와 부호를 없애고, 백색화는 이웃한 픽셀의 상관까지 없앤다. 그러면 손실의 "
    "경사가 어느 방향으로나 비슷해져 학습률 하나가 모두에 맞는다. 다만 백색화는 분산이 가장 작은 "
    "방향도 가장 큰 방향만큼 키운다. 픽셀 수에 비해 이미지가 적으면 그 방향은 잡음이고 신경망은 "
    "그 잡음을 외운다. 손실만 보지 말고 시험 정확도를 비교해 보라.",
)
NAMES = {
    "raw": Words("raw", "그대로"),
    "normalised": Words("normalised", "정규화"),
    "standardised": Words("standardised", "표준화"),
    "whitened": Words("whitened", "백색화"),
}
HEADINGS = (
    Words("pixels", "픽셀"),
    Words("best learning rate", "가장 좋은 학습률"),
    Words(f"epochs to a loss of {LOW:g}", f"손실 {LOW:g}까지의 에폭"),
    Words("final training loss", "마지막 훈련 손실"),
    Words("test accuracy (range)", "시험 정확도(범위)"),
)
FIGURE = Words(
    "Left: training loss by epoch at the best learning rate of each kind of preprocessing, median "
    "and range over the seeds, on a logarithmic scale. Right: the loss after the last epoch "
    "against the learning rate; with raw pixels only a narrow range of learning rates works, and "
    "the loss ends higher.",
    "왼쪽: 전처리 방법마다 가장 좋은 학습률에서 에폭에 따른 훈련 손실(로그 눈금, 시드들의 "
    "중앙값과 범위). 오른쪽: 학습률에 따른 마지막 손실. 픽셀 값을 그대로 쓰면 맞는 학습률의 "
    "범위가 좁고 손실이 더 높다.",
)


def draw(canvas: "Canvas", curves: dict[str, Array], at_rate: dict[str, Array]) -> None:
    """Draw the loss by epoch, and the last loss against the learning rate."""
    left, right = canvas.panels(1, 2, gap=0.18)
    epochs = np.arange(1, EPOCHS + 1)
    for place, way in enumerate(WAYS):
        style = canvas.line(place)
        draw_range(left, epochs, curves[way], style["color"])
        left.semilogy(epochs, np.median(curves[way], axis=0), **style)
        label = canvas.say(*NAMES[way])
        right.loglog(RATES, at_rate[way], marker=".", label=label, **style)
    left.axhline(LOW, color=canvas.theme.ink, linewidth=0.8)
    left.set_xticks(range(0, EPOCHS + 1, 5))
    left.set_xlabel(canvas.say("epoch", "에폭"))
    left.set_ylabel(canvas.say("training loss", "훈련 손실"))
    right.set_xticks(RATES, [f"{rate:g}" for rate in RATES])
    right.minorticks_off()
    right.set_xlabel(canvas.say("learning rate", "학습률"))
    right.set_title(canvas.say("after the last epoch", "마지막 에폭 뒤"))
    left.set_title(canvas.say("at the best learning rate", "가장 좋은 학습률에서"))
    right.legend(loc="lower left")


def draw_range(ax: "Axes", x: Array, each: Array, colour: str) -> None:
    """Draw the range of the seeds, (seeds, points)."""
    low, high = each.min(axis=0), each.max(axis=0)
    ax.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0.0)
