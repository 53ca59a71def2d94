# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the site of what antsibull-docs writes."""

from __future__ import annotations

import typing as t

from docutils import nodes

if t.TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "mongodb.atlas"
project_copyright = "2026, the mongodb.atlas maintainers"
extensions = ["sphinx_antsibull_ext"]
exclude_patterns = ["environment_variables.rst"]  # says that there are none: modules cannot declare theirs
nitpicky = True
smartquotes_action = "D"  # only dashes: a quoted message stays as it is, for those who search or copy it
pygments_style = "ansible"
html_theme = "sphinx_ansible_theme"
html_theme_options: dict[str, t.Any] = {"topbar_links": {}}  # by default, to the blog and the forum of Ansible
html_title = "mongodb.atlas"
html_show_sphinx = False
html_copy_source = False
html_use_index = False

# Sphinx would look up the pages of Ansible in the network. Name here those that are referred to, but for plugins.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
PAGES = {"common_return_values": "reference_appendices/common_return_values"}
PLUGINS = "ansible_collections.ansible.builtin."


def setup(app: Sphinx) -> None:
    """Tell Sphinx what to ask for."""
    app.connect("missing-reference", refer_to_ansible)
    app.connect("html-page-context", lead_home)


def refer_to_ansible(
    _app: Sphinx, _env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.reference | None:
    """Return the link to a page of Ansible; for any other nothing, and then Sphinx warns."""
    label = node["reftarget"]
    page = PAGES.get(label)
    if label.startswith(PLUGINS):
        page = label.removeprefix("ansible_").partition("__")[0].replace(".", "/")
    return nodes.reference("", "", content, internal=False, refuri=f"{ANSIBLE}/{page}.html") if page else None


def lead_home(_app: Sphinx, _page: str, _template: str, context: dict[str, t.Any], _tree: object) -> None:
    """Let the bar at the top lead to the index, and not to the root of the host, wherever the site is."""
    context["theme_documentation_home_url"] = context["pathto"]("index")
