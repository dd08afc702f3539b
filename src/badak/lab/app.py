"""The lab's server: its page, its commands, and the frames that it is asked for."""

import asyncio
import contextlib
import json
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from badak._common.extras import need
from badak._common.json_data import json_data
from badak._common.language import message, spoken
from badak._common.looks import LANGUAGES
from badak.errors import BadakError, FileFormatError
from badak.lab.errors import RecipeError
from badak.lab.eyes import Eyes
from badak.lab.health import known
from badak.lab.security import Guard, TooLargeError
from badak.lab.session import Session
from badak.lab.views import EXTRA, FINEST, GRID, NAMES, curves_of, quietly

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

PAGE = Path(__file__).parent / "page"
POLL = 2.0
"""Seconds that a frame is waited for."""
LOOK_AGAIN = 0.008
"""Seconds between two looks for something new."""
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
DEFAULT_VIEWS = "loss,network,units,boundary"


def make_app(session: Session, token: str, port: int, *, framed: bool = False) -> Any:
    """Return the server's application, which only whoever has the token may ask.

    Parameters
    ----------
    session : Session
        What it serves.
    token : str
        What a browser shows first.
    port : int
        The port that it is asked at.
    framed : bool
        Whether a page of another address, such as a notebook, may hold it in a frame.

    Raises
    ------
    ImportError
        Starlette is not installed.
    """
    need("starlette", EXTRA, "badak.lab")
    from starlette.applications import Starlette
    from starlette.routing import Route

    api = Api(session)

    @contextlib.asynccontextmanager
    async def lifespan(_: "Starlette") -> AsyncIterator[None]:
        yield
        session.close()

    get, post = ["GET"], ["POST"]
    routes = [
        Route("/", api.page, methods=get),
        Route("/static/{path:path}", api.static, methods=get),
        Route("/api/catalog", api.catalog, methods=get),
        Route("/api/state", api.state, methods=get),
        Route("/api/language", api.language, methods=post),
        Route("/api/recipe", api.recipe, methods=post),
        Route("/api/run", api.run, methods=post),
        Route("/api/frame", api.frame, methods=get),
        Route("/api/arithmetic", api.arithmetic, methods=get),
        Route("/api/answer", api.answer, methods=post),
        Route("/api/upload", api.upload, methods=post),
        Route("/api/formula", api.formula, methods=post),
        Route("/api/lesson", api.lesson, methods=post),
        Route("/api/verdict", api.verdict, methods=get),
        Route("/api/take", api.take, methods=get),
    ]
    handlers: Any = {Exception: _failed, 404: _not_found, 405: _not_found}
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)
    return Guard(app, token, port, framed=framed)


Answer = Callable[..., Awaitable["Response"]]


def _told(handler: Any) -> Any:
    """Let errors of badak's be answers: 422 with the text and the part of the recipe."""

    async def answering(self: "Api", request: "Request") -> "Response":
        try:
            with spoken(self.session.language):
                found: Response = await handler(self, request)
                return found
        except TooLargeError as error:
            return _error(str(error), status=413)
        except (BadakError, OSError, MemoryError, OverflowError) as error:
            return _error(str(error), getattr(error, "where", ""), **_place(error))

    return answering


