"""The catalogue of messages: collect them from the code, look for what is not translated, compile.

python tools/messages.py update    new messages into the .po, those that are gone out of it
python tools/messages.py compile   the .mo that badak reads, from the .po
python tools/messages.py check     what is wrong with the catalogue, a line each

A message is the first argument of ``message``, ``Phrase``, ``counted`` and ``marked`` in
src/badak, and every help text of the command.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "badak"
PO = SOURCE / "locale" / "ko" / "LC_MESSAGES" / "badak.po"
MO = PO.with_suffix(".mo")
FORMS = {"message": 1, "Phrase": 1, "marked": 1, "counted": 2}
"""How many texts each of these is given: one, or one for one thing and one for several."""

HELP = "the command's help"


def collected() -> Catalog:
    """Return all messages of the code and of the command's help, not translated."""
    catalog = Catalog(locale="ko", domain="badak", fuzzy=False)
    for where, call in calls():
        given: list[Any] = [getattr(each, "value", None) for each in call.args]
        texts = given[: FORMS[_name(call)]]
        if all(isinstance(text, str) for text in texts):
            catalog.add(texts[0] if len(texts) == 1 else tuple(texts), locations=[(where, 0)])
    for text in help_texts():
        catalog.add(text, locations=[(HELP, 0)])
    return catalog


def help_texts() -> Iterator[str]:
    """Yield the help texts of the command, its sub-commands and their parameters."""
    import typer

    from badak.cli import app
    from badak.cli.help import texts

    yield from texts(typer.main.get_command(app))


def stored() -> Catalog:
    """Return the catalogue as it is kept."""
    with PO.open("rb") as file:
        return read_po(file, locale="ko", domain="badak")


def update() -> None:
    """Bring the .po up to what the code says; translations of what is unchanged stay."""
    known: dict[Any, Message] = {each.id: each for each in stored()} if PO.exists() else {}
    catalog = collected()
    for each in catalog:
        if each.id and each.id in known:
            each.string = known[each.id].string
    save(catalog)


def save(catalog: Catalog) -> None:
    """Write the .po, without what changes from one day to the next."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, omit_header=True, include_lineno=False, sort_by_file=True)
    header = 'msgid ""\nmsgstr ""\n' + "".join(
        f'"{name}: {value}\\n"\n'
        for name, value in (
            ("Project-Id-Version", "badak"),
            ("Language", "ko"),
            ("Plural-Forms", "nplurals=1; plural=0;"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        )
    )
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(header.encode() + b"\n" + out.getvalue())


def compile_() -> None:
    """Write the .mo."""
    catalog = stored()
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    with MO.open("wb") as file:
        write_mo(file, catalog)


def problems() -> list[str]:
    """Return what is wrong with the catalogue: a message, and what is wrong with it."""
    catalog = stored()
    found: list[str] = []
    wanted = {each.id for each in collected() if each.id}
    there: dict[Any, Message] = {each.id: each for each in catalog if each.id}
    found += [f"not in the catalogue: {_first(id_)!r}" for id_ in wanted if id_ not in there]
    found += [f"no longer in the code: {_first(id_)!r}" for id_ in there if id_ not in wanted]
    for id_, entry in there.items():
        strings: Any = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        ids = id_ if isinstance(id_, tuple) else (id_,)
        given = set().union(*(fields(text) for text in ids))
        for string in strings:
            if not string:
                found.append(f"not translated: {_first(id_)!r}")
            elif (told := fields(string)) != given:
                wrong = ", ".join(sorted(told ^ given))
                found.append(f"fields {wrong} differ: {_first(id_)!r}")
    with MO.open("rb") as file:
        compiled = {_words(each) for each in read_mo(file) if each.id}
    if compiled != set(map(_words, there.values())):
        found.append(f"{MO.name} is not made from {PO.name}: python tools/messages.py compile")
    return found


def fields(template: str) -> set[str]:
    """Return the names of a template's fields, those within format specifications too."""
    names: set[str] = set()
    try:
        for _, name, spec, _ in Formatter().parse(template):
            if name is not None:
                names |= {name, *fields(spec or "")}
    except ValueError as error:  # a help text is no template, and may have a brace
        return {f"({error})"}
    return names


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield each call in the code that says something in the user's language, and its file."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found = [node for node in tree if isinstance(node, ast.Call) and _name(node) in FORMS]
        for node in sorted(found, key=lambda call: (call.lineno, call.col_offset)):
            yield path.relative_to(ROOT).as_posix(), node


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "")


SAYS = re.compile(
    "print|warn|note|report|add_column|add_row|View|table|Text|assemble|Chunk|Verdict|Refused|"
    "BadParameter|_say|check|check_whole|check_column|check_place|check_regular|as_array|"
    "numbers_in|need|open_tensors|read_json|read_object|set_views"
)
"""Names of functions whose arguments a user reads; so are those of all errors and warnings."""

PROSE = re.compile("[A-Za-z]{2,} | [A-Za-z]{2,}")
"""What is a sentence and no name: a word beside a space."""


def unsaid() -> Iterator[tuple[str, str]]:
    """Yield English that a user reads and no message says: where it is, and the text.

    It is looked for in all that is raised, warned of and printed; of the experiments only in what
    they raise, for they have their words in both languages themselves.
    """
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        own_words = "/experiments/" in where
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                says = SAYS.fullmatch(name) and not own_words
                if says or name.endswith(("Error", "Warning")):
                    for text in _prose(node):
                        yield where, text


def _prose(node: ast.AST) -> Iterator[str]:
    """Yield the texts of prose in what a call is given, but for those within a message."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (*FORMS, "translated"):
        return
    match node:
        case ast.Constant(value=str(text)) if PROSE.search(text):
            yield text
        case ast.JoinedStr(values=values):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in values)
            text = "".join(parts)
            if PROSE.search(text):
                yield text
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _prose(child)


def _words(entry: Any) -> tuple[tuple[str, ...], ...]:
    """Return a message and its translation, each as a tuple of its forms."""
    parts = (entry.id, entry.string)
    return tuple((part,) if isinstance(part, str) else tuple(part) for part in parts)


def _first(id_: Any) -> str:
    return id_[0] if isinstance(id_, tuple) else id_


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["update"]:
            update()
        case ["compile"]:
            compile_()
        case ["check"]:
            wrong = problems()
            print(*wrong, sep="\n")
            sys.exit(bool(wrong))
        case _:
            sys.exit(__doc__)
