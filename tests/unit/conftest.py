# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures and helpers of the unit tests."""

from __future__ import annotations

import signal
import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._auth import Digest
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._reconcile import ensure
from ansible_collections.mongodb.atlas.plugins.module_utils._resources.user_api_key import wanted_keys
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import Settings, read_base_url
from ansible_collections.mongodb.atlas.plugins.module_utils._task import Task


class MakeClient(t.Protocol):
    """Makes a client that does not wait."""

    def __call__(
        self,
        *,
        base_url: str = "https://ops.example.com",
        public_key: str = "jane.doe@example.com",
        private_key: str = "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6",
        **changes: t.Any,
    ) -> Client: ...


def change_keys(
    client: Client, options: t.Mapping[str, t.Any], *, check_mode: bool = False, diff: bool = False
) -> dict[str, t.Any]:
    """Run a task of the module user_api_key, and return the result that Ansible would show."""
    login = t.cast("Digest", client._auth)
    result = ensure(client, wanted_keys(options), Task(login, check_mode, diff))
    return {**result.values, "warnings": result.warnings}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(autouse=True)
def _signals() -> t.Iterator[None]:
    """Restore the handlers of signals: a task that has made something ignores them until it ends."""
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    for number, handler in handlers:
        signal.signal(number, handler)


@pytest.fixture
def waits() -> list[float]:
    """Collect the seconds that a client would wait."""
    return []


@pytest.fixture
def make_client(waits: list[float]) -> t.Iterator[MakeClient]:
    clients: list[Client] = []

    def make(
        *,
        base_url: str = "https://ops.example.com",
        public_key: str = "jane.doe@example.com",
        private_key: str = "7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6",
        **changes: t.Any,
    ) -> Client:
        settings = Settings(read_base_url(base_url))._replace(**changes)
        auth = Digest(public_key, private_key)
        client = Client(settings, auth, sleep=waits.append, jitter=lambda: 1.0, now=lambda: 0.0)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__()
