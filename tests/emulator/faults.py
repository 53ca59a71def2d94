# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: what goes wrong on the way to a server, or in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from types import NoneType

LONGEST_DELAY = 86_400
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")

# What a value has to be, in words and as the types that JSON gives for it, by the annotation of its field.
_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "bool": ("true or false", (bool,)),
    "dict[str, str]": ("an object of strings", (dict,)),
    "float": ("a number", (int, float)),
    "int": ("an integer", (int,)),
    "int | None": ("an integer or null", (int, NoneType)),
    "str": ("a string", (str,)),
    "str | None": ("a string or null", (str, NoneType)),
}


@dataclass(frozen=True)
class Fault:
    """What to do with which requests.

    Without ``status``, ``drop`` or ``raw`` the request gets its normal answer (``interim``, ``delay``, ``stale``
    and ``close`` may still change how).

    Attributes:
        method: Only requests with this method; None for every method.
        path: Only requests with this text somewhere in their target; None for every target, ``/api/oauth/token``
            included.
        stage: "request" for requests that are properly logged in; "challenge" for those without a login or with a
            refused one, before the 401 is sent. The addresses of OAuth are no exception.
        skip: So many matching requests are let through first, whatever other faults do to them.
        times: How often it happens; None for ever.
        status: Answer with this status.
        headers: More headers of the answer.
        body: The body of the answer.
        error_code: Instead of ``body``: an error document of the API with this code.
        content_type: The type of the body; anything but JSON is taken to come from a proxy, not from the API, and so
            lacks the API's own headers.
        after_work: Do the work, then answer with this fault.
        drop: Close the connection without an answer.
        raw: Write this to the connection, as Latin-1 and nothing else, and close it.
        endless: After ``raw``, write this again and again, for as long as somebody listens.
        interim: Send an answer with this status first, such as 103 (RFC 9110, section 15.2).
        delay: Seconds to wait before the answer, at most a day; the work is done before, so a client that gives up is
            too late.
        stale: Forget all nonces of all servers and all access tokens first. So the request is answered with 401: with
            ``stale=true`` if it is logged in with a digest, and as one with an expired token if it has a token.
        close: Answer with ``Connection: close``.

    Raises:
        TypeError: A field has the wrong type.
        ValueError: Fields that can't go together, or a value that means nothing.
    """

    method: str | None = None
    path: str | None = None
    stage: str = "request"
    skip: int = 0
    times: int | None = 1
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    error_code: str | None = None
    content_type: str = "application/json"
    after_work: bool = False
    drop: bool = False
    raw: str | None = None
    endless: str | None = None
    interim: int | None = None
    delay: float = 0.0
    stale: bool = False
    close: bool = False

    def __post_init__(self) -> None:
        """Refuse what would silently do nothing, or fail when it happens."""
        self._check_types()
        self._check_values()
        self._check_combinations()

    def _check_types(self) -> None:
        for description in fields(self):
            words, kinds = _KINDS[str(description.type)]
            value = getattr(self, description.name)
            # True is an int to isinstance, and an IntEnum is no number of JSON.
            if value.__class__ not in kinds or (isinstance(value, dict) and not _all_strings(value)):
                raise TypeError(f"{description.name} must be {words}.")

    def _check_values(self) -> None:
        if self.stage not in ("request", "challenge"):
            raise ValueError("stage must be request or challenge.")
        if self.skip < 0:
            raise ValueError("skip must be at least 0.")
        if self.times is not None and self.times < 1:
            raise ValueError("times must be at least 1, or null for ever.")
        if not 0 <= self.delay <= LONGEST_DELAY:
            raise ValueError(f"delay must be between 0 and {LONGEST_DELAY}.")
        if self.interim is not None and not 100 <= self.interim <= 199:
            raise ValueError("interim must be between 100 and 199.")
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("status must be between 200 and 599.")
        if not all(
            _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(self.headers[name]) for name in self.headers
        ):
            raise ValueError("headers must have names and values that HTTP allows.")
        if not _HEADER_VALUE.fullmatch(self.content_type):
            raise ValueError("content_type must be a value that HTTP allows.")
        for name, encoding in (("body", "utf-8"), ("raw", "latin-1"), ("endless", "latin-1")):
            try:
                (getattr(self, name) or "").encode(encoding)
            except UnicodeEncodeError:
                raise ValueError(f"{name} must have only characters of {encoding.upper()}.") from None

    def _check_combinations(self) -> None:
        if [self.status is not None, self.drop, self.raw is not None, self.stale].count(True) > 1:
            raise ValueError("Only one of status, drop, raw and stale can be set.")
        if self.status is None and (self.body is not None or self.error_code is not None or self.headers):
            raise ValueError("body, error_code and headers need a status.")
        if self.body is not None and self.error_code is not None:
            raise ValueError("Only one of body and error_code can be set.")
        if self.after_work and not self.replaces_answer:
            raise ValueError("after_work needs status, drop or raw.")
        if self.stage == "challenge" and (self.after_work or self.stale):
            raise ValueError("after_work and stale are for requests that are logged in.")
        if self.endless is not None and (self.raw is None or not self.endless):
            raise ValueError("endless needs raw, and something to write.")

    @property
    def replaces_answer(self) -> bool:
        """Whether the normal answer is not sent."""
        return self.status is not None or self.drop or self.raw is not None


def _all_strings(headers: dict[object, object]) -> bool:
    return all(isinstance(text, str) for item in headers.items() for text in item)


def read_fault(document: object) -> Fault:
    """Make a fault of a JSON document.

    Raises:
        TypeError: The document is no object, or a field has the wrong type.
        ValueError: There is no such field, or a fault refuses its value.
    """
    if not isinstance(document, dict):
        raise TypeError("A fault must be an object.")
    known = [description.name for description in fields(Fault)]
    for name in document:
        if name not in known:
            raise ValueError(f"A fault has no field {name}; it has {', '.join(known)}.")
    return Fault(**document)


def pick(faults: Sequence[Fault], *, stage: str, method: str, target: str) -> tuple[Fault | None, list[Fault]]:
    """Choose the fault for a request: the first that matches and has nothing left to skip.

    Returns:
        The fault, None if nothing goes wrong, and the faults that remain for the requests to come.
    """
    chosen: Fault | None = None
    remaining: list[Fault] = []
    for fault in faults:
        matches = fault.stage == stage and fault.method in (None, method) and (fault.path or "") in target
        if matches and fault.skip:
            remaining.append(replace(fault, skip=fault.skip - 1))
        elif matches and chosen is None:
            chosen = fault
            if fault.times is None:
                remaining.append(fault)
            elif fault.times > 1:
                remaining.append(replace(fault, times=fault.times - 1))
        else:
            remaining.append(fault)
    return chosen, remaining
