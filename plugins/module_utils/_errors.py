# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of this collection, as one tree.

.. code-block:: text

    AtlasError
    ├── OptionError            the module cannot use the value of an option; it sent nothing
    ├── MissingError           something that must exist does not exist
    ├── AmbiguousError         several objects could be meant
    ├── FileError              a file could not be written or removed
    ├── UnfinishedError        the task could not finish an object that it was making
    ├── NotTriedError          the task stopped before it tried this
    ├── PartialError           the task could do only a part of its work, or nothing of it
    └── RequestError           a request failed, or the client could not send it
        ├── NoAnswerError      no connection, or it broke before the whole answer arrived
        │   └── UnusableError    no TLS, no such host, or a proxy that refuses: a repeat does not help
        ├── NotTheApiError     something other than the API answered: a redirect, a web page, a malformed list
        ├── LoginError         401 without an errorCode: the server refused the credentials, or asks for no digest
        │   └── StaleLoginError  the server did not know the nonce, although it was new
        └── ApiError           the API refused the request
            ├── RightsError    401 with an errorCode, or 403
            ├── NotFoundError  404
            └── BusyError      5xx
                └── RateLimitError  429, or a rate limit reported with another status

This file depends neither on Ansible nor on requests. Users read the text of an error; playbooks can test its data.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import unquote, urlsplit

_MOST_MESSAGES = 5


class AtlasError(Exception):
    """The base of all errors of this collection. Its text is a complete message for the user, without any secret."""

    stops_task = False
    """Whether the rest of the task would fail in the same way."""

    def result(self) -> dict[str, t.Any]:
        """Return the result of a failed task: ``msg``, and for a request the parts of its answer."""
        return {"msg": str(self)}


class OptionError(AtlasError):
    """The module cannot use the value of an option. It sent nothing."""


class MissingError(AtlasError):
    """Something that must exist does not exist."""


class AmbiguousError(AtlasError):
    """Several objects could be meant, or another task makes the same object at the same moment."""


class FileError(AtlasError):
    """A file could not be written or removed."""


class UnfinishedError(AtlasError):
    """The task could not finish an object that it was making.

    Args:
        cause: The reason.
        aftermath: Whole sentences about the object: whether the task deleted it again, or how to do so.
        done: The result of the task besides the error; empty if nothing is left of the object.
    """

    def __init__(self, cause: AtlasError, aftermath: str, done: t.Mapping[str, t.Any]) -> None:
        super().__init__(cause, aftermath, done)
        self.cause = cause
        self.aftermath = aftermath
        self.done = done

    def __str__(self) -> str:
        return f"{self.cause} {self.aftermath}"

    def result(self) -> dict[str, t.Any]:
        """Return the parts of the answer that caused the failure, and the object if it is still there."""
        return {**self.done, **self.cause.result(), "msg": str(self)}


class NotTriedError(AtlasError):
    """The task stopped before it tried this."""


class ErrorDocument(t.NamedTuple):
    """The API's description of an error. Any part may be missing."""

    code: str | None = None
    """``errorCode``."""
    reason: str | None = None
    detail: str | None = None
    parameters: tuple[str, ...] = ()
    """The texts and numbers of ``parameters``, all as text."""
    fields: tuple[str, ...] = ()
    """The problem with each field of the body, from ``badRequestDetail``."""

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.code or self.reason, self.detail) if part)
        return f"{text.rstrip('.')} ({'; '.join(self.fields)})" if self.fields else text

    def names(self, identifier: str) -> bool:
        """Tell whether the parameters or the detail name this id, in upper or lower case."""
        wanted = identifier.lower()
        # The id of a secret must not be found inside of a client id.
        in_detail = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", (self.detail or "").lower())
        return bool(in_detail) or wanted in (part.lower() for part in self.parameters)

    def is_about_path(self, url: str) -> bool:
        """Tell whether the server says that it does not have the path of this address.

        ``RESOURCE_NOT_FOUND`` says so if its parameters or its detail name the path. Otherwise an object is missing,
        not the path.
        """
        if self.code != "RESOURCE_NOT_FOUND":
            return False
        path = unquote(urlsplit(url).path).strip("/")
        named = [unquote(part).strip("/") for part in self.parameters]
        return path in unquote(self.detail or "") or any(
            part == path or ("/" in part and path.endswith(f"/{part}")) for part in named
        )


