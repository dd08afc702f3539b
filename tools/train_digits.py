"""Trains the network of badak.models.digits on MNIST and writes it with its card.

Run it as ``python tools/train_digits.py [FOLDER]``, the folder being that of MNIST's files; on one
machine the same data give the same bytes. It takes some minutes.

The units, epochs and distortions were chosen with ``--validate``, which trains on the first 50,000
images, tells how good that is on the other 10,000 of the training images, and writes nothing. The
test images only give the figures of the card.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from string import Template

import numpy as np
from distortion import distort

from badak import Input, Sequential, datasets, images, models
from badak._common.files import write_whole
from badak.datasets import Dataset
from badak.layers import Dense, Flatten, Rescaling
from badak.metrics import confusion_matrix
from badak.optimizers import Adam
from badak.recipes.preparation import preparation_for
from badak.schedules import CosineDecay
from badak.typing import Array

SEED = 0
UNITS = (256, 128)  # with 784 pixels and 10 digits 0.94 MB
EPOCHS, BATCH_SIZE, LEARNING_RATE = 80, 128, 0.002

VALIDATION = 10_000
TEMPLATE = Path(__file__).with_name("digits_card.md")

SURE, VERY_SURE = 0.9, 0.99  # probabilities
WORST_PAIRS, WORST_MISTAKES = 10, 12  # that the card shows
TURNS = (10, 20, 30, 45)  # degrees
NONSENSE = 1000  # pictures of a kind


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the network of badak.models.digits.")
    parser.add_argument("data", nargs="?", type=Path, help="where MNIST's files are")
    parser.add_argument("--validate", action="store_true", help="judge without the test images")
    parser.add_argument("--out", type=Path, default=models.FILE.parent, help="a folder")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="fewer for a quick look")
    parser.add_argument("--images", type=int, help="train on so many only, for a quick look")
    options = parser.parse_args(arguments)
    dataset = datasets.load("mnist", options.data)
    x, y = dataset.x_train[: options.images], dataset.y_train[: options.images]
    if options.validate:
        model = train(x[:-VALIDATION], y[:-VALIDATION], options.epochs)
        right = model.classify(x[-VALIDATION:]) == y[-VALIDATION:]
        print(f"accuracy on {VALIDATION:,} training images held back: {right.mean():.4f}")
        return
    model = train(x, y, options.epochs)
    model.class_names = list(dataset.class_names)
    model.preparation = preparation_for("mnist", dataset).as_dict()
    model.save(options.out / models.FILE.name)
    facts = {"images": f"{len(x):,}", "epochs": options.epochs, **judge(model, dataset)}
    card = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(facts)
    write_whole(options.out / models.CARD.name, card.encode())
    print(f"accuracy on {len(dataset.x_test):,} test images: {facts['accuracy']}")


def train(x: Array, y: Array, epochs: int) -> Sequential:
    """Return a network that has met each image once an epoch, every time distorted anew."""
    hidden = [Dense(units, "relu") for units in UNITS]
    layers = [Input((28, 28)), Rescaling(1 / 255), Flatten(), *hidden, Dense(10, "softmax")]
    model = Sequential(layers, name="digits", seed=SEED)
    batches = -(-len(x) // BATCH_SIZE)
    model.compile(Adam(CosineDecay(LEARNING_RATE, decay_steps=epochs * batches)))
    for epoch in range(epochs):
        begin = time.perf_counter()
        met = distort(x, [SEED, epoch])
        history = model.fit(met, y, batch_size=BATCH_SIZE, verbose=0).history
        loss, seconds = history["loss"][0], time.perf_counter() - begin
        print(f"epoch {epoch + 1} of {epochs}: loss {loss:.4f}, {seconds:.1f} s", flush=True)
    return model


def judge(model: Sequential, dataset: Dataset) -> dict[str, str]:
    """Return the card's figures: how the network answers the test images, and nonsense."""
    x, y = dataset.x_test, dataset.y_test
    probabilities = model.predict(x)
    answers, surest = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = answers != y
    very_sure = surest >= VERY_SURE
    return {
        "accuracy": f"{1.0 - wrong.mean():.4f}",
        "wrong": f"{wrong.sum()}",
        "test_images": f"{len(y):,}",
        "loss": f"{model.evaluate(x, y, return_dict=True)['loss']:.4f}",
        "weights": f"{model.count_params():,}",
        "very_sure": f"{very_sure.sum():,}",
        "very_sure_wrong": f"{(very_sure & wrong).sum()}",
        "digits": _table_of_digits(y, wrong),
        "pairs": _table_of_pairs(confusion_matrix(y, answers, 10)),
        "mistakes": _table_of_mistakes(y, answers, surest),
        "turns": _table_of_turns(model, x, y),
        "nonsense": _table_of_nonsense(model, x),
    }


