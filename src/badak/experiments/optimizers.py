"""Optimizers: their paths over a narrow valley, and how fast they learn images."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential
from badak.errors import DivergedError
from badak.experiments.base import Findings, Setting, Table, Verdict, Words, statement
from badak.experiments.training import fit_many
from badak.layers import Dense
from badak.optimizers import SGD, Adagrad, Adam, Momentum, Nesterov, Optimizer, RMSprop
from badak.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.datasets import Dataset
    from badak.pictures.canvas import Canvas

KINDS: dict[str, Callable[[float], Optimizer]] = {
    "SGD": SGD,
    "Momentum": Momentum,
    "Nesterov": Nesterov,
    "Adagrad": lambda rate: Adagrad(rate, initial_accumulator_value=0.0),
    "RMSprop": RMSprop,
    "Adam": Adam,
}
START, STEPS = (-7.0, 2.0), 30  # the book's
VALLEY_RATES = {  # the book's; for Nesterov and RMSprop those of the most similar optimizer
    "SGD": 0.95,
    "Momentum": 0.1,
    "Nesterov": 0.1,
    "Adagrad": 1.5,
    "RMSprop": 0.3,
    "Adam": 0.3,
}
HIDDEN = (100, 100, 100, 100)  # the book's comparison has five layers
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
SEEDS, EPOCHS, BATCH = 3, 8, 128
SAMPLES = 1500  # at most, to learn from and to test
LONGER = 2.0  # times the straight line: a zigzag
SLOWER = 1.5  # times the loss: clearly slower


@statement(
    number=15,
    name="optimizers",
    title=Words("Optimizers", "매개변수 갱신 방법"),
    claim=Words(
        "SGD zigzags where the gradient differs by direction, and learns most slowly; momentum, "
        "Adagrad and Adam take straighter paths and learn faster.",
        "SGD는 방향에 따라 기울기가 다른 함수에서 지그재그로 움직이고 학습이 가장 느리다. 모멘텀, "
        "Adagrad, Adam은 더 곧게 가고 더 빨리 학습한다.",
    ),
    source=Words("Deep Learning from Scratch, 6.1", "밑바닥부터 시작하는 딥러닝, 6.1"),
    method=Words(
        f"{STEPS} steps down f(x, y) = x²/20 + y² from ({START[0]:g}, {START[1]:g}) at the book's "
        "learning rates. Then networks of four hidden layers of 100 ReLU units learn the images: "
        f"{EPOCHS} epochs, batches of {BATCH}, {len(RATES)} learning rates, {SEEDS} seeds; each "
        "optimizer at the learning rate with its lowest training loss.",
        f"f(x, y) = x²/20 + y²에서 ({START[0]:g}, {START[1]:g})부터 책의 학습률로 {STEPS}번 "
        f"갱신한다. 그다음 ReLU 뉴런 100개인 은닉층 넷의 신경망이 이미지를 학습한다. {EPOCHS} "
        f"에폭, 배치 {BATCH}장, 학습률 {len(RATES)}가지, 시드 {SEEDS}개이고, 갱신 방법마다 훈련 "
        "손실이 가장 낮은 학습률을 쓴다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Descend the valley, then train on images."""
    numbers: dict[str, float] = {}
    paths, curves, rows = {}, {}, []
    for kind in KINDS:
        paths[kind] = path(kind)
        losses, right = trained(kind, setting)  # (rates, seeds, epochs), (rates, seeds)
        best = int(np.median(losses[:, :, -1], axis=1).argmin())
        curves[kind] = losses[best]
        numbers |= {f"{kind}_{name}": value for name, value in of_path(paths[kind]).items()}
        numbers |= {
            f"{kind}_rate": RATES[best],
            f"{kind}_loss": float(np.median(losses[best, :, -1])),
            f"{kind}_accuracy": float(np.median(right[best])),
        }
        rows.append(row(kind, numbers, losses[best, :, -1]))
    others = [kind for kind in KINDS if kind != "SGD"]
    numbers["straight"] = float(np.hypot(*START))
    zigzags = numbers["SGD_length"] > LONGER * numbers["straight"] and all(
        numbers["SGD_length"] > numbers[f"{kind}_length"] for kind in others
    )
    slowest = all(numbers["SGD_loss"] > SLOWER * numbers[f"{kind}_loss"] for kind in others)
    partly = Verdict.IN_PART if zigzags or slowest else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if zigzags and slowest else partly,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(Table(HEADINGS, tuple(rows)),),
        draw=lambda canvas: draw(canvas, paths, curves),
        caption=FIGURE,
        size=(8.0, 5.2),
    )


def height(x: Array, y: Array) -> Array:
    """Return the height of the valley, x²/20 + y²."""
    return x**2 / 20.0 + y**2


