"""PeriodicEmbedding: sines and cosines of each feature, of frequencies that are learned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.language import Phrase, message
from badak._common.validation import POSITIVE, Flag, check_whole
from badak.errors import InputError
from badak.initializers import RandomNormal, RandomUniform
from badak.layers.base import Layer, one_axis
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape

TURN = 2.0 * np.pi


@dataclass(frozen=True)
class Piece:
    """Where the waves of one feature are among the weights, and where in the output."""

    feature: int
    weights: slice
    """Its frequencies; none, and the feature is passed on."""
    start: int
    """The first number of the output that it makes."""
    kept: bool
    """Whether that number is the feature itself."""


@register
class PeriodicEmbedding(Layer):
    r"""Make of each feature the sines and cosines of frequencies that are learned.

    A feature x with the frequencies :math:`c_1, \dots, c_k` becomes
    :math:`\sin(2\pi c_1 x), \dots, \sin(2\pi c_k x), \cos(2\pi c_1 x), \dots, \cos(2\pi c_k x)`, so
    that a Dense layer on top can follow sharp changes that it would learn slowly from x alone.
    A :class:`FeatureDense` with ``relu`` after it is the "PLR" embedding of the paper.

    Parameters
    ----------
    frequencies : int or sequence of int, default 16
        How many there are of each feature, or for each feature how many; a feature with 0 is
        passed on as it is.
    sigma : float, default 0.1
        The standard deviation of the initial frequencies, in turns for each unit of a feature,
        above 0. It matters: small ones begin smooth, large ones rough. Features should be
        standardised.
    learned_phase : bool, default False
        Instead of sine and cosine, k numbers :math:`\cos(2\pi (c_i x + b_i))` whose phases b, in
        turns, are learned too, from a uniform distribution over one turn.
    keep_feature : bool, default False
        Whether an embedded feature stands itself before its waves.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        `frequencies` that are not whole numbers of 0 or more, or all 0, a `sigma` that is not above
        0; later, samples of another number of features.

    Notes
    -----
    Waves, a :class:`FeatureDense` without an activation, and `learned_phase` with `keep_feature`
    are the "PBLD" embedding of RealMLP, but for the feature itself, which that hands on beside the
    Dense and not through it.

    References
    ----------
    Gorishniy, Rubachev & Babenko, "On Embeddings for Numerical Features in Tabular Deep
    Learning", 2022, section 3.3; `learned_phase`: Holzmüller, Grinsztajn & Steinwart, "Better by
    Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data", 2024, section 3.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> model = Sequential([Input((2,)), PeriodicEmbedding([2, 0])])
    >>> model.set_weights([[0.25, 1.0]])
    >>> model.predict([[1.0, 7.0]]).round(4) + 0.0
    array([[1., 0., 0., 1., 7.]], dtype=float32)
    """

    arguments = ("frequencies", "sigma", "learned_phase", "keep_feature")
    example_input = (3,)

    def __init__(
        self,
        frequencies: int | Sequence[int] = 16,
        sigma: float = 0.1,
        learned_phase: bool = False,
        keep_feature: bool = False,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.frequencies = _counts(frequencies)
        self.sigma = float(POSITIVE.check(sigma, "sigma"))
        self.learned_phase = Flag().check(learned_phase, "learned_phase")
        self.keep_feature = Flag().check(keep_feature, "keep_feature")

    def counts(self, features: int) -> tuple[int, ...]:
        """Return how many frequencies each feature has.

        Parameters
        ----------
        features : int
            How many features a sample has.

        Returns
        -------
        tuple of int
            0 where a feature is passed on.

        Raises
        ------
        InputError
            The layer was made for another number of features.
        """
        if isinstance(self.frequencies, int):
            return (self.frequencies,) * features
        if len(self.frequencies) != features:
            raise InputError(
                message(
                    "PeriodicEmbedding has frequencies for {known} features, but the samples have "
                    "{features}",
                    known=len(self.frequencies),
                    features=features,
                )
            )
        return self.frequencies

    def copies(self, features: int) -> tuple[int, ...]:
        """Return how many numbers each feature becomes: the sizes that FeatureDense takes.

        Parameters
        ----------
        features : int
            How many features there are.

        Returns
        -------
        tuple of int
            1 where a feature is passed on.

        Examples
        --------
        >>> PeriodicEmbedding([2, 0], keep_feature=True).copies(2)
        (5, 1)
        """
        waves, more = 1 if self.learned_phase else 2, 1 if self.keep_feature else 0
        return tuple(waves * count + more if count else 1 for count in self.counts(features))

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (sum of copies,)."""
        return (sum(self.copies(one_axis(input_shape, "PeriodicEmbedding"))),)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the frequencies of all features, one after another, and the phases if learned."""
        shape = (sum(self.counts(one_axis(input_shape, "PeriodicEmbedding"))),)
        frequency = ParameterSpec("frequency", shape, RandomNormal(stddev=self.sigma))
        phase = ParameterSpec("phase", shape, RandomUniform(-0.5, 0.5))
        return [frequency, phase] if self.learned_phase else [frequency]

    def pieces(self, features: int) -> Iterator[Piece]:
        """Yield where each feature's waves are.

        Parameters
        ----------
        features : int
            How many features a sample has.

        Yields
        ------
        Piece
            Feature by feature.
        """
        first = start = 0
        made = zip(self.counts(features), self.copies(features), strict=True)
        for feature, (count, copies) in enumerate(made):
            kept = self.keep_feature or not count
            yield Piece(feature, slice(first, first + count), start, kept)
            first, start = first + count, start + copies

    def waves(self, w: Weights, x: Array) -> tuple[Array, ...]:
        """Return the waves of one feature.

        Parameters
        ----------
        w : dict of str to ndarray
            The feature's own frequencies, and phases if these are learned.
        x : ndarray
            The feature, (batch, 1).

        Returns
        -------
        tuple of ndarray
            The sines and the cosines, or the cosines alone, (batch, frequencies) each.
        """
        turns = x * w["frequency"]
        if self.learned_phase:
            return (np.cos(TURN * (turns + w["phase"])),)
        return np.sin(TURN * turns), np.cos(TURN * turns)

    def waves_backward(
        self, w: Weights, x: Array, gradients: Sequence[Array]
    ) -> tuple[Array, Weights]:
        """Return each wave's share of the gradients at one feature and at its weights.

        Parameters
        ----------
        w : dict of str to ndarray
            As for :meth:`waves`.
        x : ndarray
            The feature, (batch, 1).
        gradients : sequence of ndarray
            The gradients at what :meth:`waves` returned.

        Returns
        -------
        at_x, of_weights
            The shares, (batch, frequencies), to be added up over the frequencies at x, and over the
            batch for each array of weights.
        """
        turns = x * w["frequency"]
        if self.learned_phase:
            at_turns = -TURN * np.sin(TURN * (turns + w["phase"])) * gradients[0]
            return at_turns * w["frequency"], {"frequency": at_turns * x, "phase": at_turns}
        at_sine, at_cosine = gradients
        at_turns = TURN * (np.cos(TURN * turns) * at_sine - np.sin(TURN * turns) * at_cosine)
        return at_turns * w["frequency"], {"frequency": at_turns * x}

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return each feature's waves, after the feature itself where it is kept."""
        made: list[Array] = []
        for piece in self.pieces(x.shape[-1]):
            own = x[:, piece.feature, np.newaxis]  # (batch, 1)
            made += [own] if piece.kept else []
            made += self.waves(_part(w, piece), own)
        return np.concatenate(made, axis=1), None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x and of the frequencies, and of the phases if learned."""
        at_x = np.zeros_like(p.x)
        of_weights = {name: np.zeros_like(view) for name, view in w.items()}
        for piece in self.pieces(p.x.shape[-1]):
            own = p.x[:, piece.feature, np.newaxis]  # (batch, 1)
            start = piece.start
            if piece.kept:
                at_x[:, piece.feature] = gradient[:, start]
            at_waves = [gradient[:, each] for each in self.columns(piece)]
            at_own, of_own = self.waves_backward(_part(w, piece), own, at_waves)
            at_x[:, piece.feature] += at_own.sum(axis=1)
            for name, value in of_own.items():
                of_weights[name][piece.weights] = value.sum(axis=0)
        return at_x, of_weights

    def spread(self, w: Weights, features: int) -> Weights:
        """Return vectors of a number for each output, of which :meth:`spread_waves` is made.

        So the layer is a formula of the repeated features, for those that only answer.

        Parameters
        ----------
        w : dict of str to ndarray
            The layer's weights.
        features : int
            How many features a sample has.

        Returns
        -------
        dict of str to ndarray
            "factor" and "phase" in turns, and "wave", 0 where a feature is passed on, if any is.
        """
        width = sum(self.copies(features))
        factor, phase, wave = (np.zeros(width, np.float32) for _ in range(3))
        for piece in self.pieces(features):
            own = _part(w, piece)
            shifts: list[Any] = [own["phase"] + 0.25] if self.learned_phase else [0.0, 0.25]
            for columns, shift in zip(self.columns(piece), shifts, strict=True):
                factor[columns], phase[columns], wave[columns] = own["frequency"], shift, 1.0
        made = {"factor": factor, "phase": phase}
        return made if wave.all() else made | {"wave": wave}

    @staticmethod
    def spread_waves(w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return the output from each feature repeated, (batch, sum of copies)."""
        waves = np.sin(TURN * (x * w["factor"] + w["phase"]))  # a quarter of a turn on: cosines
        if "wave" in w:
            waves = w["wave"] * waves + (1.0 - w["wave"]) * x
        return waves, None

    def columns(self, piece: Piece) -> list[slice]:
        """Return where in the output the waves of a piece are.

        Parameters
        ----------
        piece : Piece
            One of :meth:`pieces`.

        Returns
        -------
        list of slice
            Of the sines and of the cosines, or of the cosines alone.
        """
        count, start = piece.weights.stop - piece.weights.start, piece.start + piece.kept
        kinds = 1 if self.learned_phase else 2
        return [slice(start + kind * count, start + (kind + 1) * count) for kind in range(kinds)]

    @classmethod
    def example(cls) -> "PeriodicEmbedding":
        """Return a small layer for tests."""
        return cls([3, 0, 2], sigma=0.4, keep_feature=True)


def _part(w: Weights, piece: Piece) -> Weights:
    return {name: view[piece.weights] for name, view in w.items()}


def _counts(given: Any) -> int | tuple[int, ...]:
    """Return the numbers of frequencies, or raise InputError."""
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if not isinstance(given, (list, tuple)):
        return int(check_whole(given, "frequencies"))
    counts = tuple(
        int(check_whole(each, Phrase("the frequencies of feature {feature}", feature=feature), 0))
        for feature, each in enumerate(given)
    )
    if not any(counts):
        raise InputError(
            message("PeriodicEmbedding has no frequency for any feature: leave the layer out")
        )
    return counts
