"""All lessons, in the order of the experiments."""

from badak._common.language import message
from badak._common.registry import nearest
from badak._common.validation import shown
from badak.lab.errors import RecipeError
from badak.lab.lessons import functions, linear, outputs, shapes, training
from badak.lab.lessons.base import Lesson

LESSONS: tuple[Lesson, ...] = tuple(
    sorted(
        (
            lesson
            for module in (shapes, linear, functions, outputs, training)
            for lesson in module.LESSONS
        ),
        key=lambda lesson: lesson.experiment.number,
    )
)
"""One for each experiment."""


def get(name: object) -> Lesson:
    """Return the lesson of this name.

    Parameters
    ----------
    name : str
        The name of its experiment.

    Returns
    -------
    Lesson
        The lesson.

    Raises
    ------
    RecipeError
        There is none.

    Examples
    --------
    >>> get("dying-relu").experiment.title.en
    'Dying ReLU'
    """
    known = {lesson.id: lesson for lesson in LESSONS}
    if isinstance(name, str) and name in known:
        return known[name]
    hint = nearest(name, known) if isinstance(name, str) else ""
    raise RecipeError(message("there is no lesson {name}{hint}", name=shown(name), hint=hint), "id")
