"""The lab's server: at a free port of this machine, for a terminal or a notebook."""

import contextlib
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Mapping
from typing import Any

from badak import Sequential
from badak._common.extras import need
from badak._common.language import message
from badak.errors import InputError
from badak.lab.app import make_app
from badak.lab.security import new_token
from badak.lab.session import Session
from badak.lab.views import EXTRA

HOST = "127.0.0.1"
PORT = 8765
TRIED = 50
"""Ports after a taken one that are tried."""
GOODBYE = 1
"""Seconds that open requests have when the server ends."""


class Server:
    """One session at one port.

    Parameters
    ----------
    session : Session
        What it serves.
    port : int
        The port that is wished for; where it is taken, the next free one. 0 is any.
    framed : bool
        Whether a notebook may show the page in a frame.

    Attributes
    ----------
    port : int
        The port.
    taken : int or None
        The port that was wished for, if another one had to be taken.
    url : str
        The address, with its token.

    Raises
    ------
    ImportError
        Starlette or uvicorn is not installed.
    InputError
        No port is free.
    """

    def __init__(self, session: Session, port: int = PORT, *, framed: bool = False) -> None:
        self._uvicorn = need("uvicorn", EXTRA, "badak.lab")
        self.session = session
        self.token = new_token()
        self._socket = _listening(port)
        self.port = self._socket.getsockname()[1]
        self.taken = port if port not in (0, self.port) else None
        self.url = f"http://{HOST}:{self.port}/?token={self.token}"
        config = self._uvicorn.Config(
            make_app(session, self.token, self.port, framed=framed),
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GOODBYE,
            limit_concurrency=200,
            lifespan="on",
        )
        self._server = self._uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until Ctrl-C."""
        with contextlib.suppress(KeyboardInterrupt):
            self._serve()
        self.session.close()

    def start(self) -> None:
        """Serve from a thread of its own."""
        self._thread = threading.Thread(target=self._serve, name="badak-lab", daemon=True)
        self._thread.start()
        until = time.monotonic() + 10.0
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.01)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(5.0)
        self._socket.close()
        self.session.close()


class Lab:
    """A lab that is open; a notebook shows its page.

    Made by :func:`badak.lab.lab`. In a ``with`` statement it is closed at the end.

    Parameters
    ----------
    server : Server
        Its server, which runs.
    height : int
        Pixels of the page in a notebook.

    Attributes
    ----------
    url : str
        The page's address, with its token.

    Examples
    --------
    >>> import badak
    >>> with badak.lab(browser=False, block=False, port=0) as lab:  # doctest: +SKIP
    ...     lab.model.count_params()
    17
    """

    def __init__(self, server: Server, height: int) -> None:
        self._server = server
        self._height = height
        self.url = server.url

    @property
    def model(self) -> Sequential:
        """The network of run "a" as it is now, a copy that is no longer trained."""
        import copy

        run = self._server.session.run("a")
        snapshot = run.looked_at()
        model: Sequential = copy.deepcopy(snapshot.model)
        model.parameters.vector[...] = snapshot.vector
        return model

    def wait(self) -> None:
        """Wait until Ctrl-C, and then close the lab."""
        try:
            while True:
                time.sleep(3600.0)
        except KeyboardInterrupt:
            self.close()

    def close(self) -> None:
        """End the server and the runs."""
        self._server.stop()

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return message("<badak lab at {url}>", url=self.url)

    def _repr_html_(self) -> str:
        frame = (
            f'<iframe src="{self.url}" width="100%" height="{self._height}" '
            'style="border:1px solid #8884" allow="clipboard-write"></iframe>'
        )
        words = message("open it in a tab of its own")
        return f'{frame}<p><a href="{self.url}" target="_blank" rel="noopener">{words}</a></p>'


def lab(
    model: Sequential | None = None,
    data: Any = None,
    *,
    recipe: Mapping[str, Any] | None = None,
    port: int = PORT,
    browser: bool | None = None,
    block: bool | None = None,
    height: int = 900,
) -> Lab:
    """Open the lab: a page in which a network is built, trained and seen through.

    In a notebook the page is shown below the cell, and the cell ends at once. In a script or at
    Python's prompt a browser is opened; a script waits there until Ctrl-C, the prompt goes on.
    The model itself stays as it is: the lab trains a copy, which is `model` of what is returned.

    Parameters
    ----------
    model : Sequential, optional
        A network to begin with, compiled or not; without it the lab's own circle.
    data : tuple, optional
        (x, t), as :meth:`badak.Sequential.fit` takes them; needed with a model. A
        quarter of them is held back to test on.
    recipe : mapping, optional
        What to begin with in place of a model, as the page's address has it.
    port : int
        The port; where it is taken, the next free one. 0 is any.
    browser : bool, optional
        Whether a browser is opened; by default outside notebooks.
    block : bool, optional
        Whether to wait until Ctrl-C; by default in scripts.
    height : int
        Pixels of the page in a notebook.

    Returns
    -------
    Lab
        The lab, with its ``url``, ``model`` and ``close()``.

    Raises
    ------
    ImportError
        Starlette or uvicorn is not installed: ``pip install 'badak[lab]'``.
    InputError
        The model or the data cannot be worked with, or no port is free.

    Examples
    --------
    >>> import badak
    >>> lab = badak.lab(browser=False, block=False, port=0)  # doctest: +SKIP
    >>> lab.close()  # doctest: +SKIP
    """
    from badak.lab.given import session_of

    notebook, prompt = _in_notebook(), _at_prompt()
    session = session_of(model, data) if model is not None else Session(recipe)
    server = Server(session, port, framed=notebook)
    server.start()
    opened = Lab(server, height)
    tell(server, print)
    if browser or (browser is None and not notebook):
        webbrowser.open(server.url)
    if block or (block is None and not notebook and not prompt):
        opened.wait()
    return opened


def tell(server: Server, write: Callable[[str], Any]) -> None:
    """Say where the lab is, and which port was taken."""
    if server.taken is not None:
        write(
            message(
                "port {taken} is taken; the lab is at the next free one, {port}",
                taken=server.taken,
                port=server.port,
            )
        )
    write(message("badak lab: {url}", url=server.url))


def _listening(port: int) -> socket.socket:
    """Return a socket that listens at this port of this machine, or at the next free one."""
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port < 65536:
        raise InputError(
            message("port must be a whole number from 0 to 65535, not {port!r}", port=port)
        )
    for each in range(port, min(port + TRIED, 65536)):
        # With its protocol asyncio knows that it need not wait to send small parts.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, each))
            listening.listen(128)
        except OSError:
            listening.close()
            continue
        listening.set_inheritable(False)
        return listening
    raise InputError(
        message(
            "no port from {port} to {last} is free: give another one",
            port=port,
            last=min(port + TRIED, 65536) - 1,
        )
    )


def _in_notebook() -> bool:
    """Return whether this runs in the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def _at_prompt() -> bool:
    """Return whether this runs at Python's or IPython's prompt."""
    ipython = sys.modules.get("IPython")
    return (ipython is not None and ipython.get_ipython() is not None) or hasattr(sys, "ps1")
