# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource of a few lines whose objects have secrets, a server for it in memory, and one that only gives answers."""

from __future__ import annotations

import itertools
import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._answer import Answer
from ansible_collections.mongodb.atlas.plugins.module_utils._api import OPS_MANAGER
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._errors import (
    ApiError,
    BusyError,
    ErrorDocument,
    RequestError,
    RightsError,
)
from ansible_collections.mongodb.atlas.plugins.module_utils._http import Request
from ansible_collections.mongodb.atlas.plugins.module_utils._resource import Item, Resource

URL = "https://ops.example.com/things"
NOW = 10_000.0

Sent = t.Union[Answer, RequestError, "list[dict[str, t.Any]]"]
"""The reply of a server: an answer, an error, or the objects of a list."""
Work = t.Callable[[], t.Any]
Fault = t.Callable[[Work], t.Any]
"""Gets the work of a request, and does it or not. It returns the data of the answer, or raises an error."""


class Things(Resource):
    """A resource whose every method is one line."""

    noun, results, result, shown_once = "thing", "things", "thing", "secret"
    needed_to_make, way_out, advice = ("size",), "Make another one.", {"NO_RIGHT": "Ask for it."}

    def owner(self) -> str:
        return "nobody"

    def list_request(self) -> Request:
        return Request("LIST", "/things")

    def get_request(self, item_id: str) -> Request:
        return Request("GET", f"/things/{item_id}")

    def read(self, document: t.Mapping[str, t.Any]) -> Item:
        fields = {name: document.get(name) for name in ("description", "size")}
        end, name = str(document.get("secret", ""))[-4:], document.get("description", "")
        return Item(
            document["id"], "present", fields, end, name, document.get("public", ""), made_at=document.get("made_at")
        )

    def describe(self, item: Item) -> dict[str, t.Any]:
        return {"id": item.id, **item.fields}

    def create_request(self, name: str, fields: t.Mapping[str, t.Any]) -> Request:
        return Request("POST", "/things", {"description": name, **fields})

    def secret_of(self, document: t.Mapping[str, t.Any]) -> str | None:
        return document.get("secret")

    def update_requests(self, item: Item, fields: t.Mapping[str, t.Any]) -> list[Request]:
        return [Request("PATCH", f"/things/{item.id}", dict(fields))]

    def change_request(self, item_id: str, _state: str) -> Request:
        return Request("DELETE", f"/things/{item_id}")

    def says_gone(self, error: RequestError, item_id: str) -> bool:
        return error.document == ErrorDocument("GONE", detail=item_id)


class Server:
    """Holds things, and lets the requests of a test go wrong. It has the methods of a client, and never waits.

    Args:
        things: The things in the beginning.
        faults: For each method, what happens to its first request, its second one, and so on; None for nothing.
    """

    retries, timeout, server_time = 1, 1.0, NOW
    attempts = Client.attempts
    api = OPS_MANAGER

    def __init__(self, *things: dict[str, t.Any], **faults: t.Sequence[Fault | None]) -> None:
        self.things = {each["id"]: each for each in things}
        self.faults = {method: list(each) for method, each in faults.items()}
        self.sent: list[str] = []
        self.waited: list[float] = []
        self.ids = (f"m{number}" for number in itertools.count(1))

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    def send(self, request: Request) -> Answer:
        return Answer(request.method, URL, 200, self._answer(request))

    def list_all(self, request: Request, **_options: t.Any) -> list[dict[str, t.Any]]:
        return t.cast("list[dict[str, t.Any]]", self._answer(request))

    def _answer(self, request: Request) -> t.Any:
        self.sent.append(f"{request.method} {request.path}")
        faults = self.faults.get(request.method)
        fault = faults.pop(0) if faults else None
        return fault(lambda: self._work(request)) if fault else self._work(request)

    def _work(self, request: Request) -> t.Any:
        body = t.cast("dict[str, t.Any]", request.body)
        if request.method == "LIST":
            return [{**each, "secret": f"***{each['secret'][-4:]}"} for each in self.things.values()]
        if request.method == "POST":
            item_id = next(self.ids)
            self.things[item_id] = thing(item_id, secret=f"secret-of-{item_id}", made_at=NOW, **body)
            return dict(self.things[item_id])
        item_id = request.path.rpartition("/")[2]
        if item_id not in self.things:
            raise refusal(request.method, 400, "GONE", item_id)
        if request.method == "DELETE":
            return self.things.pop(item_id) and None
        self.things[item_id].update(body or {})
        return dict(self.things[item_id])


class ScriptedServer:
    """Gives the answers of a test in their order, and keeps the requests. It has the methods of a client."""

    def __init__(self, *answers: Sent) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []

    def send(self, request: Request) -> Answer:
        return t.cast("Answer", self._next(request))

    def list_all(self, request: Request, **_options: t.Any) -> list[dict[str, t.Any]]:
        return t.cast("list[dict[str, t.Any]]", self._next(request))

    def _next(self, request: Request) -> Sent:
        self.sent.append(f"{request.method} {request.path}")
        answer = self.answers.pop(0)
        if isinstance(answer, RequestError):
            raise answer
        return answer


def thing(item_id: str, description: str = "x", **more: t.Any) -> dict[str, t.Any]:
    return {
        "id": item_id,
        "description": description,
        "size": 1,
        "secret": f"secret-of-{item_id}",
        "public": f"public-{item_id}",
        "made_at": 0.0,
        **more,
    }


def refusal(method: str, status: int, code: str | None = None, detail: str | None = None) -> RequestError:
    return ApiError(method, URL, f"HTTP {status}", status=status, document=ErrorDocument(code, detail=detail))


def lost() -> RequestError:
    return BusyError("POST", URL, "HTTP 500", status=500, outcome_unknown=True)


def no_right() -> RequestError:
    return RightsError("PATCH", URL, "HTTP 403", status=403, document=ErrorDocument("NO_RIGHT"))


def before(error: BaseException) -> Fault:
    """Raise an error instead of the work."""

    def fault(_work: Work) -> t.NoReturn:
        raise error

    return fault


def after(error: BaseException) -> Fault:
    """Raise an error after the work."""

    def fault(work: Work) -> t.NoReturn:
        work()
        raise error

    return fault


def instead(data: t.Any) -> Fault:
    """Answer with these data after the work."""

    def fault(work: Work) -> t.Any:
        work()
        return data

    return fault


def meanwhile(function: t.Callable[[], object]) -> Fault:
    """Do something just before the work."""

    def fault(work: Work) -> t.Any:
        function()
        return work()

    return fault