class Api:
    """The handlers of one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    async def page(self, request: "Request") -> "Response":
        """Answer with the page."""
        return _file(PAGE / "index.html")

    async def static(self, request: "Request") -> "Response":
        """Answer with one of the page's files."""
        try:
            path = (PAGE / request.path_params["path"]).resolve()
            if path.is_relative_to(PAGE.resolve()) and path.is_file():
                return _file(path)
        except (OSError, ValueError):  # no name of a file: it is too long, or has a NUL
            pass
        return _error(message("there is no such file"), status=404)

    @_told
    async def catalog(self, request: "Request") -> "Response":
        """Answer with what there is to choose from, and with the page's texts."""
        language = request.query_params.get("language") or self.session.language
        if language not in LANGUAGES:
            raise RecipeError(
                message(
                    "language is {name!r}, but must be {known}",
                    name=language,
                    known=message(" or ").join(LANGUAGES),
                ),
                "language",
            )
        return await _in_thread(self._catalog, language)

    def _catalog(self, language: str) -> dict[str, Any]:
        from badak.lab.catalog import catalog
        from badak.lab.lessons import LESSONS
        from badak.lab.texts import texts

        with spoken(language):
            lessons = [lesson.told() for lesson in LESSONS]
            return {"language": language, "texts": texts(), **catalog(language), "lessons": lessons}

    @_told
    async def state(self, request: "Request") -> "Response":
        """Answer with the state."""
        self.session.look()
        return await _in_thread(self.session.state)

    @_told
    async def language(self, request: "Request") -> "Response":
        """Speak another language."""
        given = await _body(request)
        self.session.speak(given.get("language"))
        with spoken(self.session.language):
            return await _in_thread(self.session.state)

    @_told
    async def recipe(self, request: "Request") -> "Response":
        """Let a run train by another recipe."""
        given = await _body(request)

        def change() -> dict[str, Any]:
            self.session.set_recipe(given.get("run", "a"), given.get("recipe"))
            return self.session.state()

        return await _in_thread(change)

    @_told
    async def run(self, request: "Request") -> "Response":
        """Do something with a run."""
        given = await _body(request)

        def do() -> dict[str, Any]:
            self.session.do(given.get("run", "a"), given.get("do"), given)
            return self.session.state()

        return await _in_thread(do)

    @_told
    async def frame(self, request: "Request") -> "Response":
        """Answer with the newest frame once there is one after `after`."""
        from starlette.responses import Response

        session, asked = self.session, request.query_params
        name = asked.get("run", "a")
        after, sample = _whole(asked, "after", 0), _whole(asked, "sample", 0)
        grid = min(max(2, _whole(asked, "grid", GRID)), FINEST)
        views = [view for view in asked.get("views", DEFAULT_VIEWS).split(",") if view]
        unknown = [view for view in views if view not in NAMES]
        if unknown:
            raise RecipeError(
                message(
                    "there is no view {view!r}; there are {known}",
                    view=unknown[0],
                    known=", ".join(NAMES),
                ),
                "views",
            )
        session.look()
        eyes = session.eyes_of(name)
        run = eyes.run
        loop = asyncio.get_running_loop()
        until = loop.time() + POLL
        while after and run.number <= after and loop.time() < until and not run.closed:
            await asyncio.sleep(LOOK_AGAIN)
        if after:
            await asyncio.sleep(min(eyes.wait(), POLL))
        session.look()
        eyes = session.eyes_of(name)  # it may have been removed, or replaced
        frame = await _called(self._frame, name, eyes, views, sample, grid)
        return Response(frame, media_type="application/octet-stream", headers=FRESH)

    def _frame(self, name: str, eyes: Eyes, views: list[str], sample: int, grid: int) -> bytes:
        from badak.lab.frames import joined, pieces

        session, run = self.session, eyes.run
        with eyes.lock:
            found = eyes.see(views, sample, grid)
        snapshot = found.snapshot
        last = run.curves.at("epoch", snapshot.epoch)
        step = max(snapshot.model_step, 1)
        head = {
            "frame": snapshot.number,
            "version": session.version,
            "run": name,
            "status": run.status,
            "pending": run.leaving,
            "epoch": snapshot.epoch,
            "step": snapshot.step,
            "samples": snapshot.samples,
            "rate": run.measured_rate(),
            "speed": run.pace.speed,
            "loss": snapshot.loss if snapshot.loss is not None else last.get("train"),
            "train": last.get("train"),
            "test": last.get("test"),
            "train_accuracy": last.get("train_accuracy"),
            "test_accuracy": last.get("test_accuracy"),
            "learning_rate": float(snapshot.model.optimizer.rate(step)),
            "gradient": run.gradient.at("step", snapshot.step).get("size"),
            "stage": snapshot.stage,
            "sample": found.sample,
            "health": known(run),
            "notices": run.notices,
            "error": run.error,
            "answered_at_step": found.answered_at,
        }
        curves = pieces(curves_of(run) if "loss" in views else {})
        return joined(head, curves, found.arrays)

    @_told
    async def arithmetic(self, request: "Request") -> "Response":
        """Answer with the arithmetic of one unit for one sample."""
        asked = request.query_params
        numbers = [_whole(asked, name, 0) for name in ("layer", "unit", "sample")]
        return await _in_thread(self._arithmetic, asked.get("run", "a"), numbers)

    def _arithmetic(self, name: str, numbers: list[int]) -> dict[str, Any]:
        from badak.lab.arithmetic import arithmetic

        eyes = self.session.eyes_of(name)
        with eyes.lock, quietly():
            return arithmetic(eyes.look(), *numbers)

    @_told
    async def answer(self, request: "Request") -> "Response":
        """Answer what is drawn or typed."""
        given = await _body(request)
        return await _in_thread(self._answer, given)

    def _answer(self, given: dict[str, Any]) -> dict[str, Any]:
        from badak.lab.answers import answer

        self.session.look()
        eyes = self.session.eyes_of(given.get("run", "a"))
        with eyes.lock, quietly():
            return answer(eyes.look(), given)

    @_told
    async def upload(self, request: "Request") -> "Response":
        """Keep what the user brings."""
        asked = request.query_params
        body = await request.body()
        kind, name = asked.get("kind", ""), asked.get("name", "")
        return await _in_thread(self.session.upload, kind, name, body)

    @_told
    async def formula(self, request: "Request") -> "Response":
        """Answer with the graph of a typed formula."""
        given = await _body(request)

        def curve() -> dict[str, Any]:
            from badak.lab.curves import curve_of

            return curve_of(given)

        return await _in_thread(curve)

    @_told
    async def lesson(self, request: "Request") -> "Response":
        """Begin a lesson, or leave it."""
        given = await _body(request)

        def begin() -> dict[str, Any]:
            self.session.set_lesson(given.get("id"), given.get("do", "start"))
            return self.session.state()

        return await _in_thread(begin)

    @_told
    async def verdict(self, request: "Request") -> "Response":
        """Answer with a lesson's verdict."""
        return await _in_thread(self.session.verdict, request.query_params.get("lesson"))

    @_told
    async def take(self, request: "Request") -> "Response":
        """Answer with a file to take away."""
        from starlette.responses import Response

        asked = dict(request.query_params)
        name, kind, content = await _called(self.session.take, asked)
        disposition = f'attachment; filename="{name}"'
        headers = {"Content-Disposition": disposition, **FRESH}
        return Response(content, media_type=kind, headers=headers)


