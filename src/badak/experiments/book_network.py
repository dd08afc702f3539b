"""The book's network on MNIST: its accuracy, the effect of raw pixels, and its mistakes."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from badak import Input, Sequential
from badak.datasets import mnist
from badak.errors import DownloadError
from badak.experiments.base import Findings, NotHereError, Setting, Table, Verdict, Words, statement
from badak.layers import Dense
from badak.metrics import confusion_matrix
from badak.preprocessing import normalize
from badak.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from badak.pictures.canvas import Canvas

PRINTED, PRINTED_RAW = 0.9352, 0.9207  # accuracies: the book's, and its first script's
BATCH = 100
END = 0.01  # a sigmoid nearer than this to 0 or 1 is saturated
MOST, LEAST = 0.5, 0.9  # shares of saturated outputs: with pixels from 0 to 1, with raw ones
WORST = 12  # images that are shown
ARRAYS = ("W1", "b1", "W2", "b2", "W3", "b3")


@statement(
    number=17,
    name="book-network",
    title=Words("The book's network", "책의 신경망"),
    claim=Words(
        f"The trained network 784-50-100-10 classifies {PRINTED:.2%} of MNIST's test images "
        f"correctly, one at a time as well as in batches of {BATCH}; with pixel values left at "
        f"0..255 it is {PRINTED_RAW:.2%}.",
        f"학습된 신경망 784-50-100-10은 MNIST 시험 이미지의 {PRINTED:.2%}를 맞힌다. 한 장씩 "
        f"처리하든 {BATCH}장씩 배치로 처리하든 같다. 픽셀 값을 0..255로 두면 {PRINTED_RAW:.2%}다.",
    ),
    source=Words(
        "Deep Learning from Scratch, 3.6.2 and 3.6.3", "밑바닥부터 시작하는 딥러닝, 3.6.2, 3.6.3"
    ),
    method=Words(
        "The book's weights are loaded into a Sequential. It predicts the 10,000 test images one "
        "by one, in batches, and with raw pixel values; the outputs of the first layer are "
        "examined with normalised and with raw pixel values.",
        "책의 가중치를 Sequential에 넣는다. 시험 이미지 10,000장을 한 장씩, 배치로, 그리고 픽셀 "
        "값을 그대로 두고 처리하고, 첫 층의 출력을 픽셀 값을 정규화했을 때와 그대로 두었을 때로 "
        "나누어 살펴본다.",
    ),
)
def experiment(setting: Setting) -> Findings:
    """Predict with the book's network, and count its mistakes."""
    model = book_model(setting)
    images, t = test_images(setting)
    raw = images.reshape(len(images), -1).astype(np.float32)
    x = normalize(raw)
    one_by_one = np.concatenate([model.classify(x[i : i + 1]) for i in range(len(x))])
    in_batches = np.concatenate([model.classify(x[i : i + BATCH]) for i in range(0, len(x), BATCH)])
    from_raw = model.classify(raw)
    first, first_raw = model.forward(x)[0], model.forward(raw)[0]
    numbers = {
        "one_by_one": float((one_by_one == t).mean()),
        "in_batches": float((in_batches == t).mean()),
        "raw": float((from_raw == t).mean()),
        "alike": float((one_by_one == in_batches).mean()),
        "raw_alike": float((one_by_one == from_raw).mean()),
        "saturated": saturated(first.z),
        "raw_saturated": saturated(first_raw.z),
        "sum": float(np.abs(first.a).mean()) if first.a is not None else np.nan,
        "raw_sum": float(np.abs(first_raw.a).mean()) if first_raw.a is not None else np.nan,
    }
    probabilities = model.predict(x)
    counts = confusion_matrix(t, in_batches, 10)
    numbers |= worst_pair(counts)
    same = numbers["one_by_one"] == numbers["in_batches"] == PRINTED
    raw_too = numbers["raw"] == PRINTED_RAW
    why_too = numbers["saturated"] <= MOST and numbers["raw_saturated"] >= LEAST
    partly = Verdict.IN_PART if same or raw_too else Verdict.FAILS
    return Findings(
        verdict=Verdict.HOLDS if same and raw_too and why_too else partly,
        result=RESULT.filled(numbers),
        why=WHY.filled(numbers),
        numbers=numbers,
        tables=(class_table(counts),),
        draw=lambda canvas: draw(canvas, images, t, probabilities, first.z, first_raw.z),
        caption=FIGURE,
        size=(8.0, 4.6),
    )


