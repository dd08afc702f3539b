"""The ways to split a table's rows other than at random; quick to import."""

from badak._common.language import message
from badak.errors import InputError

GROUP, TIME = "group", "time"
WAYS = (GROUP, TIME)


def check_split(group: str | None, time: str | None, target: str | None = None) -> None:
    """Raise InputError where rows cannot be split so, whatever the table holds."""
    if group is not None and time is not None:
        raise InputError(
            message(
                "rows are split by group or by time, not by both, for rows of one group may be "
                "early and late: give group {group!r} or time {time!r}",
                group=group,
                time=time,
            )
        )
    if target is not None and target in (group, time):
        raise InputError(
            message(
                "{name!r} is the target: rows are split by another column (--group or --time)",
                name=target,
            )
        )
