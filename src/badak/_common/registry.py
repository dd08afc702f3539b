"""Registries: things of one kind by name, and the nearest known name where one is unknown."""

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar

from badak._common.language import language, message, translated
from badak.errors import InputError, UnknownNameError

T = TypeVar("T")
Class = TypeVar("Class")


class Registry(Generic[T]):
    """Things of one kind by their names and aliases, in the order in which they were entered.

    The kind is a word that is marked for translation.

    Case, spaces, hyphens and underscores do not count: ``"LeakyReLU"``, ``"leaky_relu"`` and
    ``"leaky-relu"`` are one name. A class enters its registry where it is defined, by
    :meth:`enter`; its subclasses do not enter with it.

    >>> colours = Registry("colour", {"red": 1, "blue": 2})
    >>> colours["Red"]
    1
    """

    def __init__(self, kind: str, things: Mapping[str, T] | None = None) -> None:
        self.kind = kind
        self._things: dict[str, T] = {}
        self._names: dict[str, str] = {}
        for name, thing in (things or {}).items():
            self.add(name, thing)

    def add(self, name: str, thing: T, aliases: Iterable[str] = ()) -> None:
        """Enter `thing` under `name` and `aliases`; a name that is taken is refused."""
        keys = [_key(each) for each in (name, *aliases)]
        for key in keys:
            if key in self._things:
                raise ValueError(
                    message("the {kind} registry has {key!r} already", kind=self.kind, key=key)
                )
        self._things.update(dict.fromkeys(keys, thing))
        self._names[_key(name)] = name

    def enter(self, *aliases: str, name: str | None = None) -> Callable[[Class], Class]:
        """Return a decorator that adds a class under `name`, by default its ``name`` attribute.

        >>> shapes: Registry[type] = Registry("shape")
        >>> @shapes.enter("round", name="circle")
        ... class Circle: ...
        >>> shapes["round"].__name__
        'Circle'
        """

        def decorate(thing: Class) -> Class:
            entered: Any = thing  # of type T, which a type variable of the method cannot say
            self.add(entered.name if name is None else name, entered, aliases)
            return thing

        return decorate

    def __getitem__(self, name: str) -> T:
        """The thing called `name`; UnknownNameError names the nearest known one."""
        if not isinstance(name, str):
            raise UnknownNameError(
                message(
                    "the name of {kind} is a string, not {given}; known: {known}",
                    kind=_with_article(self.kind),
                    given=_describe(name),
                    known=self._list(),
                )
            )
        try:
            return self._things[_key(name)]
        except KeyError:
            raise UnknownNameError(self._unknown(name)) from None

    def get(self, name: str) -> T | None:
        """Return the thing called `name`, or None."""
        return self._things.get(_key(name))

    def make(self, spec: Any) -> Any:
        """An object from what a user may write: a name, a configuration, or the object itself.

        A configuration is a dictionary with the class's name under ``"name"`` and its arguments.
        Anything that is neither a string nor a dictionary is returned as it is.
        """
        if isinstance(spec, str):
            return self._call(spec, {})
        if isinstance(spec, dict):
            arguments = dict(spec)
            if "name" not in arguments:
                raise InputError(
                    message(
                        "the configuration of {kind} has no 'name': {spec!r}",
                        kind=_with_article(self.kind),
                        spec=spec,
                    )
                )
            return self._call(arguments.pop("name"), arguments)
        return spec

    def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        thing: Any = self[name]
        try:
            return thing(**arguments)
        except TypeError as error:
            raise InputError(f"{translated(self.kind)} {name!r}: {error}") from None

    def holds(self, thing: object) -> bool:
        """Return whether `thing` itself is entered, under any name."""
        return any(entered is thing for entered in self._things.values())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _key(name) in self._things

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._names)

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(_key(name), self._things, n=1, cutoff=0.5)
        if near:
            suggestion = self._names.get(near[0], near[0])
            return message(
                "unknown {kind} {name!r}; did you mean {suggestion!r}? (known: {known})",
                kind=translated(self.kind),
                name=name,
                suggestion=suggestion,
                known=self._list(),
            )
        return message(
            "unknown {kind} {name!r}; known: {known}",
            kind=translated(self.kind),
            name=name,
            known=self._list(),
        )

    def _list(self) -> str:
        return ", ".join(self._names.values())


def configuration(thing: Any) -> dict[str, Any]:
    """Return the class name and fields from which :meth:`Registry.make` rebuilds a dataclass."""
    fields = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
    return {"name": type(thing).__name__, **fields}


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?" with the known name nearest to `name`, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return message("; did you mean {near!r}?", near=near[0]) if near else ""


def snake_case(name: str) -> str:
    """Return a class's name as a layer's: "BatchNormalization" becomes "batch_normalization".

    >>> snake_case("PReLU"), snake_case("GaussianNoise")
    ('p_re_lu', 'gaussian_noise')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()


def _with_article(kind: str) -> str:
    if language() == "ko":
        return translated(kind)
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


@lru_cache(maxsize=1024)  # names are looked up while a network answers
def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).lower()


def _describe(value: object) -> str:
    return f"{type(value).__name__} {value!r}"
