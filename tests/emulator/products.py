# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The products that the emulator can be: the APIs and calls that each one serves, and who can log in to it."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Api:
    """One of the APIs of a product.

    Attributes:
        base_path: Where it begins.
        calls: The tables of calls that it serves, by their names in ``resources.TABLES``.
        versioned: Whether a date in ``Accept`` chooses the version of a call, as on Atlas v2.
    """

    base_path: str
    calls: frozenset[str]
    versioned: bool = False


@dataclass(frozen=True)
class Product:
    """What one product does differently from another.

    Attributes:
        name: As in ``python -m tests.emulator --product``.
        apis: The APIs that it serves. The first one is that of ``Emulator.base_url``.
        application: What it calls itself.
        version: The value of ``X-MongoDB-Service-Version``.
        logins: What clients can log in with: ``personal`` keys, ``programmatic`` keys, tokens of a ``service-account``.
        has_global_owner: Whether the role ``GLOBAL_OWNER`` means anything.
        relations: How the names of its own link relations begin.
        refused_login: How it refuses a login, one of ``REFUSED_LOGINS``.
        access_list: What it calls an access list in paths, and so in error codes.
    """

    name: str
    apis: tuple[Api, ...]
    application: str
    version: str
    logins: frozenset[str]
    has_global_owner: bool
    relations: str
    refused_login: str
    access_list: str = "accessList"

    @property
    def base_path(self) -> str:
        """Where its first API begins."""
        return self.apis[0].base_path

    @property
    def calls(self) -> frozenset[str]:
        """The tables of calls of all its APIs."""
        return frozenset().union(*(api.calls for api in self.apis))

    def api_of(self, path: str) -> Api | None:
        """Return the API that a path belongs to, None for a path outside of all of them."""
        return next((api for api in self.apis if f"{path}/".startswith(f"{api.base_path}/")), None)

    @property
    def word(self) -> str:
        """What its error codes call an access list."""
        return "WHITELIST" if self.access_list == "whitelist" else "ACCESS_LIST"

    @property
    def git_hash(self) -> str:
        """The commit that the product was built from."""
        return self.version.partition(";")[0].removeprefix("gitHash=")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of each answer that a resource gives."""
        return {"X-MongoDB-Service-Version": self.version}


_EVERYWHERE = frozenset({"root", "organizations", "projects", "org_api_keys", "project_api_keys"})
_OPS_MANAGER = _EVERYWHERE | {"users", "global_api_keys", "global_whitelists"}
_ATLAS = _EVERYWHERE | {"organization_settings", "assigned_api_keys", "access_lists"}
_ACCOUNTS = frozenset(
    {"org_service_accounts", "project_service_accounts", "service_account_secrets", "service_account_access_lists"}
)
_PUBLIC = "/api/public/v1.0"


def _ops_manager(
    release: str, version: str, calls: frozenset[str], logins: frozenset[str], access_list: str = "accessList"
) -> Product:
    return Product(
        f"ops-manager-{release}",
        (Api(_PUBLIC, calls),),
        "MongoDB Ops Manager",
        version,
        logins=logins,
        has_global_owner=True,
        relations="http://mms.mongodb.com",
        refused_login="no-code",
        access_list=access_list,
    )


PRODUCTS = {
    product.name: product
    for product in (
        _ops_manager(
            "4.4",
            "gitHash=1d5b3a0e7c9f4286a7b0d8e35c61f294a8b7d013; versionString=4.4.25.100.20220915T1530Z",
            _OPS_MANAGER | {"user_api_keys", "whitelists"},
            frozenset({"personal", "programmatic"}),
            "whitelist",
        ),
        _ops_manager(
            "5.0",
            "gitHash=8c2f6e914bd07a35e1f9d4c0b6a283571e0d9fc4; versionString=5.0.22.100.20230929T1201Z",
            _OPS_MANAGER | {"access_lists", "global_access_lists"},
            frozenset({"programmatic"}),
        ),
        _ops_manager(
            "6.0",
            "gitHash=5a7e02c9d18b46f3b0e7c2a95d6148f0e3b79c21; versionString=6.0.27.100.20250108T1603Z",
            _OPS_MANAGER | {"access_lists", "global_access_lists"},
            frozenset({"programmatic"}),
        ),
        Product(
            "cloud-manager",
            (Api(_PUBLIC, _EVERYWHERE | _ACCOUNTS | {"users", "access_lists"}),),
            "MongoDB Cloud Manager",
            "gitHash=f3a96d20c85e17b4d0296ea8c7f5b1304d8e62a9; versionString=v20230927",
            logins=frozenset({"programmatic", "service-account"}),
            has_global_owner=False,
            relations="http://mms.mongodb.com",
            refused_login="unexpected-error",
        ),
        # Personal keys can be managed on Atlas but can't log in since 2021-03-01.
        Product(
            "atlas",
            (
                Api("/api/atlas/v1.0", _ATLAS | {"users", "user_api_keys"}),
                Api("/api/atlas/v2", _ATLAS | _ACCOUNTS, versioned=True),
            ),
            "MongoDB Atlas",
            "gitHash=f3a96d20c85e17b4d0296ea8c7f5b1304d8e62a9; versionString=v20230927",
            logins=frozenset({"programmatic", "service-account"}),
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
