# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter mongodb.atlas.credential_report."""

from __future__ import annotations

import typing as t

from ansible_collections.mongodb.atlas.plugins.module_utils._report import Server, report_on

DOCUMENTATION = r"""
name: credential_report
short_description: Make one report of the credentials on several servers
version_added: 1.1.0
author:
  - The mongodb.atlas maintainers (@mongodb-atlas)
description:
  - Turns results of M(mongodb.atlas.credential_info) into the texts and tables that the playbook C(mongodb.atlas.audit)
    shows and writes. It reads and writes nothing.
positional: _input
options:
  _input:
    description:
      - One list for each server, with its name, its address, and the result of M(mongodb.atlas.credential_info) there.
      - For a task that did not run, give an empty or undefined result.
    type: list
    elements: list
    required: true
  fail_on:
    description:
      - Findings of this severity or worse are in the list C(problems). Without this option, no finding is in this list.
    type: str
    choices: [critical, high, medium, low, info]
"""

EXAMPLES = r"""
- name: List every credential
  mongodb.atlas.credential_info:
  register: found

- name: Show the summary
  ansible.builtin.debug:
    msg: "{{ ([['Atlas', 'https://cloud.mongodb.com', found]] | mongodb.atlas.credential_report).summary }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    was_read:
      description: Whether at least one server could be read.
      type: bool
    summary:
      description: How many credentials there are of each severity, in one sentence.
      type: str
    problems:
      description: A sentence about the parts that could not be read, and a sentence about the findings with the
        severity O(fail_on) or worse.
      type: list
      elements: str
    lines:
      description: The summary, the worst findings and the parts that could not be read, for the screen.
      type: list
      elements: str
    csv:
      description:
        - All rows as the text of a CSV file. A cell that a spreadsheet would calculate begins with an apostrophe.
      type: str
"""


def credential_report(servers: t.Iterable[t.Sequence[t.Any]], fail_on: str | None = None) -> dict[str, t.Any]:
    """Make one report of the results on several servers."""
    return report_on([Server(str(name), str(address), result or {}) for name, address, result in servers], fail_on)


class FilterModule:
    """The filters of this file, as Ansible asks for them."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filters by name."""
        return {"credential_report": credential_report}
