"""Every check of the project as a session: ``nox -l`` lists them, ``nox -s lint`` runs one.

``nox --no-venv --no-install -s lint`` runs it in the environment at hand.
"""

import sys

import nox

nox.options.sessions = ["lint", "types", "imports", "test-quick"]
nox.options.reuse_existing_virtualenvs = True

WINGS = ("activations", "initializers", "losses", "metrics", "optimizers", "layers")
MODULES = ("regularizers", "preprocessing", "perceptron", "reference")
ABOVE = ("training", "network")
QUICK = [
    *("tests/_common", "tests/test_functions.py", "tests/test_registries.py"),
    *(f"tests/{wing}" for wing in (*WINGS, *ABOVE) if wing != "initializers"),
    *(f"tests/test_{module}.py" for module in ("initializers", *MODULES)),
]
"""The subject, training and the model: what a change to a formula or a layer breaks first."""

COVERED = [f"badak.{module}" for module in (*WINGS, *MODULES, *ABOVE)]
FLOOR = 95  # percent of lines and branches; what Numba and LLVM compile is not seen

BENCHMARKS = (
    *("accuracy", "elementary_functions", "estimators", "inference", "lab", "latency", "many"),
    *("memory", "products", "scaling", "startup", "sweep", "tables", "training"),
)
NEED_UNIX = {"memory", "sweep"}  # which ask the system how much memory is in use


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, spelling and the project file."""
    session.install("ruff>=0.9", "codespell>=2.4", "validate-pyproject[all]>=0.23")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("codespell")
    session.run("validate-pyproject", "pyproject.toml")


@nox.session
def types(session: nox.Session) -> None:
    """Check types: the package strictly, with benchmarks, tools, page makers and tests."""
    session.install("-e", ".[all,test,dev]")
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check the import rule: floors, exhaustively."""
    session.install("-e", ".", "import-linter>=2.3")
    session.run("lint-imports")


@nox.session(name="test-quick")
def test_quick(session: nox.Session) -> None:
    """Run the subject's, training's and the model's tests but the slow ones, on few examples."""
    session.install("-e", ".[all,test]")
    options = ["-m", "not slow and not peers", "--hypothesis-profile=quick"]
    session.run("pytest", "-q", *options, *QUICK, *session.posargs)


@nox.session
def test(session: nox.Session) -> None:
    """Run all tests that need no peer library."""
    session.install("-e", ".[all,test]")
    session.run("pytest", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure branch coverage of the subject, training and the model, with a floor."""
    session.install("-e", ".[all,test]", "pytest-cov>=5")
    measured = [f"--cov={module}" for module in COVERED]
    options = ["--cov-branch", f"--cov-fail-under={FLOOR}", "--cov-report=term:skip-covered"]
    session.run("pytest", "-q", "-m", "not slow and not peers", *measured, *options, *QUICK)


@nox.session
def peers(session: nox.Session) -> None:
    """Compare with PyTorch, Keras and ONNX Runtime, and run the formats' tests with all of them."""
    session.install("-e", ".[all,test,test-peers]")
    session.run("pytest", "-m", "peers", *session.posargs)
    session.run("pytest", "-m", "not peers", "tests/formats", "tests/cli/test_import.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Check that pages agree with what they are made from."""
    session.install("-e", ".[all,test]")
    session.run("pytest", "-q", "tests/test_docs.py", "tests/diagnostics/test_trace.py")


@nox.session(name="bench-quick")
def bench_quick(session: nox.Session) -> None:
    """Run every benchmark briefly, beside the peers that are installed, to see that it works."""
    session.install("-e", ".[all,test]")
    possible = [name for name in BENCHMARKS if sys.platform != "win32" or name not in NEED_UNIX]
    for name in session.posargs or possible:
        session.run("python", "-m", f"benchmarks.{name}", "--quick")