class RequestError(AtlasError):
    """A request failed, or the client could not send it.

    Args:
        method: The HTTP method.
        url: The address, without the query.
        problem: The answer, or the reason why there is none.
        advice: What the user can do about it, as whole sentences.
        status: The HTTP status, if there was an answer.
        document: The error document of the answer, if it has one.
        retry_after: The value of the header ``Retry-After``, as sent.
        outcome_unknown: Whether the request may have done its work although it failed.
    """

    is_temporary = False
    """Whether the same request may succeed a little later."""

    def __init__(
        self,
        method: str,
        url: str,
        problem: str,
        advice: str = "",
        *,
        status: int | None = None,
        document: ErrorDocument | None = None,
        retry_after: str | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(method, url, problem)
        self.method = method
        self.url = url
        self.problem = problem
        self.advice = advice
        self.status = status
        self.document = document or ErrorDocument()
        self.retry_after = retry_after
        if retry_after is not None:  # the server reports its own state, whatever the request was
            self.stops_task = True
        self.outcome_unknown = outcome_unknown

    def but(self, **changes: t.Any) -> t.Any:
        """Return a copy of this error with other arguments. The error itself does not change."""
        names = ("problem", "advice", "status", "document", "retry_after", "outcome_unknown")
        return type(self)(self.method, self.url, **{**{name: getattr(self, name) for name in names}, **changes})

    def __str__(self) -> str:
        text = f"{self.method} {self.url} failed: {self.problem.rstrip('.')}. {self.advice}".rstrip()
        if self.outcome_unknown and self.method != "GET":
            text += (
                " The request may have done its work all the same: run the task with --check to see what is left to do."
            )
        return text

    def result(self) -> dict[str, t.Any]:
        """Return ``msg``, and ``status_code``, ``error_code``, ``reason`` and ``detail`` if the answer had them."""
        answer = {
            "status_code": self.status,
            "error_code": self.document.code,
            "reason": self.document.reason,
            "detail": self.document.detail,
        }
        return {"msg": str(self), **{name: value for name, value in answer.items() if value is not None}}


class NoAnswerError(RequestError):
    """There was no connection, or it broke before the whole answer arrived."""

    is_temporary = True
    stops_task = True


class UnusableError(NoAnswerError):
    """No TLS, no such host, or a proxy that refuses. A repeat does not help until an option changes."""

    is_temporary = False


class NotTheApiError(RequestError):
    """Something other than the API answered, or the client does not understand the answer of the API."""


class LoginError(RequestError):
    """The server refused the credentials, or it asks for a login other than digest."""

    stops_task = True


class StaleLoginError(LoginError):
    """The server says ``stale=true``: it did not look at the credentials, because it does not know the nonce."""

    is_temporary = True


class ApiError(RequestError):
    """The API refused the request."""


class RightsError(ApiError):
    """The API accepted the login, but not for this request: 401 with an ``errorCode``, or 403."""


class NotFoundError(ApiError):
    """The API reports that something does not exist. ``code``, if there is one, says what."""


class BusyError(ApiError):
    """The API cannot process the request at the moment."""

    is_temporary = True


class RateLimitError(BusyError):
    """The API received too many requests. It did not process this one."""

    stops_task = True


class PartialError(AtlasError):
    """The task could not do all of its work.

    Args:
        failures: One error for each thing that failed or that the task did not try; at least one.
        wanted: How many things the task had to do.
        done: The partial result of the task; its ``changed`` is accurate.
    """

    def __init__(self, failures: t.Sequence[AtlasError], wanted: int, done: t.Mapping[str, t.Any]) -> None:
        super().__init__(failures, wanted)
        self.failures = failures
        self.wanted = wanted
        self.done = done

    def __str__(self) -> str:
        messages = " ".join(str(failure) for failure in self.failures[:_MOST_MESSAGES])
        if self.wanted == 1:
            return messages
        more = len(self.failures) - _MOST_MESSAGES
        and_more = f" And {more} more." if more > 0 else ""
        return f"{len(self.failures)} of {self.wanted} failed. {messages}{and_more}"

    def result(self) -> dict[str, t.Any]:
        """Return the partial result, and the parts of the answer that caused the first failure."""
        return {**self.done, **self.failures[0].result(), "msg": str(self)}
