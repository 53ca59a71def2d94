# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can go wrong, as one tree.

.. code-block:: text

    AtlasError
    ├── OptionError            an option cannot be used; nothing was sent
    ├── MissingError           something is not there that has to be
    ├── NotTriedError          the task ended before
    ├── PartialError           several things were to be done, and not all of them could be
    └── RequestError           a request did not lead to the answer that was asked for
        ├── NoAnswerError      no connection, or it broke before the whole answer was there
        │   └── UnusableError    no TLS, no such host, or a proxy that refuses: it stays so until an option changes
        ├── NotTheApiError     something else than the API answered: a redirect, a web page, a list that is none
        ├── LoginError         401 without an errorCode: the credentials were refused, or could not be given
        │   └── StaleLoginError  the server did not know the nonce, although it was new
        └── ApiError           the API's own refusal
            ├── RightsError    401 with an errorCode, or 403
            ├── NotFoundError  404
            └── BusyError      5xx
                └── RateLimitError  429, or a rate limit told with another status

Nothing here knows Ansible or requests: the text of an error is what the user reads, and its data is what a playbook
can test.
"""

from __future__ import annotations

import typing as t
from urllib.parse import unquote, urlsplit

_MOST_MESSAGES = 5


class AtlasError(Exception):
    """The base of all errors of this collection. Its text is a whole message for the user, without any secret."""

    stops_task = False
    """Whether everything else that the task has to do would fail in the same way."""

    def result(self) -> dict[str, t.Any]:
        """Return what a failed task says: ``msg``, and for a request the parts of the answer that there were."""
        return {"msg": str(self)}


class OptionError(AtlasError):
    """An option cannot be used as it is given. Nothing was sent."""


class MissingError(AtlasError):
    """Something is not there that has to be."""


class NotTriedError(AtlasError):
    """Something was not tried, since the task had ended before."""


class ErrorDocument(t.NamedTuple):
    """What the API says of an error. Any part may be missing."""

    code: str | None = None
    """``errorCode``."""
    reason: str | None = None
    detail: str | None = None
    parameters: tuple[str, ...] = ()
    """Texts and numbers, all as text."""
    fields: tuple[str, ...] = ()
    """What is wrong with which field of the body, from ``badRequestDetail``."""

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.code or self.reason, self.detail) if part)
        return f"{text.rstrip('.')} ({'; '.join(self.fields)})" if self.fields else text

    def names(self, identifier: str) -> bool:
        """Tell whether the parameters or the detail name this id, whatever its case."""
        wanted = identifier.lower()
        return wanted in (self.detail or "").lower() or wanted in (part.lower() for part in self.parameters)

    def is_about_path(self, url: str) -> bool:
        """Tell whether the server says that it does not have the path of this address.

        ``RESOURCE_NOT_FOUND`` says so with the path as its parameter or in its detail; with anything else there, a
        thing is missing and not the path.
        """
        if self.code != "RESOURCE_NOT_FOUND":
            return False
        path = unquote(urlsplit(url).path).strip("/")
        named = [unquote(part).strip("/") for part in self.parameters]
        return path in unquote(self.detail or "") or any(
            part == path or ("/" in part and path.endswith(f"/{part}")) for part in named
        )


class RequestError(AtlasError):
    """A request was sent, or tried, and did not lead to the answer that was asked for.

    Args:
        method: The method of HTTP.
        url: The address, without query.
        problem: What came back, or why nothing did.
        advice: What to do about it, a whole sentence.
        status: The status, if there was an answer.
        document: The error document in it, if there was one.
        retry_after: The value of the header ``Retry-After``, as sent.
        outcome_unknown: Whether the request may have done its work all the same.
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
        if retry_after is not None:  # the server speaks of itself, not of what was asked
            self.stops_task = True
        self.outcome_unknown = outcome_unknown

    def but(self, **changes: t.Any) -> t.Any:
        """Return this error with other arguments. An error itself does not change."""
        names = ("problem", "advice", "status", "document", "retry_after", "outcome_unknown")
        return type(self)(self.method, self.url, **{**{name: getattr(self, name) for name in names}, **changes})

    def __str__(self) -> str:
        text = f"{self.method} {self.url} failed: {self.problem.rstrip('.')}. {self.advice}".rstrip()
        if self.outcome_unknown and self.method != "GET":
            text += " It may have done its work all the same: run the task with --check to see what is left to do."
        return text

    def result(self) -> dict[str, t.Any]:
        """Return ``msg``, and as far as the answer had them ``status_code``, ``error_code``, ``reason``, ``detail``."""
        answer = {
            "status_code": self.status,
            "error_code": self.document.code,
            "reason": self.document.reason,
            "detail": self.document.detail,
        }
        return {"msg": str(self), **{name: value for name, value in answer.items() if value is not None}}


class NoAnswerError(RequestError):
    """No connection, or it broke before the whole answer was there."""

    is_temporary = True
    stops_task = True


class UnusableError(NoAnswerError):
    """No TLS, no such host, or a proxy that refuses. It stays so until an option changes."""

    is_temporary = False


class NotTheApiError(RequestError):
    """Something else than the API answered, or the API in a way that cannot be understood."""


class LoginError(RequestError):
    """The credentials were refused, or the server asks for a login that is not digest."""

    stops_task = True


class StaleLoginError(LoginError):
    """The server says ``stale=true``: it did not look at the credentials, since it does not know the nonce."""

    is_temporary = True


class ApiError(RequestError):
    """The API refused, and said so in its own words."""


class RightsError(ApiError):
    """Logged in, but not allowed to: 401 with an ``errorCode``, or 403."""


class NotFoundError(ApiError):
    """The API says that something is not there. What it is stands in ``code``, if anywhere."""


class BusyError(ApiError):
    """The API cannot answer for now."""

    is_temporary = True


class RateLimitError(BusyError):
    """There were too many requests for now. The request was not looked at."""

    stops_task = True


class PartialError(AtlasError):
    """Not everything that a task was to do could be done.

    Args:
        failures: What failed, or was not tried any more, one error each; at least one.
        wanted: How many things there were to do.
        done: The result of the task as far as it got, with a true ``changed``.
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
        """Return the result as far as it got, with the parts of the answer that failed first."""
        return {**self.done, **self.failures[0].result(), "msg": str(self)}
