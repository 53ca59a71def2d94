# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All calls that the API has; a new resource adds its table here."""

from __future__ import annotations

from tests.emulator import organizations, root, user_api_keys, users

ROUTES = (*root.ROUTES, *organizations.ROUTES, *users.ROUTES, *user_api_keys.ROUTES)
