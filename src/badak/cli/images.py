"""`badak train` on images: the facts, the held-out accuracy and the pictures of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from badak._common.language import message
from badak.cli import artifacts
from badak.cli.confusion import print_held_out
from badak.cli.folders import told
from badak.cli.training import Job, facts_of_training
from badak.datasets import Dataset
from badak.recipes import images
from badak.recipes.events import Started
from badak.recipes.images import ImageResult
from badak.recipes.options import ImageTraining
from badak.training.callbacks.progress import progress_for

if TYPE_CHECKING:
    from rich.console import Console

    from badak.recipes.events import BagStarted, OnEvent


@dataclass(frozen=True)
class ImageJob(Job[ImageResult]):
    """A run on images."""

    options: ImageTraining
    dataset: Dataset
    asked_for: ClassVar[str] = "image.png"

    def train(self, on_event: "OnEvent | None", *, quiet: bool) -> ImageResult:
        """Run the recipe; epochs are shown as a bar on a terminal, as lines elsewhere."""
        callbacks = progress_for(0 if quiet else 1)
        return images.train(self.options, self.dataset, on_event=on_event, callbacks=callbacks)

    def facts(self, started: "Started | BagStarted") -> dict[str, str]:
        """Return data, network and training."""
        assert isinstance(started, Started)
        learn, watch, test = started.counts
        data = message(
            "{learn:,} images to train on, {watch:,} to validate, {test:,} held out",
            learn=learn,
            watch=watch,
            test=test,
        )
        epochs = message("{count} epochs", count=started.epochs)
        pictures = self.dataset.pictures
        return {
            "data": f"{self.dataset.name}: {data}",
            **({} if pictures is None else told(pictures)),
            **facts_of_training(started, epochs, message("all images at once")),
        }

    def epochs_done(self, result: ImageResult) -> str:
        """Return how many of how many."""
        return message(
            "{done} of {epochs} epochs", done=len(result.history.epoch), epochs=result.epochs
        )

    def print_scores(self, console: "Console", result: ImageResult) -> None:
        """Print the held-out accuracy and the confusion, and of which epoch the weights are."""
        if result.best_epoch is not None:
            best = result.best_epoch + 1
            loss = result.history.by_epoch("val_loss")[result.history.epoch.index(best - 1)]
            console.print(
                message(
                    "\nkept: the weights of epoch {best}, whose val_loss is the lowest, {loss:.4g}",
                    best=best,
                    loss=loss,
                ),
                soft_wrap=True,
            )
        print_held_out(console, result.confusion, self.dataset.class_names)

    def draw(self, model: Path, result: ImageResult) -> list[Path]:
        """Draw curves, confusion and mistakes."""
        x, y = self.dataset.x_test, self.dataset.y_test
        return [
            *artifacts.draw_curves(model, result.history),
            *artifacts.draw_confusion(model, y, result.model.classify(x), self.dataset.class_names),
            *artifacts.draw_misclassified(model, result.model, x, y),
        ]
