"""``python -m badak.book SCRIPT``: run a script of the book as it is."""

import runpy
import sys
from pathlib import Path

from badak._common.language import message
from badak.book.installation import install


def main() -> None:
    """Run the script that the command line names, with the arguments after it."""
    given = sys.argv[1:]
    if not given or not Path(given[0]).is_file():
        what = message("usage: python -m badak.book SCRIPT [ARGUMENT...]")
        if given:
            what = message("there is no file {path}", path=given[0])
        print(what, file=sys.stderr)
        sys.exit(2)
    script = Path(given[0]).resolve()
    install()
    sys.argv = [str(script), *given[1:]]
    sys.path[0] = str(script.parent)
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
