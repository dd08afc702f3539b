"""`badak lab`: what it says, opens and refuses."""

import pytest

from badak.cli import main


class Quiet:
    """A server that does not serve."""

    taken = None
    url = "http://127.0.0.1:1234/?token=x"
    port = 1234

    def __init__(self, session, port=0, **_):
        self.session, self.wished = session, port

    def run(self):
        self.session.close()


@pytest.fixture
def run(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("badak.lab.serving.Server", Quiet)
    monkeypatch.setattr("webbrowser.open", opened.append)

    def run_(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["lab", *arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err, opened

    return run_


def test_it_says_its_address_and_opens_a_browser(run):
    code, out, err, opened = run()
    assert (code, out, err) == (0, f"badak lab: {Quiet.url}\n", "")
    assert opened == [Quiet.url]


def test_it_leaves_the_browser_alone(run):
    assert run("--no-browser")[3] == []


def test_it_speaks_korean(run):
    assert "비어 있는" in run("--help", "--language", "ko")[1]


def test_help_shows_what_to_try(run):
    out = run("--help")[1]
    for words in ("badak lab houses.csv --target price", "--no-browser", "--port", "--language"):
        assert words in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.csv"], "no such file"),
        (["--target", "x"], "--target is the column of a table"),
        (["--port", "x"], "no whole number"),
        (["--port", "-1"], "no whole number"),
        (["--port", "70000"], "0 to 65535"),
    ],
)
def test_a_wrong_command_line_is_told_in_a_line(run, arguments, said, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    if "70000" in arguments:
        monkeypatch.undo()
    code, _, err, opened = run(*arguments, "--no-browser")
    assert code in (1, 2)
    assert said in err
    assert err.count("\n") == 1
    assert opened == []
