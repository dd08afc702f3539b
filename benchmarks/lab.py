"""The lab: training behind its page beside `fit` alone, frames a second, and clicks.

``python -m benchmarks.lab``: a server, and another process that asks it for frames as a page does.
"""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from badak.lab import network
from badak.lab.recipe import complete
from badak.lab.run import Run
from badak.lab.serving import HOST, Server
from badak.lab.session import Session
from benchmarks import machine
from benchmarks.report import Report, options, time_text

VIEWS = "loss,network,units,boundary,distributions,confusion,wrong,sample"
"""All of them."""
USUAL = "loss,network,units,boundary"
"""Those that a page opens with."""
RATE = 20.0
"""Frames a second that a page asks for."""
WARM = 1.0
"""Seconds before anything is measured."""


def _dense(*units: int) -> list[dict[str, Any]]:
    return [{"kind": "dense", "units": count, "activation": "relu"} for count in units]


RECIPES: dict[str, dict[str, Any]] = {
    "circle 2-4-1": {},
    "digits 64-50-50-10": {
        "data": {"kind": "digits"},
        "network": {"layers": _dense(50, 50)},
        "training": {"batch_size": 32, "optimizer": {"name": "adam", "learning_rate": 0.001}},
    },
    "digits 64-1000-1000-10": {
        "data": {"kind": "digits"},
        "network": {"layers": _dense(1000, 1000)},
        "training": {"batch_size": 128, "optimizer": {"name": "adam", "learning_rate": 0.001}},
    },
}


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, metavar="S")
    parser.add_argument("--poll", metavar="JSON", help="ask a server; for this program's own use")
    arguments = parser.parse_args()
    if arguments.poll:
        print(json.dumps(ask(**json.loads(arguments.poll))))
        return
    seconds = arguments.seconds or (0.5 if arguments.quick else 4.0)
    rounds = 1 if arguments.quick else 7
    report = Report("the lab", arguments.threads)
    machine.keep_to(arguments.threads)
    names = list(RECIPES)[:2] if arguments.quick else list(RECIPES)
    for name in names:
        recipe = RECIPES[name]
        report.console.print(f"{name} ...", style="dim")
        report.rows.append({"network": name, **measure(complete(recipe), seconds, rounds)})
    show(report)
    report.write(arguments.json)


def measure(recipe: dict[str, Any], seconds: float, rounds: int) -> dict[str, Any]:
    """Return the row of one recipe: ratios to `fit` alone, frames a second, and clicks."""
    ratios: dict[str, list[float]] = {USUAL: [], VIEWS: []}
    asked: dict[str, list[dict[str, Any]]] = {USUAL: [], VIEWS: []}
    alone_rates = []
    session = Session(recipe)
    with serving(session) as server:
        run = session.run("a")
        for _ in range(rounds):
            for views in (USUAL, VIEWS):
                before = alone(run, recipe, seconds)
                rate, found = behind_a_page(server, views, seconds)
                after = alone(run, recipe, seconds)
                alone_rates += [before, after]
                ratios[views].append(rate / ((before + after) / 2))
                asked[views].append(found)
    everything = asked[VIEWS]
    return {
        "alone": median(alone_rates),
        "usual_share": median(ratios[USUAL]),
        "all_share": median(ratios[VIEWS]),
        "usual_frames": median(each["frames"] for each in asked[USUAL]),
        "all_frames": median(each["frames"] for each in everything),
        "click": median(each["click"] for each in everything),
        "slowest_click": max(each["slowest"] for each in everything),
    }


@contextmanager
def serving(session: Session) -> Any:
    """Serve a session for a while."""
    server = Server(session, 0)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def alone(run: Run, recipe: dict[str, Any], seconds: float) -> float:
    """Return how many samples a second `fit` alone trains on."""
    data = run.data
    model = network.build(recipe, data)
    t = network.targets(model, data.t_train)
    size = network.batch_size(model, recipe)
    model.fit(data.x_train, t, batch_size=size, epochs=1, verbose=0)
    started = time.perf_counter()
    model.fit(data.x_train, t, batch_size=size, epochs=5, verbose=0)
    each = (time.perf_counter() - started) / 5
    epochs = max(1, int(seconds / each))
    started = time.perf_counter()
    model.fit(data.x_train, t, batch_size=size, epochs=epochs, verbose=0)
    return epochs * len(data.x_train) / (time.perf_counter() - started)


def behind_a_page(server: Server, views: str, seconds: float) -> tuple[float, dict[str, Any]]:
    """Return how many samples a second the lab trains on, and what a page got meanwhile."""
    run = server.session.run("a")
    asking = {"port": server.port, "token": server.token, "views": views, "seconds": seconds}
    program = [sys.executable, "-m", "benchmarks.lab", "--poll", json.dumps(asking)]
    here = Path(__file__).parent.parent
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=here) as page:
        assert page.stdout is not None
        page.stdout.readline()  # it has had its first frame
        run.play()
        time.sleep(WARM)
        started, before = time.perf_counter(), run.seen_samples
        time.sleep(seconds)
        rate = (run.seen_samples - before) / (time.perf_counter() - started)
        found = json.loads(page.stdout.read())
    run.pause()
    while run.status == "playing":
        time.sleep(0.01)
    return rate, found


def ask(port: int, token: str, views: str, seconds: float) -> dict[str, Any]:
    """Ask a server for frames as a page does, and click now and then; return what came of it."""
    connection = HTTPConnection(HOST, port)

    def get(path: str) -> bytes:
        connection.request("GET", path, headers={"X-Badak-Token": token})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(content.decode())
        return content

    def frame(after: int) -> int:
        content = get(f"/api/frame?run=a&after={after}&views={views}")
        length = int.from_bytes(content[:4], "little")
        return int(json.loads(content[4 : 4 + length])["frame"])

    number = frame(0)
    print(flush=True)
    while json.loads(get("/api/state"))["runs"]["a"]["status"] != "playing":
        time.sleep(0.01)
    warm = time.perf_counter() + WARM
    while time.perf_counter() < warm:
        number = frame(number)
    layers = len(json.loads(get("/api/state"))["runs"]["a"]["layers"])
    clicks, frames = [], 0
    started = time.perf_counter()
    while (now := time.perf_counter()) < started + seconds:
        number = frame(number)
        frames += 1
        if frames % 10 == 0:
            clicked = time.perf_counter()
            get(f"/api/arithmetic?run=a&layer={layers - 1}&unit=0&sample={frames}")
            clicks.append(time.perf_counter() - clicked)
        time.sleep(max(0.0, now + 1.0 / RATE - time.perf_counter()))
    spent = time.perf_counter() - started
    return {
        "frames": frames / spent,
        "click": median(clicks) if clicks else 0.0,
        "slowest": max(clicks, default=0.0),
    }


def show(report: Report) -> None:
    """Print a line for each network."""
    table = report.table("network", "fit alone", "usual views", "all views", "frames/s", "a click")
    for row in report.rows:
        table.add_row(
            row["network"],
            f"{row['alone']:,.0f}/s",
            f"{row['usual_share']:.2f}",
            f"{row['all_share']:.2f}",
            f"{row['usual_frames']:.1f}, {row['all_frames']:.1f}",
            f"{time_text(row['click'])}, at most {time_text(row['slowest_click'])}",
        )
    report.show(
        table,
        "fit alone: samples a second; views: the share of it that the lab trains on meanwhile, "
        f"medians; frames of {RATE:.0f} a second that a page asks for",
    )


if __name__ == "__main__":
    main()