def path(kind: str) -> Array:
    """Return the points of the path down the valley, (STEPS + 1, 2)."""
    optimizer = KINDS[kind](VALLEY_RATES[kind])
    place = np.array(START)
    slots = optimizer.make_slots(place)
    places = [place.copy()]
    for step in range(1, STEPS + 1):
        gradient = np.array([place[0] / 10.0, 2.0 * place[1]])
        optimizer.apply(place, gradient, slots, step)
        places.append(place.copy())
    return np.array(places)


def of_path(places: Array) -> dict[str, float]:
    """Return a path's length, its crossings of the valley floor, and its final height."""
    return {
        "length": float(np.hypot(*np.diff(places, axis=0).T).sum()),
        "crossings": float((np.sign(places[1:, 1]) != np.sign(places[:-1, 1])).sum()),
        "height": float(height(*places[-1])),
    }


def trained(kind: str, setting: Setting) -> tuple[Array, Array]:
    """Return training losses (rates, seeds, epochs) and test accuracies (rates, seeds)."""
    images = setting.images
    x, x_test = (
        each[:SAMPLES].reshape(len(each[:SAMPLES]), -1) / np.float32(images.maximum)
        for each in (images.x_train, images.x_test)
    )
    t, t_test = images.y_train[:SAMPLES], images.y_test[:SAMPLES]
    models = [network(kind, rate, images, setting.seed + i) for rate in RATES for i in range(SEEDS)]
    try:
        fit_many(models, x, t, batch_size=BATCH, epochs=EPOCHS)
    except* DivergedError:
        pass  # such a network's last losses stay infinite
    losses = np.full((len(models), EPOCHS), np.inf)
    for model, row_of_losses in zip(models, losses, strict=True):
        measured = [] if model.history is None else model.history.history.get("loss", [])
        row_of_losses[: len(measured)] = measured
    right = np.array([(model.classify(x_test) == t_test).mean() for model in models])
    return losses.reshape(len(RATES), SEEDS, EPOCHS), right.reshape(len(RATES), SEEDS)


def network(kind: str, rate: float, images: "Dataset", seed: int) -> Sequential:
    """Return a network for the images, untrained."""
    hidden = [Dense(units, "relu", kernel_initializer="he_normal") for units in HIDDEN]
    output = Dense(len(images.class_names), "softmax")
    pixels = images.x_train[0].size
    model = Sequential([Input((pixels,)), *hidden, output], seed=seed)
    model.compile(KINDS[kind](rate))
    return model


def row(kind: str, numbers: dict[str, float], losses: Array) -> tuple[Words | str, ...]:
    """Return the table's row of an optimizer."""
    return (
        Words(kind, kind),
        f"{numbers[f'{kind}_length']:.1f}",
        f"{numbers[f'{kind}_crossings']:.0f}",
        f"{numbers[f'{kind}_height']:.1g}",
        f"{numbers[f'{kind}_rate']:g}",
        f"{numbers[f'{kind}_loss']:.3f} ({losses.min():.3f}..{losses.max():.3f})",
        f"{numbers[f'{kind}_accuracy']:.3f}",
    )


