# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access list of all global keys by its old name, which every Ops Manager still understands."""

from __future__ import annotations

from tests.emulator.global_access_lists import routes

ROUTES = routes("whitelist")
