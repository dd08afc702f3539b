"""Every check of the project as a session: ``nox -l`` lists them, ``nox -s lint`` runs one."""

import nox

nox.options.sessions = ["lint", "types", "imports", "test-quick"]
nox.options.reuse_existing_virtualenvs = True

QUICK = [
    *("tests/_common", "tests/activations", "tests/losses", "tests/metrics", "tests/optimizers"),
    *("tests/layers", "tests/network", "tests/test_reference.py", "tests/test_registries.py"),
]
"""The subject and the model: what a change to a formula or a layer breaks first."""
COVERED = ["badak.layers", "badak.losses", "badak.metrics", "badak.optimizers", "badak.training"]
FLOOR = 95  # percent of lines and branches


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and spelling."""
    session.install("ruff>=0.9", "codespell>=2.4", "validate-pyproject[all]>=0.23")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("codespell")
    session.run("validate-pyproject", "pyproject.toml")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.install("-e", ".[all,test,dev]")
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check the import rule: floors, exhaustively."""
    session.install("-e", ".", "import-linter>=2.3")
    session.run("lint-imports")


@nox.session(name="test-quick")
def test_quick(session: nox.Session) -> None:
    """Run the subject's and the model's tests but the slow ones."""
    session.install("-e", ".[all,test]")
    session.run("pytest", "-q", "-m", "not slow and not peers", *QUICK, *session.posargs)


@nox.session
def test(session: nox.Session) -> None:
    """Run all tests that need no peer library."""
    session.install("-e", ".[all,test]")
    session.run("pytest", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure branch coverage of the subject and of training, with a floor."""
    session.install("-e", ".[all,test]", "pytest-cov>=5")
    measured = [f"--cov={package}" for package in COVERED]
    options = ["--cov-branch", f"--cov-fail-under={FLOOR}", "--cov-report=term:skip-covered"]
    session.run("pytest", "-q", "-m", "not peers", *measured, *options, *QUICK, "tests/training")


@nox.session
def peers(session: nox.Session) -> None:
    """Compare with PyTorch, Keras and ONNX Runtime."""
    session.install("-e", ".[all,test,test-peers]")
    session.run("pytest", "-m", "peers", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Check that pages agree with what they are made from."""
    session.install("-e", ".[all,test]")
    session.run("pytest", "-q", "tests/test_docs.py", "tests/diagnostics/test_trace.py")


@nox.session(name="bench-quick")
def bench_quick(session: nox.Session) -> None:
    """Run benchmarks that need no peer, briefly, to see that they work."""
    session.install("-e", ".[all,test]")
    for name in ("sweep", "many", "latency"):
        session.run("python", "-m", f"benchmarks.{name}", "--quick")
