# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of this collection, by name: ``nox --list``. Without a name, all that the README promises are run."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "docs", "types", "unit", "integration", "coverage", "sanity"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
REQUIREMENTS = ROOT / "tests" / "requirements"
NAME = Path("ansible_collections", "mongodb", "atlas")

# Nothing is left in the clone but .nox, and nothing outside. Python has compiled this file already.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(ROOT / ".nox" / ".hypothesis")
shutil.rmtree(ROOT / "__pycache__", ignore_errors=True)


@nox.session
def try_it(session: nox.Session) -> None:
    """Revoke a key on an emulated Ops Manager: preview, revoke, and once more."""
    session.install("--quiet", "ansible-core", "requests", "--requirement", str(REQUIREMENTS / "emulator.txt"))
    session.run("python", "-m", "tests.try_it", env=install_collection(session))


@nox.session
def emulator(session: nox.Session) -> None:
    """Run the emulator until it is interrupted. Its options go after ``--``."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "emulator.txt"))
    session.run("python", "-m", "tests.emulator", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Look for mistakes and for style that differs."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "lint.txt"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("yamllint", "--strict", ".")


@nox.session
def docs(session: nox.Session) -> None:
    """Check the documentation of the modules and the guides, and what they refer to."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "docs.txt"))
    tree = link_collection(session)
    checks = ("--plugin-docs", "--check-extra-docs-refs", "--validate-collection-refs", "all")
    # Its log and what Ansible keeps would be left in the home.
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(tree), "HOME": session.create_tmp()}
    session.run("antsibull-docs", "lint-collection-docs", *checks, str(tree / NAME), env=environment)


@nox.session
def types(session: nox.Session) -> None:
    """Check the type hints."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "types.txt"))
    tree = link_collection(session)
    session.run("mypy", "noxfile.py", "tests", env={"MYPYPATH": str(tree)})
    session.run("mypy", str(tree / NAME / "plugins"), env={"MYPYPATH": str(tree)})


@nox.session
def unit(session: nox.Session) -> None:
    """Test each part by itself."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "tests.txt"))
    environment = {"PYTHONPATH": str(link_collection(session))}
    run_pytest(session, "tests/unit", environment)


@nox.session
def integration(session: nox.Session) -> None:
    """Test the installed collection with ansible-playbook against the emulator."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "tests.txt"))
    environment = install_collection(session)
    run_pytest(session, "tests/integration", environment)


@nox.session
def coverage(session: nox.Session) -> None:
    """Say which branches of the plugins no test takes. It looks at what unit and integration have recorded."""
    session.install("--quiet", "coverage")
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def sanity(session: nox.Session) -> None:
    """Run ansible-test sanity, with every Python that is on the PATH."""
    session.install("--quiet", "ansible-core")
    tree = Path(session.create_tmp()) / NAME
    shutil.rmtree(tree, ignore_errors=True)
    for name in files(session):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name)
    # A repository of its own: by that of the clone, which ignores this folder, ansible-test would skip all files.
    session.run("git", "init", "--quiet", str(tree), external=True)
    session.chdir(tree)
    session.run(
        *("ansible-test", "sanity", "--venv", "--python", "default", "--color", "no", *session.posargs),
        env={
            "HOME": str(home_for_ansible_test(session)),
            # The shims of a version manager answer to the name of every Python, and then fail for most.
            "PATH": os.pathsep.join(
                folder for folder in [session.bin, *os.environ["PATH"].split(os.pathsep)] if "shims" not in folder
            ),
        },
    )


def home_for_ansible_test(session: nox.Session) -> Path:
    """Make a home for what ansible-test keeps, so that it downloads nothing from elsewhere than the package index."""
    home = Path(session.create_tmp()) / "home"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    sources = session.run("python", "-c", "import ansible_test; print(*ansible_test.__path__)", silent=True, log=False)
    requirements = Path(str(sources).strip(), "_internal", "python_requirements.py").read_text(encoding="utf-8")
    for version in re.findall(r"\bpip='([0-9.]+)'", requirements):
        shutil.copy(ROOT / "tests" / "get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")
    pip_settings = Path.home() / ".config" / "pip"
    if pip_settings.is_dir():
        shutil.copytree(pip_settings, home / ".config" / "pip", dirs_exist_ok=True)
    return home


def run_pytest(session: nox.Session, folder: str, environment: dict[str, str]) -> None:
    """Run the tests of a folder, and record which branches of the plugins they take."""
    temporary = Path(session.create_tmp()) / "pytest"
    command = ("coverage", "run", "-m", "pytest", f"--basetemp={temporary}", folder, *session.posargs)
    session.run(*command, env=environment)


def files(session: nox.Session) -> list[str]:
    """Name the files of the collection that belong to it: those that git tracks, or would."""
    listed = session.run(
        "git", "ls-files", "--cached", "--others", "--exclude-standard", external=True, silent=True, log=False
    )
    return [name for name in str(listed).splitlines() if (ROOT / name).is_file()]


def link_collection(session: nox.Session) -> Path:
    """Make the sources importable under the name that Ansible gives them, and return the folder for the path."""
    tree = Path(session.create_tmp()) / "linked"
    (tree / NAME).parent.mkdir(parents=True, exist_ok=True)
    if not (tree / NAME).is_symlink():
        (tree / NAME).symlink_to(ROOT)
    return tree


def install_collection(session: nox.Session) -> dict[str, str]:
    """Install the collection beside the Ansible of this session, and return the environment in which it is found."""
    site_packages = session.run(
        "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", silent=True, log=False
    )
    folder = session.create_tmp()
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(site_packages).strip(),
        "ANSIBLE_HOME": folder,
        "ANSIBLE_REMOTE_TMP": folder,
    }
    session.run(
        "ansible-galaxy",
        *("collection", "install", ".", "--force", "--offline", "--collections-path", str(site_packages).strip()),
        env=environment,
        silent=True,
    )
    return environment