def book_model(setting: Setting) -> Sequential:
    """Return the book's network with its weights, or raise NotHereError."""
    from badak.formats import book

    path = setting.book_weights
    if path is None or not Path(path).is_file():
        raise NotHereError(NO_WEIGHTS)
    weights = book.load(path)
    hidden = [Dense(units, "sigmoid") for units in (50, 100)]
    model = Sequential([Input((784,)), *hidden, Dense(10, "softmax")])
    model.set_weights([weights[name] for name in ARRAYS])
    return model


def test_images(setting: Setting) -> tuple[Array, Array]:
    """Return MNIST's test images, uint8 (10000, 28, 28), and labels, or raise NotHereError."""
    try:
        return mnist.DATASET.load_part("test", setting.data_dir)
    except DownloadError as error:
        raise NotHereError(NO_MNIST) from error


def saturated(z: Array) -> float:
    """Return the share of sigmoid outputs that are saturated."""
    return float(((z < END) | (z > 1.0 - END)).mean())


def worst_pair(counts: Array) -> dict[str, float]:
    """Return which digit is mistaken for which most often, and how often."""
    wrong = counts - np.diag(counts.diagonal())
    true, taken = np.unravel_index(wrong.argmax(), wrong.shape)
    return {"true": float(true), "taken": float(taken), "times": float(wrong.max())}


def class_table(counts: Array) -> Table:
    """Return for each digit its accuracy, and the digit that it is most often mistaken for."""
    rows = []
    for digit, row in enumerate(counts):
        others = np.where(np.arange(len(row)) == digit, 0, row)
        taken = int(others.argmax())
        share = f"{row[digit] / row.sum():.1%}"
        rows.append((str(digit), str(row.sum()), share, str(taken), str(others[taken])))
    return Table(HEADINGS, tuple(rows))


