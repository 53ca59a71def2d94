# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests share."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.mongodb.atlas.plugins.module_utils._client import Client
from ansible_collections.mongodb.atlas.plugins.module_utils._settings import Settings

SETTINGS = Settings(
    base_url="https://ops.example.com/api/public/v1.0",
    public_key="jane.doe@example.com",
    private_key="7f3c9a52-4e1d-4b86-9d27-f5a3b2c1d4e6",
)


class MakeClient(t.Protocol):
    """Makes a client that does not wait."""

    def __call__(self, **changes: t.Any) -> Client: ...


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def waits() -> list[float]:
    """Collect the seconds that a client would have waited."""
    return []


@pytest.fixture
def make_client(waits: list[float]) -> t.Iterator[MakeClient]:
    clients: list[Client] = []

    def make(**changes: t.Any) -> Client:
        client = Client(SETTINGS._replace(**changes), sleep=waits.append, jitter=lambda: 1.0, now=lambda: 0.0)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__()