def _table_of_digits(y: Array, wrong: Array) -> str:
    counts, mistakes = np.bincount(y, minlength=10), np.bincount(y[wrong], minlength=10)
    rows = [
        (digit, counts[digit], mistakes[digit], f"{1.0 - mistakes[digit] / counts[digit]:.4f}")
        for digit in range(10)
    ]
    return _table(("digit", "images", "wrong", "right"), rows)


def _table_of_pairs(counts: Array) -> str:
    pairs = sorted(
        (-counts[true, answer], true, answer)
        for true in range(10)
        for answer in range(10)
        if true != answer and counts[true, answer]
    )
    rows = [(true, answer, -count) for count, true, answer in pairs[:WORST_PAIRS]]
    return _table(("is a", "was taken for a", "times"), rows)


def _table_of_mistakes(y: Array, answers: Array, surest: Array) -> str:
    places = np.flatnonzero(answers != y)
    places = places[np.argsort(-surest[places], kind="stable")][:WORST_MISTAKES]
    rows = [(i, y[i], answers[i], f"{surest[i]:.3f}") for i in places]
    return _table(("test image", "is a", "was taken for a", "probability"), rows)


def _table_of_turns(model: Sequential, x: Array, y: Array) -> str:
    from PIL import Image

    rows = []
    for degrees in TURNS:
        right = []
        for angle in (degrees, -degrees):
            pictures = (Image.fromarray(image) for image in x)
            turned = [np.asarray(p.rotate(angle, Image.Resampling.BILINEAR)) for p in pictures]
            right.append((model.classify(np.stack(turned)) == y).mean())
        rows.append((f"{degrees} degrees", *(f"{share:.4f}" for share in right)))
    return _table(("turned by", "right, to the left", "right, to the right"), rows)


def _table_of_nonsense(model: Sequential, x: Array) -> str:
    rng = np.random.default_rng(SEED)
    pairs = np.concatenate([x[:NONSENSE], x[1 : NONSENSE + 1]], axis=2)
    kinds = {
        "two digits side by side": np.stack([images.as_digit(pair) for pair in pairs]),
        "capital letters A to Z, printed": _letters(),
        "noise, each pixel 0 to 255": rng.integers(0, 256, (NONSENSE, 28, 28), np.uint8),
    }
    rows = []
    for kind, pictures in kinds.items():
        surest = model.predict(pictures).max(axis=1)
        sure = f"{(surest >= SURE).mean():.0%}"
        rows.append((kind, f"{len(pictures):,}", f"{surest.mean():.2f}", sure))
    heading = ("what", "pictures", "mean of the largest probability", f"{SURE:.0%} and more")
    return _table(heading, rows)


def _letters() -> Array:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=120)
    letters = []
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        picture = Image.new("L", (240, 240), 255)
        ImageDraw.Draw(picture).text((60, 40), letter, 0, font)
        letters.append(images.as_digit(np.asarray(picture)))
    return np.stack(letters)


def _table(heading: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    lines = [heading, ("---",) + ("--:",) * (len(heading) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


if __name__ == "__main__":
    main()