NO_WEIGHTS = Words(
    "the book's weights are missing: get sample_weight.pkl from the folder ch03 of "
    "github.com/WegraLee/deep-learning-from-scratch, the book's repository, and give its path "
    "with --book-weights, or as Setting(book_weights=...)",
    "책의 가중치 파일이 없다. 책의 저장소 "
    "github.com/WegraLee/deep-learning-from-scratch의 ch03 폴더에 있는 sample_weight.pkl을 받아 "
    "그 경로를 "
    "--book-weights로, 또는 Setting(book_weights=...)로 알려 주면 된다",
)
NO_MNIST = Words(
    "MNIST is missing and could not be downloaded: put its four files into a folder and give it "
    "with --data-dir, as Setting(data_dir=...), or in BADAK_DATA",
    "MNIST가 없고 내려받지도 못했다. 파일 네 개를 폴더에 넣고 그 폴더를 --data-dir, "
    "Setting(data_dir=...), 또는 환경 변수 BADAK_DATA로 알려 주면 된다",
)
RESULT = Words(
    f"{{one_by_one:.2%}} one at a time, {{in_batches:.2%}} in batches of {BATCH}, {{raw:.2%}} "
    "with raw pixel values. Of the first layer's outputs {saturated:.1%} are saturated with pixel "
    "values from 0 to 1, {raw_saturated:.1%} with raw ones. The most frequent mistake is "
    "{true:.0f} predicted as {taken:.0f}, {times:.0f} times.",
    f"한 장씩 {{one_by_one:.2%}}, {BATCH}장씩 {{in_batches:.2%}}, 픽셀 값 그대로 {{raw:.2%}}다. "
    "첫 층의 출력 가운데 포화된 것은 픽셀 값이 0..1일 때 {saturated:.1%}, 그대로일 때 "
    "{raw_saturated:.1%}다. 가장 잦은 실수는 정답 {true:.0f}, 예측 {taken:.0f}인 것으로 "
    "{times:.0f}번이다.",
)
WHY = Words(
    "A batch is computed row by row with the same weighted sums, so its size does not change any "
    "prediction.\n\n"
    "The weights were trained on pixel values from 0 to 1. With raw pixel values the weighted "
    "sums of the first layer are 255 times as large (apart from the bias): {raw_sum:,.0f} in size "
    "on average, not {sum:.1f}. The sigmoid then outputs almost only 0 or 1, and the layer passes "
    "on about one bit per unit. This costs so little because the sign of a weighted sum carries "
    "most of what a trained unit has learned: {raw_alike:.1%} of the predictions stay the same.",
    "배치는 행마다 같은 가중합으로 계산되므로 배치 크기는 예측을 바꾸지 않는다.\n\n"
    "가중치는 0에서 1까지의 픽셀 값으로 학습된 것이다. 픽셀 값을 그대로 두면 첫 층의 "
    "가중합이(편향은 빼고) 255배가 되어 크기가 평균 {sum:.1f}에서 {raw_sum:,.0f}으로 커진다. "
    "그러면 시그모이드는 거의 0이나 1만 출력하고, 첫 층은 뉴런마다 한 비트 정도의 정보만 넘긴다. "
    "그래도 손해가 이렇게 작은 것은 학습된 뉴런의 정보가 대부분 가중합의 부호에 담겨 있기 "
    "때문이다. 예측의 {raw_alike:.1%}는 바뀌지 않는다.",
)
HEADINGS = (
    Words("digit", "숫자"),
    Words("images", "이미지 수"),
    Words("accuracy", "정확도"),
    Words("most often mistaken for", "가장 자주 혼동한 숫자"),
    Words("times", "횟수"),
)
FIGURE = Words(
    "Left: the first layer's outputs; raw pixel values drive almost all of them to 0 or 1. Right: "
    "the images with the most confident wrong predictions, with the true digit and the predicted "
    "one.",
    "왼쪽: 첫 층의 출력. 픽셀 값을 그대로 두면 거의 모두 0이나 1로 몰린다. 오른쪽: 가장 큰 확률로 "
    "틀린 이미지와 그 정답, 신경망의 예측.",
)


def draw(
    canvas: "Canvas",
    images: Array,
    t: Array,
    probabilities: Array,
    first: Array,
    first_raw: Array,
) -> None:
    """Draw the outputs of the first layer, and the worst mistakes."""
    left, right = canvas.panels(1, 2, gap=0.1)
    bins = np.linspace(0.0, 1.0, 26)
    labels = (
        canvas.say("pixels 0..1", "픽셀 값 0..1"),
        canvas.say("pixels 0..255", "픽셀 값 0..255"),
    )
    for place, (z, label) in enumerate(zip((first, first_raw), labels, strict=True)):
        counts, _ = np.histogram(z, bins)
        left.stairs(counts / z.size, bins.tolist(), linewidth=2, label=label, **canvas.line(place))
    left.set_yscale("log")
    left.set_xlabel(canvas.say("output of a unit of the first layer", "첫 층 뉴런의 출력"))
    left.set_ylabel(canvas.say("share", "비율"))
    left.legend(loc="upper center")
    canvas.within(left).title(None, "saturation", "포화", lines_below=1)
    draw_worst(canvas, right, images, t, probabilities)


def draw_worst(canvas: "Canvas", ax: "Axes", images: Array, t: Array, probabilities: Array) -> None:
    """Draw the most confident wrong predictions."""
    predicted = probabilities.argmax(axis=1)
    confidence = np.where(predicted == t, 0.0, probabilities.max(axis=1))
    worst = confidence.argsort(kind="stable")[::-1][:WORST]
    words = "confident mistakes: true > predicted", "확률이 큰 실수: 정답 > 예측"
    canvas.within(ax).title(None, *words, lines_below=1)
    for cell, i in zip(canvas.within(ax).panels(3, 4, gap_below=0.32), worst, strict=True):
        cell.imshow(images[i], cmap="gray")
        cell.set_title(f"{t[i]} > {predicted[i]}", fontsize=10, pad=3.0)
        cell.set_axis_off()
