"""Write the figures of the pages from benchmarks/results, between their markers.

Run from anywhere: ``python docs/make_tables.py``. A benchmark's ``--json`` is a result: put it into
benchmarks/results, and the pages follow.
"""

import json
import re
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PAGES = [ROOT / "README.md", ROOT / "README.ko.md", ROOT / "docs" / "engine.md"]
WIDTH = 110
MARKED = re.compile(r"(<!-- figures: ([\w-]+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)

Row = dict[str, Any]


def main() -> None:
    """Write the pages."""
    for path in PAGES:
        path.write_text(page(path), encoding="utf-8")


def page(path: Path) -> str:
    """Return the page with every marked part written from the results."""

    def written(match: re.Match[str]) -> str:
        begin, name, end = match.groups()
        return f"{begin}{PARTS[name]().strip()}\n{end}"

    return MARKED.sub(written, path.read_text(encoding="utf-8"))


def result(benchmark: str) -> dict[str, Any]:
    """Return what a benchmark measured."""
    kept: dict[str, Any] = json.loads((RESULTS / f"{benchmark}.json").read_text(encoding="utf-8"))
    return kept


def rows(benchmark: str) -> list[Row]:
    """Return its rows."""
    return list(result(benchmark)["rows"])


def training() -> str:
    """Return the table of training steps, a network's optimizers one below the other."""
    measured = rows("training")
    lines = []
    for network in dict.fromkeys(row["network"] for row in measured):
        of_it = [row for row in measured if row["network"] == network]
        for row in of_it:
            title = f"{network}, batch {row['batch']}" if row is of_it[0] else ""
            lines.append([title, {"adam": "Adam", "sgd": "SGD"}[row["optimizer"]], *compared(row)])
    peers = ["badak", "PyTorch", "JAX, an epoch in one scan", "scikit-learn"]
    return table(["a training step (`python -m benchmarks.training`)", "", *peers], lines)


def inference() -> str:
    """Return the table of answers of the book's network."""
    measured = rows("inference")
    heading = "an answer of 784-50-100-10 (`python -m benchmarks.inference`)"
    titles = [
        f"{row['samples']:,} images" if row["samples"] > 1 else "1 image, a call from Python"
        for row in measured
    ]
    lines = [[title, *compared(row)] for title, row in zip(titles, measured, strict=True)]
    return table([heading, *measured[0]["peers"]], lines)


def latency() -> str:
    """Return the table of calls of predict."""
    measured = rows("latency")
    counts = [f"{int(count):,}" for count in measured[0]["seconds"]]
    lines = [[row["network"], *map(time, row["seconds"].values())] for row in measured]
    return table(["samples in a call (`python -m benchmarks.latency`)", *counts], lines)


def many() -> str:
    """Return how much sooner networks are trained side by side."""
    kept = result("many")
    longest, *others = sorted(kept["rows"], key=lambda row: -int(row["epochs"]))
    more = "".join(f", {row['ratio']:.3g} times with {row['epochs']}" for row in others)
    return paragraph(
        f"{kept['benchmark']} are trained {longest['ratio']:.3g} times as fast side by side on "
        f"{kept['machine']['threads']} cores as one after another with {longest['epochs']} "
        f"epochs{more} (`python -m benchmarks.many`)."
    )


def sweep() -> str:
    """Return what a thousand networks in one process leave behind."""
    first, *others = rows("sweep")
    last = others[-1]
    grown = max(0.0, (max(row["bytes"] for row in others) - first["bytes"]) / 1e6)
    compiled = sum(row["compiled"] for row in others)
    return paragraph(
        f"{last['networks']:,} networks of other widths, rates, slopes and activations, each "
        "fitted, asked and traced in one process: those after the first "
        f"{first['networks']} compile {compiled} formulas in all, and the process grows by "
        f"{grown:.0f} MB (`python -m benchmarks.sweep`)."
    )


def accuracy() -> str:
    """Return how soon MNIST is learnt."""
    own, *others = rows("accuracy")
    longer = ", ".join(f"{row['peer']} takes {row['ratio']:.3g} times" for row in others)
    return paragraph(
        f"MNIST's test images are recognised to 97 % after {time(own['seconds'])} of `fit` "
        f"(784-50-100-10, three epochs); {longer} as long "
        "(`python -m benchmarks.accuracy`)."
    )


def startup() -> str:
    """Return how long it takes from nothing to the first step, and how much memory training."""
    seconds = {row["what"]: time(row["seconds"]) for row in rows("startup")}
    peak = max(row["later"] for row in rows("memory"))
    return paragraph(
        f"From nothing (`python -m benchmarks.startup`): `import badak` {seconds['import badak']}, "
        f"`badak --help` {seconds['badak --help']}, the first training step of a process "
        f"{seconds['first step in a later process, after import']} after the import; on a new "
        f"machine {seconds['first step on a new machine, after import']}, once. A process that "
        "trains on MNIST's 60,000 images, which stay bytes behind `Rescaling`, takes "
        f"{peak / 1e6:.0f} MB of its own at most (`python -m benchmarks.memory`)."
    )


def elementary_functions() -> str:
    """Return the table of the largest errors."""
    measured = rows("elementary_functions")
    names = [row["function"].replace("power ", "x to the power of ") for row in measured]
    return table(["", *names], [["ulp", *(f"{row['ulp']:.2f}" for row in measured)]])


def machine() -> str:
    """Return what the tables were measured on."""
    kept = result("training")
    cores, threads = kept["machine"]["cores"], kept["machine"]["threads"]
    return paragraph(
        f"Figures depend on the machine; these are from {cores} cores of this processor: "
        f"{kept['machine']['processor']}, {threads} threads for all, {kept['date']}."
    )


def readme() -> str:
    """Return the README's paragraph on speed."""
    small, *larger = by_size()
    listed = ", ".join(f"{name(row)} {ratios(row, ' and ')} times" for row in larger)
    pytorch, jax = ratios(small, " ").split()
    kept = result("training")["machine"]
    return paragraph(
        f"A training step with Adam of a small network, {name(small)}, takes PyTorch {pytorch} "
        f"times and JAX {jax} times as long as badak, {listed} ({kept['threads']} threads, "
        f"{kept['processor']}). [The engine](docs/engine.md) has the tables and the commands."
    )


def readme_ko() -> str:
    """Return the same for the Korean README."""
    small, *larger = by_size()
    listed = ", ".join(f"{name_ko(row)}은 {ratios(row, '배와 ')}배" for row in larger)
    pytorch, jax = ratios(small, " ").split()
    kept = result("training")["machine"]
    return paragraph(
        f"작은 신경망({small['network']}, 배치 {small['batch']})을 Adam으로 학습하는 한 단계는 "
        f"PyTorch가 badak의 {pytorch}배, JAX가 {jax}배 걸리고, {listed} 걸립니다"
        f"(스레드 {kept['threads']}개, {kept['processor']}). "
        "표와 명령은 [엔진](docs/engine.md)(영어)에 적어 두었습니다.",
        width=75,  # a Korean letter is as wide as two Latin ones
    )


def by_size() -> list[Row]:
    """Return the rows of training with Adam, the smallest network first."""
    measured = [row for row in rows("training") if row["optimizer"] == "adam"]
    return sorted(measured, key=lambda row: float(row["peers"]["badak"]["seconds"]))


def name(row: Row) -> str:
    """Return how a network is called in a sentence."""
    return f"{row['network']} (batch {row['batch']})"


def name_ko(row: Row) -> str:
    """Return the same in Korean."""
    return f"{row['network']}(배치 {row['batch']})"


def ratios(row: Row, between: str) -> str:
    """Return PyTorch's and JAX's times as multiples of badak's, to two figures."""
    return between.join(two_figures(row["peers"][peer]["ratio"]) for peer in ("PyTorch", "JAX"))


def two_figures(value: float) -> str:
    """Return a number of two figures: 24, 5.2, 0.90."""
    return f"{value:#.2g}".rstrip(".")


def compared(row: Row) -> list[str]:
    """Return badak's time, and how many times as long each peer takes."""
    own, *others = row["peers"].values()
    return [time(own["seconds"]), *(f"{peer['ratio']:.3g}x" for peer in others)]


def time(seconds: float) -> str:
    """Return a time to at most three figures: what was rounded before is not padded."""
    for unit, size in (("us", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def table(heading: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    heading = list(heading)
    texts = [heading, ["---"] * len(heading), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in texts)


def paragraph(text: str, width: int = WIDTH) -> str:
    """Return the text in lines, as the pages have it."""
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


PARTS: dict[str, Callable[[], str]] = {
    "accuracy": accuracy,
    "elementary-functions": elementary_functions,
    "inference": inference,
    "latency": latency,
    "machine": machine,
    "many": many,
    "readme": readme,
    "readme-ko": readme_ko,
    "startup": startup,
    "sweep": sweep,
    "training": training,
}
"""What the markers may name."""


if __name__ == "__main__":
    main()