RESULT = Words(
    "From a point at a distance of {straight:.1f} from the minimum the path of SGD has a length "
    "of {SGD_length:.1f}, momentum {Momentum_length:.1f}, Nesterov {Nesterov_length:.1f}, Adagrad "
    "{Adagrad_length:.1f}, RMSprop {RMSprop_length:.1f}, Adam {Adam_length:.1f}. Training loss on "
    "the images in the same order, each at its best learning rate: {SGD_loss:.3f}, "
    "{Momentum_loss:.3f}, {Nesterov_loss:.3f}, {Adagrad_loss:.3f}, {RMSprop_loss:.3f}, "
    "{Adam_loss:.3f}.",
    "최솟값에서 {straight:.1f} 떨어진 점에서 출발한 경로의 길이는 SGD {SGD_length:.1f}, 모멘텀 "
    "{Momentum_length:.1f}, 네스테로프 {Nesterov_length:.1f}, Adagrad {Adagrad_length:.1f}, "
    "RMSprop {RMSprop_length:.1f}, Adam {Adam_length:.1f}이다. 각자 가장 좋은 학습률로 학습한 "
    "이미지의 훈련 손실은 차례로 {SGD_loss:.3f}, {Momentum_loss:.3f}, {Nesterov_loss:.3f}, "
    "{Adagrad_loss:.3f}, {RMSprop_loss:.3f}, {Adam_loss:.3f}다.",
)
WHY = Words(
    "At the same distance from the bottom the valley is twenty times as steep across as along it. "
    "A learning rate with which SGD makes progress along the valley is almost too large across: "
    f"at {VALLEY_RATES['SGD']:g} each step takes y to {1.0 - 2.0 * VALLEY_RATES['SGD']:g} y, on "
    "the other side. Momentum accumulates the steps: those across cancel, those along grow. "
    "Adagrad, RMSprop and Adam divide each direction by the size of its own gradients, so that "
    "both coordinates shrink alike.\n\n"
    "The order of the others is not a general rule: it changes with the network, the learning "
    "rate and the seed. A comparison at the same learning rate for all shows little, because "
    "learning rates do not mean the same for different optimizers; here each uses the best of "
    f"{len(RATES)}.",
    "최솟값에서 같은 거리이면 골짜기를 가로지르는 방향이 골짜기를 따르는 방향보다 스무 배 "
    "가파르다. SGD가 골짜기를 따라 나아가게 하는 학습률은 가로지르는 방향에는 지나치게 큰 값에 "
    f"가깝다. {VALLEY_RATES['SGD']:g}이면 갱신할 때마다 y가 반대편 "
    f"{1.0 - 2.0 * VALLEY_RATES['SGD']:g} y로 간다. 모멘텀은 갱신을 누적한다. 가로지르는 방향은 "
    "서로 상쇄되고 따르는 방향은 커진다. Adagrad, RMSprop, Adam은 방향마다 그 방향의 기울기 "
    "크기로 나누므로 두 방향이 비슷하게 줄어든다.\n\n"
    "나머지의 순서는 일반적인 법칙이 아니다. 신경망과 학습률과 시드에 따라 바뀐다. 학습률의 "
    "의미가 방법마다 다르므로 같은 학습률 하나로 비교해서는 알 수 있는 것이 적다. 여기서는 "
    f"방법마다 {len(RATES)}가지 가운데 가장 좋은 학습률을 썼다.",
)
HEADINGS = (
    Words("optimizer", "갱신 방법"),
    Words("length of the path", "경로의 길이"),
    Words("crossings of the valley floor", "골짜기 바닥을 건넌 횟수"),
    Words("final height", "마지막 높이"),
    Words("best learning rate", "가장 좋은 학습률"),
    Words("training loss (range)", "훈련 손실(범위)"),
    Words("test accuracy", "시험 정확도"),
)
FIGURE = Words(
    "Left: the paths over the valley, seen from above, with contour lines; SGD jumps from side to "
    "side. Right: training loss by epoch, medians of the seeds, on a logarithmic scale; SGD's is "
    "the highest.",
    "왼쪽: 위에서 본 골짜기의 등고선과 경로. SGD는 좌우로 뛴다. 오른쪽: 에폭에 따른 훈련 "
    "손실(시드들의 중앙값, 로그 눈금). SGD의 손실이 가장 높다.",
)


def draw(canvas: "Canvas", paths: dict[str, Array], curves: dict[str, Array]) -> None:
    """Draw the paths, and the training curves."""
    left, right = canvas.panels(1, 2, gap=0.22)
    small = canvas.within(left).panels(3, 2, gap=0.12, gap_below=0.42)
    for place, (kind, ax) in enumerate(zip(KINDS, small, strict=True)):
        draw_path(canvas, ax, paths[kind], canvas.theme.series[place])
        ax.set_title(kind, fontsize=11)
        if place < len(small) - 2:
            ax.set_xticklabels([])
        if place % 2:
            ax.set_yticklabels([])
    epochs = np.arange(1, EPOCHS + 1)
    for place, kind in enumerate(KINDS):
        right.semilogy(epochs, np.median(curves[kind], axis=0), label=kind, **canvas.line(place))
    right.set_xlabel(canvas.say("epoch", "에폭"))
    right.set_ylabel(canvas.say("training loss", "훈련 손실"))
    right.set_title(
        canvas.say("images, best learning rates", "이미지, 가장 좋은 학습률"), fontsize=11
    )
    right.legend(loc="lower left")


def draw_path(canvas: "Canvas", ax: "Axes", places: Array, colour: str) -> None:
    """Draw one path over contour lines."""
    x, y = np.meshgrid(np.linspace(-8.0, 4.0, 80), np.linspace(-2.6, 2.6, 60))
    levels = [0.1, 0.5, 1.0, 2.0, 3.5, 5.0, 7.0]
    ax.contour(x, y, height(x, y), levels, colors=canvas.theme.faint, linewidths=0.8)
    ax.plot(*places.T, marker=".", markersize=5, linewidth=1.0, color=colour)
    ax.plot(0.0, 0.0, "+", color=canvas.theme.ink, markersize=9)
    ax.set_xticks([-6, -3, 0, 3])
    ax.set_yticks([-2, 0, 2])
    ax.grid(visible=False)
