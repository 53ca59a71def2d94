# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The products that the emulator can be: the calls that each one serves, and who can log in to it."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """What one product does differently from another.

    Attributes:
        name: As in ``python -m tests.emulator --product``.
        base_path: Where the API begins.
        application: What it calls itself.
        version: The value of ``X-MongoDB-Service-Version``.
        calls: The tables of calls that it serves, by their names in ``resources.TABLES``.
        logins: What clients can log in with: ``personal`` keys, ``programmatic`` keys.
        has_global_owner: Whether the role ``GLOBAL_OWNER`` means anything.
        relations: How the names of its own link relations begin.
        refused_login: How it refuses a login, one of ``REFUSED_LOGINS``.
    """

    name: str
    base_path: str
    application: str
    version: str
    calls: frozenset[str]
    logins: frozenset[str]
    has_global_owner: bool
    relations: str
    refused_login: str

    @property
    def git_hash(self) -> str:
        """The commit that the product was built from."""
        return self.version.partition(";")[0].removeprefix("gitHash=")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of each answer that a resource gives."""
        return {"X-MongoDB-Service-Version": self.version}


_EVERYWHERE = frozenset({"root", "organizations", "users"})

PRODUCTS = {
    product.name: product
    for product in (
        Product(
            "ops-manager-4.4",
            "/api/public/v1.0",
            "MongoDB Ops Manager",
            "gitHash=1d5b3a0e7c9f4286a7b0d8e35c61f294a8b7d013; versionString=4.4.25.100.20220915T1530Z",
            calls=_EVERYWHERE | {"user_api_keys"},
            logins=frozenset({"personal", "programmatic"}),
            has_global_owner=True,
            relations="http://mms.mongodb.com",
            refused_login="no-code",
        ),
        Product(
            "ops-manager-5.0",
            "/api/public/v1.0",
            "MongoDB Ops Manager",
            "gitHash=8c2f6e914bd07a35e1f9d4c0b6a283571e0d9fc4; versionString=5.0.22.100.20230929T1201Z",
            calls=_EVERYWHERE,
            logins=frozenset({"programmatic"}),
            has_global_owner=True,
            relations="http://mms.mongodb.com",
            refused_login="no-code",
        ),
        # Personal keys can be managed on Atlas but can't log in since 2021-03-01.
        Product(
            "atlas",
            "/api/atlas/v1.0",
            "MongoDB Atlas",
            "gitHash=f3a96d20c85e17b4d0296ea8c7f5b1304d8e62a9; versionString=v20230927",
            calls=_EVERYWHERE | {"user_api_keys"},
            logins=frozenset({"programmatic"}),
            has_global_owner=False,
            relations="https://cloud.mongodb.com",
            refused_login="unexpected-error",
        ),
    )
}


def _refused_login(**code: str) -> str:
    document = {"error": 401, "reason": "Unauthorized", "detail": "You are not authorized for this resource."} | code
    return json.dumps(document, indent=2, separators=(",", " : "))


REFUSED_LOGINS = {
    "no-code": _refused_login(),
    # Atlas since August 2026.
    "unexpected-error": _refused_login(errorCode="UNEXPECTED_ERROR"),
}
