# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requirements that ansible-builder reads from the collection for an execution environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def ansible_builder(*arguments: str | Path) -> str:
    command = [Path(sys.executable).with_name("ansible-builder"), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    """Install the collection in a folder."""
    with tarfile.open(os.environ["TARBALL"]) as tarball:
        tarball.extractall(tmp_path / "collections" / "ansible_collections" / "mongodb" / "atlas", filter="data")
    return tmp_path / "collections"


def test_the_collection_names_what_it_needs(collections: Path) -> None:
    requirements = yaml.safe_load(ansible_builder("introspect", "--sanitize", collections))
    (python,) = requirements["python"]
    assert python.partition("#")[0].strip() == (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()[-1]
    assert requirements["system"] == []


def test_an_environment_with_the_collection_can_be_made(tmp_path: Path) -> None:
    definition = {
        "version": 3,
        "images": {"base_image": {"name": "registry.example.com/base:latest"}},
        "dependencies": {
            "ansible_core": {"package_pip": "ansible-core>=2.16"},
            "ansible_runner": {"package_pip": "ansible-runner"},
            "galaxy": {"collections": [{"name": os.environ["TARBALL"], "type": "file"}]},
        },
    }
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    context = tmp_path / "context"
    where = ("--context", context, "--output-filename", "Containerfile")
    ansible_builder("create", "--file", tmp_path / "execution-environment.yml", *where)
    assert "ansible-galaxy collection install" in (context / "Containerfile").read_text(encoding="utf-8")
    assert os.environ["TARBALL"] in (context / "_build" / "requirements.yml").read_text(encoding="utf-8")
