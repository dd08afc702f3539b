"""The peak memory of a process that fits MNIST from the bytes of its images.

``python -m benchmarks.memory``: the images stay uint8, Rescaling takes them to 0..1 a batch at a
time. This process holds nothing large itself: a child's peak begins at its parent's size.
"""

import json
import resource
import subprocess
import sys
import tempfile

from benchmarks.machine import thread_environment
from benchmarks.processes import ROOT
from benchmarks.report import Report, options
from benchmarks.works import mnist_folder

UNIT = 1 if sys.platform == "darwin" else 1024  # bytes that ru_maxrss counts in


def main() -> None:
    arguments = options(__doc__).parse_args()
    folder = mnist_folder()
    if folder is None:
        print("skipped: MNIST is not on this machine; set BADAK_DATA to a folder with its files")
        return
    report = Report("peak memory of a process that fits MNIST", arguments.threads)
    with tempfile.TemporaryDirectory(prefix="badak-benchmarks-") as cache:
        environment = {
            **thread_environment(arguments.threads),
            "BADAK_DATA": str(folder),
            "BADAK_CACHE": cache,
        }
        first, later = run(environment), run(environment)
    table = report.table("after", "first process, which compiles", "a later one")
    for after in first:
        report.rows.append({"after": after, "first": first[after], "later": later[after]})
        table.add_row(after, *(f"{peak[after] / 1e6:.0f} MB" for peak in (first, later)))
    report.show(table, "the images are 47 MB of uint8, as float32 they would be 188 MB")
    report.write(arguments.json)


def run(environment: dict[str, str]) -> dict[str, int]:
    """Return the peak in bytes after each stage of a child."""
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "--child"],
        env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(result.stdout.splitlines()[-1])


def child() -> None:
    """Fit MNIST in this process, and print the peak after each stage as JSON."""
    peaks = {"the start": peak()}

    from badak import Input, Sequential, datasets, layers

    peaks["importing badak"] = peak()
    (x, y), test = datasets.mnist.load_data()
    peaks["loading MNIST"] = peak()
    model = Sequential(
        [
            Input(x.shape[1:]),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(512, "relu"),
            layers.Dense(256, "relu"),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile("adam", metrics=["accuracy"])
    model.fit(x, y, batch_size=128, epochs=1, verbose=0)
    peaks["an epoch of fit"] = peak()
    model.fit(x, y, batch_size=128, epochs=1, validation_data=test, verbose=0)
    peaks["another, with validation"] = peak()
    model.predict(x)
    peaks["predicting the 60,000"] = peak()
    print(json.dumps(peaks))


def peak() -> int:
    """Return the most bytes that this process held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


if __name__ == "__main__":
    if "--child" in sys.argv:
        child()
    else:
        main()
