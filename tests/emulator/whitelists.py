# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access list of a programmatic API key as Ops Manager called it before 5.0."""

from __future__ import annotations

from tests.emulator.access_lists import routes

ROUTES = routes("whitelist")