FRESH = {"Cache-Control": "no-store"}


async def _called(function: Any, *arguments: Any) -> Any:
    """Call a function in another thread, where it speaks as this one does."""
    return await asyncio.to_thread(function, *arguments)


async def _in_thread(function: Any, *arguments: Any) -> "Response":
    from starlette.responses import Response

    told = await _called(function, *arguments)
    text = json.dumps(json_data(told), ensure_ascii=False, allow_nan=False)
    return Response(text, media_type="application/json", headers=FRESH)


async def _body(request: "Request") -> dict[str, Any]:
    from badak._common.json_data import read_object

    try:
        return read_object(await request.body(), message("the body"))
    except FileFormatError as error:
        raise RecipeError(str(error)) from None


def _whole(asked: Any, name: str, default: int) -> int:
    given = asked.get(name)
    if given is None or given == "":
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        raise RecipeError(
            message("{name} is {given!r}, but must be a whole number", name=name, given=given), name
        )
    return int(given)


def _file(path: Path) -> "Response":
    from starlette.responses import Response

    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    headers = {"Cache-Control": "no-cache"}
    return Response(
        path.read_bytes(), media_type=kind or "application/octet-stream", headers=headers
    )


def _error(text: str, where: str = "", status: int = 422, **more: int) -> "Response":
    from starlette.responses import JSONResponse

    return JSONResponse({"error": {"message": text, "where": where, **more}}, status)


def _place(error: BaseException) -> dict[str, int]:
    """Return from where to where a typed formula is wrong."""
    return {name: getattr(error, name) for name in ("start", "end") if hasattr(error, name)}


async def _not_found(request: "Request", error: Exception) -> "Response":
    status = getattr(error, "status_code", 404)
    return _error(message("there is no such address"), status=status)


async def _failed(request: "Request", error: Exception) -> "Response":
    return _error(message("a fault of the lab's own: {error!r}", error=error), status=500)
