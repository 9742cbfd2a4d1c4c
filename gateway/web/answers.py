"""Errors as answers: one shape, ``{"code", "message"}`` and perhaps ``why``, and never a trace."""

from __future__ import annotations

from typing import Any, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import BadInput, NotFound, OnethreadError

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=BaseModel)

NO_STORE = {"Cache-Control": "no-store"}
_JSON = NO_STORE | {"X-Content-Type-Options": "nosniff"}  # strangers' words are in it
_REFUSALS = {404: NotFound.code, 405: "bad_method", 413: "too_large"}


def problem(error: OnethreadError) -> JSONResponse:
    """An error as JSON with its status."""
    told = {"code": error.code, "message": error.message}
    if error.why is not None:
        told["why"] = error.why
    return JSONResponse(told, status_code=error.status, headers=_JSON)


async def on_error(_request: Request, error: Exception) -> Response:
    """Starlette's handler for our own errors."""
    if isinstance(error, OnethreadError):
        return problem(error)
    raise error


async def on_refusal(_request: Request, error: Exception) -> Response:
    """Starlette's handler for its own refusals: no such path, not this method, too large."""
    if not isinstance(error, HTTPException):
        raise error
    code = _REFUSALS.get(error.status_code, BadInput.code)
    return JSONResponse(
        {"code": code, "message": error.detail},
        status_code=error.status_code,
        headers={**_JSON, **(error.headers or {})},
    )


async def on_hanging_up(_request: Request, error: Exception) -> Response:
    """Starlette's handler for a caller who left in the middle of a body; nobody reads this."""
    if not isinstance(error, ClientDisconnect):
        raise error
    log.info("http.broken_off")
    return problem(BadInput("the body broke off"))


async def answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run ``app``, which answers last of all; its errors are told as Starlette's handlers do."""
    try:
        await app(scope, receive, send)
    except OnethreadError as error:
        await problem(error)(scope, receive, send)
    except ClientDisconnect as error:
        await (await on_hanging_up(Request(scope), error))(scope, receive, send)
    except Exception as error:
        await (await on_crash(Request(scope), error))(scope, receive, send)


async def on_crash(request: Request, error: Exception) -> Response:
    """Starlette's handler for everything else: logged with its trace, answered without."""
    log.error("http.failed", path=request.scope.get("path", ""), exc_info=error)
    return problem(OnethreadError("this did not work on our side"))


async def body_of(request: Request, model: type[M]) -> M:
    """The JSON body as one of our models.

    Raises:
        BadInput: not JSON, or a field is wrong; the message names it and not its value.
    """
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{where}: {first['msg']}".lstrip(": ")) from None


def json(content: Any, status: int = 200) -> JSONResponse:  # noqa: ANN401  # whatever JSON takes
    """A JSON answer that nobody caches."""
    return JSONResponse(content, status_code=status, headers=_JSON)
