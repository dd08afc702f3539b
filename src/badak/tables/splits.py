"""Which rows train, watch and test: at random, or group by group, or in the order of time.

Each function takes arrays of one value a row and gives indices of rows, or the number of each row's
fold. The same rows and seed give the same split; which groups are together depends on which rows
share a value, never on the values.
"""

import numpy as np

from badak._common.language import counted, message
from badak._common.samples import as_array
from badak.errors import InputError
from badak.preprocessing import split_stratified
from badak.typing import Array, ArrayLike

ALWAYS = -1
"""The fold of rows that are trained on whichever fold is left out."""
MOST_GROUPS = 2000
"""Groups that are placed one by one; of more, several are placed together."""


def hold_out(
    count: int,
    share: float,
    seed: int = 0,
    *,
    labels: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    times: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Return the indices of the rows that are left, and of those that are held out.

    Parameters
    ----------
    count : int
        How many rows there are.
    share : float
        The share of the rows that is held out, between 0 and 1.
    seed : int, default 0
        Settles which rows these are; it makes no difference with `times`.
    labels : array_like, optional
        Classes, (count,): each keeps its share, exactly without `groups`, nearly with them, and is
        among the rows that are left. With `times` they make no difference.
    groups : array_like, optional
        (count,): rows of one value stay together.
    times : array_like, optional
        (count,): the last rows are held out; rows of one time stay together.

    Returns
    -------
    rest, held_out : arrays of int
        Neither is empty; together they hold each index once.

    Raises
    ------
    InputError
        Both `groups` and `times`, fewer than two different values in them, or NaN; groups of which
        each holds a class that no other has.

    Examples
    --------
    >>> rest, held_out = hold_out(6, 0.3, groups=["a", "a", "b", "b", "c", "c"])
    >>> sorted(held_out.tolist())
    [0, 1]
    >>> hold_out(6, 0.3, times=[2020, 2021, 2023, 2022, 2023, 2020])[1].tolist()
    [2, 4]
    """
    if groups is None and times is None:
        return split_stratified(_strata(count, labels), share, seed)
    held = int(count * share + 0.5)
    shares = np.array([1.0 - share, share])
    parts = _parts(count, shares, np.array([count - held]), seed, labels, groups, times)
    return np.flatnonzero(parts != 1), np.flatnonzero(parts == 1)


def folds(
    count: int,
    k: int,
    seed: int = 0,
    *,
    labels: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    times: ArrayLike | None = None,
) -> Array:
    """Return the fold of each row, for networks of which each leaves one fold out.

    Parameters
    ----------
    count : int
        How many rows there are.
    k : int
        How many folds there are to be, 2 or more.
    seed : int, default 0
        Settles which rows are together; it makes no difference with `times`.
    labels : array_like, optional
        Classes, (count,): each is spread over the folds evenly, nearly so with `groups`. With
        `times` they make no difference.
    groups : array_like, optional
        (count,): rows of one value are in one fold.
    times : array_like, optional
        (count,): fold 0 holds the earliest rows, the last fold the latest; rows of one time are in
        one fold.

    Returns
    -------
    array of int, (count,)
        From 0 to k - 1; ALWAYS, -1, for rows that every network is to train on, because they, or
        their group, hold all that there is of a class.

    Raises
    ------
    InputError
        `k` is below 2, or more than there are rows, groups or times to spread; both `groups` and
        `times`, or NaN in them.

    Examples
    --------
    >>> folds(6, 3, labels=[0, 0, 0, 1, 1, 1]).tolist()
    [1, 2, 0, 2, 1, 0]
    >>> folds(6, 3, groups=["a", "a", "b", "b", "c", "c"]).tolist()
    [1, 1, 0, 0, 2, 2]
    >>> folds(6, 3, times=[5, 6, 1, 3, 2, 4]).tolist()
    [2, 2, 0, 1, 0, 1]
    """
    if k < 2 or k > count:
        raise InputError(message("{count} rows make 2 to {count} folds, not {k}", count=count, k=k))
    if groups is not None or times is not None:
        cuts = np.arange(1, k) * count // k
        return _parts(count, np.full(k, 1.0 / k), cuts, seed, labels, groups, times)
    rng = np.random.default_rng(seed)
    numbers, dealt = np.full(count, ALWAYS), 0
    for members in members_of(_strata(count, labels)):
        if len(members) > 1:  # the only row of a class is never left out
            numbers[rng.permutation(members)] = (dealt + np.arange(len(members))) % k
            dealt += len(members)
    return numbers


def codes_of(values: ArrayLike, count: int, name: str) -> Array:
    """Return whole numbers from 0 on, (count,): equal ones for equal values, by first appearance.

    Raises InputError for another number of values, for one that is missing, or where all are equal.

    >>> codes_of(["b", "a", "b"], 3, "groups").tolist()
    [0, 1, 0]
    """
    array = _column(values, count, name)
    _, first, codes = np.unique(array, return_index=True, return_inverse=True)
    if len(first) < 2:
        raise InputError(
            message(
                "{name} has one value only, {value!r}: rows that stay together cannot be split",
                name=name,
                value=array.tolist()[0],
            )
        )
    ranks = np.empty(len(first), np.int64)
    ranks[np.argsort(first)] = np.arange(len(first))
    return ranks[codes]


def _parts(
    count: int,
    shares: Array,
    cuts: Array,
    seed: int,
    labels: ArrayLike | None,
    groups: ArrayLike | None,
    times: ArrayLike | None,
) -> Array:
    """Return each row's part (count,), of parts with these shares, by `groups` or by `times`."""
    if groups is not None and times is not None:
        raise InputError(
            message(
                "groups and times are two ways to split: rows of one group may be early and late, "
                "so give one of them"
            )
        )
    if times is not None:
        return _by_time(_column(times, count, "times"), cuts)
    assert groups is not None
    codes = codes_of(groups, count, "groups")
    return _by_group(codes, _strata(count, labels), shares, seed)


def _by_time(times: Array, cuts: Array) -> Array:
    """Return each row's part: a new one begins near each of the places `cuts` in time's order."""
    order = np.argsort(times, kind="stable")
    begins = np.flatnonzero(times[order][1:] != times[order][:-1]) + 1  # of other times
    if len(begins) < len(cuts):
        raise InputError(
            counted(
                "times hold {count} different value, which does not make {parts} parts",
                "times hold {count} different values, which do not make {parts} parts",
                len(begins) + 1,
                parts=len(cuts) + 1,
            )
        )
    parts, last = np.zeros(len(times), np.int64), -1
    for number, cut in enumerate(cuts):
        left = len(cuts) - number
        possible = begins[last + 1 : len(begins) - left + 1]
        last += 1 + int(np.abs(possible - cut).argmin())
        parts[begins[last] :] = number + 1
    placed = np.empty_like(parts)
    placed[order] = parts
    return placed


def _by_group(groups: Array, labels: Array, shares: Array, seed: int) -> Array:
    """Return each row's part (rows,), groups being whole and each class nearly at its share.

    The largest groups come first, each to the part in which the shares of all classes come nearest
    to what they are to be. A group that holds all of a class goes to part 0 of two, else ALWAYS.
    """
    _, labels = np.unique(labels, return_inverse=True)
    rng = np.random.default_rng(seed)
    tallies = _tallies(groups, labels)
    only = ((tallies > 0).sum(axis=0) == 1) & (tallies.sum(axis=0) < len(labels))
    fixed = (tallies[:, only] > 0).any(axis=1)
    free = np.flatnonzero(~fixed)
    fewest = 1 if len(shares) == 2 and fixed.any() else len(shares)
    if len(free) < fewest:
        raise InputError(
            counted(
                "{count} group of {all} may be left out of training, the others holding all rows "
                "of a class: {parts} parts cannot be made",
                "{count} groups of {all} may be left out of training, the others holding all rows "
                "of a class: {parts} parts cannot be made",
                len(free),
                all=len(tallies),
                parts=len(shares),
            )
        )
    free = rng.permutation(free)
    if len(free) > MOST_GROUPS:  # those of like classes together
        free = free[np.argsort(tallies[free].argmax(axis=1), kind="stable")]
    bundles = np.array_split(free, min(len(free), MOST_GROUPS))
    wanted = np.column_stack([tallies, tallies.sum(axis=1)]).astype(np.float64)
    wanted /= wanted.sum(axis=0)  # of each group, its shares of the classes and of all rows
    filled = np.zeros((len(shares), wanted.shape[1]))
    if len(shares) == 2:
        filled[0] = wanted[fixed].sum(axis=0)
    weights = np.array([wanted[bundle].sum(axis=0) for bundle in bundles])
    sizes = np.array([wanted[bundle, -1].sum() for bundle in bundles])
    of_group = np.full(len(tallies), 0 if len(shares) == 2 else ALWAYS)
    shuffled = rng.permutation(len(bundles))  # equal sizes come class by class until here
    falling = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    empty = set(range(len(shares))) - ({0} if filled[0].any() else set())
    for place, number in enumerate(falling):
        # Placing a group changes one part's distance from its share: the least rise is the best.
        far = filled - shares[:, np.newaxis]
        rise = ((far + weights[number]) ** 2 - far**2).sum(axis=1) / shares
        if len(empty) >= len(falling) - place:  # each part gets a group
            rise[[part not in empty for part in range(len(shares))]] = np.inf
        part = int(rise.argmin())
        of_group[bundles[number]] = part
        filled[part] += weights[number]
        empty.discard(part)
    return of_group[groups]


def _tallies(groups: Array, labels: Array) -> Array:
    """Return how many rows of each class each group has, (groups, classes)."""
    classes = int(labels.max()) + 1
    pairs = np.bincount(groups * classes + labels, minlength=(int(groups.max()) + 1) * classes)
    return pairs.reshape(-1, classes)


def members_of(labels: Array) -> list[Array]:
    """Return the rows of each of the labels, in their order."""
    _, codes = np.unique(labels, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes))[:-1])


def _strata(count: int, labels: ArrayLike | None) -> Array:
    return np.zeros(count, np.int8) if labels is None else _column(labels, count, "labels")


def _column(values: ArrayLike, count: int, name: str) -> Array:
    array = as_array(values, name)
    if array.shape != (count,):
        raise InputError(
            message(
                "{name} are one a row, shape ({count},), but theirs is {shape}",
                name=name,
                count=count,
                shape=array.shape,
            )
        )
    if (missing := array != array).any():
        raise InputError(
            message(
                "{name}[{row}] is a missing value: fill it, or leave the row out",
                name=name,
                row=int(missing.argmax()),
            )
        )
    return array
