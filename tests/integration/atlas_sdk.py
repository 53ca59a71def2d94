# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls pyatlassdk, which checks each answer against classes that were generated from the specification of Atlas v2."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable

from pyatlassdk.admin import AtlasApiError


def checked(call: Callable[..., t.Any], *arguments: t.Any) -> t.Any:
    """Return the document that the client accepted, or that of an error; None if the answer has no body."""
    try:
        return call(*arguments).model_dump(mode="json", by_alias=True, exclude_none=True)
    except AtlasApiError as error:
        return error.payload
    except json.JSONDecodeError as error:  # the client reads JSON from 204 too
        assert error.doc == ""  # noqa: PT017 - any other text is a fault
        return None
