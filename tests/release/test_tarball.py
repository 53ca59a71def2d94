# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball holds the collection as users install it, and nothing else."""

from __future__ import annotations

import json
import os
import tarfile
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))

FOR_USERS = {
    *("CHANGELOG.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "requirements.txt"),
    *("changelogs/changelog.yaml", "meta/execution-environment.yml", "meta/runtime.yml"),
}
FOLDERS_FOR_USERS = {
    "docs/credential_types": {".yml"},
    "docs/docsite": {".png", ".rst", ".yml"},
    "playbooks": {".yml", ".j2"},
    "plugins/doc_fragments": {".py"},
    "plugins/filter": {".py"},
    "plugins/module_utils": {".py"},
    "plugins/modules": {".py"},
}


@pytest.fixture
def names() -> set[str]:
    with tarfile.open(os.environ["TARBALL"]) as tarball:
        return {member.name for member in tarball if not member.isdir()}


@pytest.fixture
def metadata() -> dict[str, t.Any]:
    with tarfile.open(os.environ["TARBALL"]) as tarball:
        manifest = tarball.extractfile("MANIFEST.json")
        assert manifest
        return dict(json.load(manifest)["collection_info"])


def in_folders(name: str) -> bool:
    return any(
        name.startswith(f"{folder}/") and Path(name).suffix in kinds for folder, kinds in FOLDERS_FOR_USERS.items()
    )


def test_users_get_what_they_need(names: set[str]) -> None:
    sources = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS_FOR_USERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names >= FOR_USERS | sources


def test_users_get_nothing_else(names: set[str]) -> None:
    assert {name for name in names - FOR_USERS if not in_folders(name)} == set()


def test_the_metadata_describe_the_collection(metadata: dict[str, t.Any]) -> None:
    assert Path(os.environ["TARBALL"]).name == "mongodb-atlas-{version}.tar.gz".format(**metadata)
    assert metadata["version"] == GALAXY["version"]
    assert metadata["repository"].startswith("https://")
    assert metadata["license_file"] == "LICENSE"
    assert len(metadata["description"]) > 20
    assert {"database", "mongodb", "security"} <= set(metadata["tags"])


def test_the_changelog_of_a_version_is_complete_when_it_has_one() -> None:
    releases = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    fragments = list((ROOT / "changelogs" / "fragments").glob("*.y*ml"))
    latest, version = (tuple(map(int, name.split("."))) for name in (list(releases)[-1], GALAXY["version"]))
    assert latest < version or (latest == version and fragments == [])
