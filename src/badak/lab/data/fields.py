"""The fields of a data set in a recipe: what each may be, checked before any work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from badak._common.language import marked, message, translated
from badak._common.validation import Interval, shown
from badak.errors import InputError
from badak.lab.errors import RecipeError


@dataclass(frozen=True)
class Field:
    """One setting of a data set, as the page shows it."""

    name: str
    title: str
    """In English, marked for the catalogue."""
    kind: Literal["number", "whole", "text", "choice"]
    default: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    longest: int = 200
    """Characters of a text."""

    def check(self, value: Any) -> Any:
        """Return the value, or raise RecipeError that names the field."""
        where = f"data.{self.name}"
        what = translated(self.title)
        if self.kind in ("number", "whole"):
            assert self.low is not None
            assert self.high is not None
            try:
                number = Interval(self.low, self.high, high_is_in=True).check(value, what)
            except InputError as error:
                raise RecipeError(str(error), where) from None
            if self.kind == "number":
                return float(number)
            if int(number) != number:
                raise RecipeError(
                    message(
                        "{what} must be a whole number, not {value}", what=what, value=shown(value)
                    ),
                    where,
                )
            return int(number)
        if not isinstance(value, str) or len(value) > self.longest:
            raise RecipeError(
                message(
                    "{what} must be a text of at most {longest} characters, not {value}",
                    what=what,
                    longest=self.longest,
                    value=shown(value),
                ),
                where,
            )
        if self.kind == "choice" and value not in self.choices:
            raise RecipeError(
                message(
                    "{what} must be one of {known}, not {value}",
                    what=what,
                    known=", ".join(self.choices),
                    value=shown(value),
                ),
                where,
            )
        return value

    def told(self) -> dict[str, Any]:
        """Return what the page is told, in the language that is spoken."""
        return {
            "name": self.name,
            "title": translated(self.title),
            "kind": self.kind,
            "default": self.default,
            "low": self.low,
            "high": self.high,
            "choices": list(self.choices),
        }


def checked(spec: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return the value of each field, its default where the recipe has none."""
    return {field.name: field.check(spec.get(field.name, field.default)) for field in fields}


SEED = Field("seed", marked("Seed of the data"), "whole", 0, 0, 2**31 - 1)
TEST_SHARE = Field("test_share", marked("Share for testing"), "number", 0.25, 0.05, 0.9)
SAMPLES = Field("samples", marked("Samples"), "whole", 500, 20, 20_000)
NOISE = Field("noise", marked("Noise"), "number", 0.05, 0.0, 1.0)
