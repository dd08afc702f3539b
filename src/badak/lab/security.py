"""Who may ask the server: the browser that was given the token, from the server's own page."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from badak._common.language import message

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; frame-ancestors {framed}; "
    "base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MOST_BODY = 2**20
"""Bytes of a command."""
MOST_UPLOAD = 64 * 2**20
UPLOADS = ("/api/upload",)
"""Where bodies may be as large as an upload."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Guard:
    """Middleware that refuses what the lab's own page would not send.

    A request needs a Host of this machine and this port, which a page of another site that has
    its name resolved anew cannot have (DNS rebinding), and the token: in the address once, then in
    a cookie that no script reads, or in the header X-Badak-Token. What changes something needs an
    Origin, too, that is the page's. In a notebook's frame, where browsers keep no cookies of
    another site, the page itself sends the token, which stays in the frame's address.
    """

    def __init__(self, app: Any, token: str, port: int, *, framed: bool = False) -> None:
        self._app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"badak-lab-{port}"
        policy = CONTENT_POLICY.format(framed="http: https:" if framed else "'none'")
        self._headers = {"Content-Security-Policy": policy, **HEADERS}
        self._framed = framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        from starlette.requests import Request
        from starlette.responses import RedirectResponse

        request = Request(scope)
        guarded = self._with_headers(send)
        if request.headers.get("host", "").lower() not in self._hosts:
            await self._refuse(400, message("this server answers to 127.0.0.1 alone"))(
                scope, receive, guarded
            )
            return
        shown = self._is_token(request.query_params.get("token"))
        if request.url.path == "/" and shown and not self._framed:
            answer = RedirectResponse("/", 303)
            answer.headers["Set-Cookie"] = (
                f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
            )
            await answer(scope, receive, guarded)
            return
        refused = self._why_not(request)
        if refused is not None:
            await self._refuse(*refused, page=request.url.path == "/")(scope, receive, guarded)
            return
        most = MOST_UPLOAD if request.url.path in UPLOADS else MOST_BODY
        await self._app(scope, _bounded(receive, most), guarded)

    def _why_not(self, request: Any) -> tuple[int, str] | None:
        if request.url.path.startswith("/static/") and request.method in ("GET", "HEAD"):
            return None
        given = request.headers.get("x-badak-token") or request.cookies.get(self._cookie)
        if self._framed and request.method in ("GET", "HEAD"):
            given = given or request.query_params.get("token")
        if not self._is_token(given):
            return 403, message(
                "this page needs the address that badak lab printed, with its token: copy the "
                "whole of it from the terminal"
            )
        if request.method in ("GET", "HEAD"):
            return None
        origin = request.headers.get("origin", "")
        if origin.removeprefix("http://") not in self._hosts or not origin.startswith("http://"):
            return 403, message("only the lab's own page may change something")
        length = request.headers.get("content-length", "0")
        most = MOST_UPLOAD if request.url.path in UPLOADS else MOST_BODY
        if not length.isdigit() or int(length) > most:
            return 413, too_large(most)
        return None

    def _is_token(self, given: str | None) -> bool:
        return given is not None and secrets.compare_digest(
            given.encode("utf-8", "replace"), self._token.encode()
        )

    def _refuse(self, status: int, text: str, *, page: bool = False) -> Any:
        from starlette.responses import JSONResponse, PlainTextResponse

        if page:
            return PlainTextResponse(text + "\n", status)
        return JSONResponse({"error": {"message": text, "where": ""}}, status)

    def _with_headers(self, send: Send) -> Send:
        async def sending(sent: MutableMapping[str, Any]) -> None:
            if sent["type"] == "http.response.start":
                own = [(k.lower().encode(), v.encode()) for k, v in self._headers.items()]
                sent["headers"] = [*sent.get("headers", []), *own]
            await send(sent)

        return sending


class TooLargeError(Exception):
    """A body that is larger than it may be."""


def too_large(most: int) -> str:
    """Return what is said of a body that is larger."""
    return message("that is too large: at most {most} MiB", most=most // 2**20)


def _bounded(receive: Receive, most: int) -> Receive:
    """Return a receiver that stops reading a body without a length that is true."""
    read = 0

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal read
        received = await receive()
        read += len(received.get("body", b""))
        if read > most:
            raise TooLargeError(too_large(most))
        return received

    return receiving


def new_token() -> str:
    """Return a token that nobody guesses."""
    return secrets.token_urlsafe(24)
