"""Trains the network of badak.models.is_digit: MNIST's digits against what is none.

Run it as ``python tools/train_is_digit.py [FOLDER]``, the folder being that of MNIST's files; on
one machine the same data give the same bytes. Its threshold lets pass all but LOST of the last
10,000 training images, which it has not learnt from. MNIST's test images, and letters of fonts that
it has not seen, only give the figures that are printed.
"""

import argparse
from pathlib import Path

import matplotlib
import non_digits
import numpy as np
from distortion import distort

from badak import Input, Sequential, datasets, models
from badak.layers import Dense, Flatten, Rescaling
from badak.optimizers import Adam
from badak.schedules import CosineDecay
from badak.typing import Array

SEED = 0
UNITS = (64, 32)
EPOCHS, BATCH_SIZE, LEARNING_RATE = 24, 128, 0.002
VALIDATION = 10_000  # of the training images
LOST = 0.003  # of these: digits that are taken for none

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
LEARNT = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif-Bold", "DejaVuSerif-Italic"),
    *("DejaVuSansMono-Oblique", "cmss10", "cmmi10"),
)
HELD_OUT = ("STIXGeneral", "STIXGeneralItalic", "cmr10", "cmtt10")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the network of badak.models.is_digit.")
    parser.add_argument("data", nargs="?", type=Path, help="where MNIST's files are")
    parser.add_argument("--out", type=Path, default=models.DIGIT_OR_NOT, help="a file")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="fewer for a quick look")
    parser.add_argument("--count", type=int, default=20_000, help="letters; of all else fewer")
    options = parser.parse_args(arguments)
    dataset = datasets.load("mnist", options.data)
    x, held_back = dataset.x_train[:-VALIDATION], dataset.x_train[-VALIDATION:]
    model = train(x, others(x, LEARNT, options.count, [SEED, 0]), options.epochs)
    scores = np.sort(model.predict(held_back)[:, 0])
    threshold = float(scores[round(LOST * len(scores))])
    model.class_names = ["no digit", "digit"]
    model.preparation = {"threshold": threshold}
    model.save(options.out)
    print(f"threshold {threshold:.4f}")
    for kind, images in others(dataset.x_test, HELD_OUT, 1000, [SEED, 1]).items():
        print(f"| {kind} | {(model.predict(images)[:, 0] < threshold).mean():.3f} |")
    print(f"| digits | {(model.predict(dataset.x_test)[:, 0] < threshold).mean():.4f} |")


def others(digits: Array, fonts: tuple[str, ...], count: int, seed: list[int]) -> dict[str, Array]:
    """Return what is no digit by its kind, uint8 (n, 28, 28)."""
    rng = np.random.default_rng(seed)
    files = [str(FONTS / f"{name}.ttf") for name in fonts]
    return {
        "letters": non_digits.letters(count, rng, files),
        "two digits that touch": non_digits.pairs(count // 2, rng, digits),
        "scribbles": non_digits.scribbles(count // 2, rng),
        "shapes": non_digits.shapes(count // 4, rng),
        "noise": non_digits.noise(count // 4, rng),
    }


def train(x: Array, kinds: dict[str, Array], epochs: int) -> Sequential:
    """Return a network that has met digits and others, every other epoch distorted."""
    nones = np.concatenate(list(kinds.values()))
    y = np.repeat([1.0, 0.0], [len(x), len(nones)])[:, np.newaxis]
    hidden = [Dense(units, "relu") for units in UNITS]
    stack = [Input((28, 28)), Rescaling(1 / 255), Flatten(), *hidden, Dense(1, "sigmoid")]
    model = Sequential(stack, name="is_digit", seed=SEED)
    steps = epochs * -(-len(y) // BATCH_SIZE)
    model.compile(Adam(CosineDecay(LEARNING_RATE, decay_steps=steps)), loss="binary_crossentropy")
    for epoch in range(epochs):
        met = distort(x, [SEED, epoch])
        met[::2] = inked(met[::2])
        others_met = distort(nones, [SEED, epoch, 1]) if epoch % 2 else nones
        model.fit(np.concatenate([met, others_met]), y, batch_size=BATCH_SIZE, verbose=0)
    return model


def inked(images: Array) -> Array:
    """Return digits as a pen draws them: MNIST's strokes are blurred, a photograph's are not."""
    return (np.clip((images / 255.0 - 0.25) / 0.5, 0.0, 1.0) * 255.0).round().astype(np.uint8)


if __name__ == "__main__":
    main()
