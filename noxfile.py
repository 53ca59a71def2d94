# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of this collection, by name: ``nox --list``. Without a name, nox runs every check that the README lists.

The file ``antsibull-nox.toml`` configures the checks that come with antsibull-nox.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import typing as t
from pathlib import Path

import antsibull_nox
import nox
import yaml
from antsibull_nox.ansible import get_ansible_core_info, get_supported_core_versions
from antsibull_nox.utils import Version

ROOT = Path(__file__).parent
REQUIREMENTS = ROOT / "tests" / "requirements"
NAME = Path("ansible_collections", "mongodb", "atlas")
OLDEST_CORE = str(get_supported_core_versions()[0])
OLDEST_PYTHON_OF_TESTS = Version(3, 11)
# By their numbers of tests, the longest files would run last, and each of them alone.
ON_ALL_CORES = ("--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder")

nox.needs_version = ">=2025.10.14"
nox.options.sessions = [
    *("ruff", "lint", "license-check", "extra-checks", "docs-check", "changelog", "types"),
    *("unit", "integration", "coverage", "versions", "sanity", "release", "ansible-lint", "site"),
]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

# The checks leave nothing behind but .nox in the clone. Python has already compiled this file.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(ROOT / ".nox" / ".hypothesis")
shutil.rmtree(ROOT / "__pycache__", ignore_errors=True)
# The caches of installers, and the settings of the package index, stay in the home of the user.
os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
os.environ.setdefault("XDG_CONFIG_HOME", str(Path.home() / ".config"))
os.environ.setdefault("NPM_CONFIG_CACHE", str(Path.home() / ".npm"))
os.environ.setdefault("NPM_CONFIG_USERCONFIG", str(Path.home() / ".npmrc"))
HOME = ROOT / ".nox" / "home"
HOME.mkdir(parents=True, exist_ok=True)
os.environ["HOME"] = str(HOME)

antsibull_nox.load_antsibull_nox_toml()


def versions_to_run() -> list[t.Any]:
    """List the versions that the integration tests run with, besides the newest one for the Python of nox.

    The list has the newest ansible-core for each other Python, and the older releases that ``meta/runtime.yml`` allows.
    """
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    pythons: dict[str, list[str]] = {}
    newest: dict[str, str] = {}
    # The tests run with the releases before and after 2.17 and 2.20.
    for core in get_supported_core_versions(except_versions=(Version(2, 17), Version(2, 20))):
        known = get_ansible_core_info(core).controller_python_versions
        pythons[str(core)] = [str(python) for python in known if python >= OLDEST_PYTHON_OF_TESTS]
        newest.update(dict.fromkeys(pythons[str(core)], str(core)))
    older = {core: names for core, names in pythons.items() if core not in newest.values()}
    return [
        *(
            nox.param(own if own in names else names[-1], core, id=f"ansible-core-{core}")
            for core, names in older.items()
        ),
        *(nox.param(python, None, id=f"python-{python}") for python in newest if python != own),
    ]


@nox.session
def try_it(session: nox.Session) -> None:
    """Revoke keys on an emulated Ops Manager: one by its id, and one that was rotated and then leaked."""
    session.install("--quiet", "ansible-core", "requests", "--requirement", str(REQUIREMENTS / "emulator.txt"))
    session.run("python", "-m", "tests.try_it", session.create_tmp(), env=install_collection(session))


@nox.session
def emulator(session: nox.Session) -> None:
    """Run the emulator until you interrupt it. Its options go after ``--``."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "emulator.txt"))
    session.run("python", "-m", "tests.emulator", *session.posargs)


@nox.session
def benchmark(session: nox.Session) -> None:
    """Compare the collection with other ways to revoke keys. The options of the benchmark go after ``--``."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "benchmark.txt"))
    session.run("python", "-m", "tests.benchmark", *session.posargs, env=install_collection(session))


@nox.session
def ruff(session: nox.Session) -> None:
    """Check the code for mistakes and for its style."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "ruff.txt"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def changelog(session: nox.Session) -> None:
    """Check the fragments of the changelog, or build the changelog from them with ``-- release``."""
    session.install("--quiet", "ansible-core", "antsibull-changelog")
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(link_collection(session).absolute())}
    session.run("antsibull-changelog", *(session.posargs or ["lint"]), env=environment)


@nox.session
def types(session: nox.Session) -> None:
    """Check the type hints."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "types.txt"))
    tree = link_collection(session)
    session.run("mypy", "noxfile.py", "tests", env={"MYPYPATH": str(tree)})
    session.run("mypy", str(tree / NAME / "plugins"), env={"MYPYPATH": str(tree)})


@nox.session
def unit(session: nox.Session) -> None:
    """Test each part on its own."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "tests.txt"))
    environment = {"PYTHONPATH": str(link_collection(session))}
    run_pytest(session, "tests/unit", environment, *ON_ALL_CORES, with_coverage=True)


@nox.session
def integration(session: nox.Session) -> None:
    """Test the installed collection with ansible-playbook against the emulator."""
    requirements = [f"--requirement={REQUIREMENTS / name}" for name in ("tests.txt", "clients.txt")]
    session.install("--quiet", *requirements)
    environment = install_collection(session) | install_clients_for_node(session)
    # The session versions runs the rows of the matrix with ansible-playbook, on the oldest Python of modules.
    options = (*ON_ALL_CORES, "-m", "not of_matrix")
    run_pytest(session, "tests/integration", environment, *options, with_coverage=True)


def install_clients_for_node(session: nox.Session) -> dict[str, str]:
    """Install the clients for Node.js, and return the environment that names their folder; nothing if that fails."""
    client = (REQUIREMENTS / "clients-npm.txt").read_text(encoding="utf-8").splitlines()[-1]
    folder = Path(session.create_tmp()).absolute() / "npm"
    folder.mkdir(exist_ok=True)
    if not shutil.which("node") or not shutil.which("npm"):
        session.warn(f"Skipped: {client}, because Node.js or npm is not installed.")
        return {}
    # The scripts and the optional packages are for databases and for single platforms.
    options = ("--engine-strict", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--no-package-lock")
    where = ("--prefix", str(folder))
    install = ("npm", "install", "--loglevel=error", "--no-save", *options, *where, client)
    output = session.run(*install, external=True, silent=True, success_codes=range(256))
    name, _at, version = client.rpartition("@")
    manifest = folder / "node_modules" / name / "package.json"
    if not manifest.is_file() or json.loads(manifest.read_text(encoding="utf-8"))["version"] != version:
        session.warn(f"Skipped: {client}, because npm could not install it:\n{output}")
        return {}
    return {"NODE_CLIENTS": str(folder)}


@nox.session
def coverage(session: nox.Session) -> None:
    """Report the branches of the plugins that no test takes. The sessions unit and integration record them."""
    session.install("--quiet", "coverage")
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
@nox.parametrize(("python", "core"), versions_to_run())
def versions(session: nox.Session, core: str | None) -> None:
    """Run the tests that use ansible-playbook with other versions of ansible-core, and with every other Python."""
    session.install(
        "--quiet", f"ansible-core=={core}.*" if core else "ansible-core", "-r", str(REQUIREMENTS / "tests.txt")
    )
    environment = install_collection(session)
    selected = "not without_playbook"
    # Other clients do not depend on Ansible, so they are installed in the session integration only. The playbooks of
    # the guides, and every way through the playbook leaked, take minutes, so they run in that session only, too.
    ignored = ["test_guides.py", "test_leaked.py", "test_other_clients.py", "test_other_clients_accounts.py"]
    if core == OLDEST_CORE:
        environment |= modules_on_the_oldest_python(session)
    else:  # how a fault shows depends on requests and Python, not on Ansible
        selected += " and not of_matrix"
        # These files run the examples, and preview and run each playbook of the collection. What runs with the oldest
        # release, and with that of the session integration, runs with the others.
        ignored += ["test_examples.py", "test_playbooks.py"]
    ignore = [f"--ignore=tests/integration/{name}" for name in ignored]
    run_pytest(session, "tests/integration", environment, *ON_ALL_CORES, "-m", selected, *ignore)


def modules_on_the_oldest_python(session: nox.Session) -> dict[str, str]:
    """Install the oldest requests for the oldest Python of modules, and return the environment that selects them."""
    version = read_yaml("tests/config.yml")["modules"]["python_requires"].removeprefix(">= ")
    folder = Path(session.create_tmp()).absolute() / f"python{version}"
    make = ("-m", "virtualenv", "--quiet", "--python", version, str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    output = str(session.run(sys.executable, *make, external=True, silent=True, success_codes=[0, 1]))
    python = str(folder / "bin" / "python")
    if "failed to find interpreter" in output:
        session.warn(f"Skipped: modules on Python {version}, which is not installed.")
        return {}
    requests = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()[-1].replace(">=", "==")
    session.run(python, "-m", "pip", "install", "--quiet", requests, external=True)
    return {"MODULES_PYTHON": python}


@nox.session
def sanity(session: nox.Session) -> None:
    """Run ansible-test sanity with every Python on the PATH."""
    session.install("--quiet", "ansible-core")
    tree = copy_collection(session)
    # Without a repository of its own, ansible-test would use the clone, which ignores this folder, and skip all files.
    session.run("git", "init", "--quiet", str(tree), external=True)
    prepare_ansible_test(session)
    session.chdir(tree)
    session.run(
        *("ansible-test", "sanity", "--venv", "--python", "default", "--color", "no", *session.posargs),
        env={
            # A version manager has a shim for every Python, and most of the shims fail.
            "PATH": os.pathsep.join(
                folder for folder in [session.bin, *os.environ["PATH"].split(os.pathsep)] if "shims" not in folder
            ),
        },
    )


@nox.session
def release(session: nox.Session) -> None:
    """Build the tarball for Galaxy, check it, and report what an upload would publish."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "release.txt"))
    tree = copy_collection(session)
    folder = Path(session.create_tmp())
    for old in folder.glob("*.tar.gz"):
        old.unlink()
    session.run("ansible-galaxy", "collection", "build", str(tree), "--output-path", str(folder), silent=True)
    (tarball,) = folder.glob("*.tar.gz")
    with session.chdir(folder):
        output = str(session.run("python", "-m", "galaxy_importer.main", tarball.name, silent=True))
    if "WARNING" in output or "ERROR" in output or "successfully" not in output:
        session.error(f"Galaxy would not accept the tarball:\n{output}")
    run_pytest(session, "tests/release", {"TARBALL": str(tarball.absolute())})
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    if f"-{list(read_yaml('changelogs/changelog.yaml')['releases'])[-1]}.tar.gz" not in tarball.name:
        session.log("Do not upload it yet: the changelog has no entry for this version.")
    session.log(f"An upload would publish {tarball.name}, {tarball.stat().st_size} bytes, SHA-256 {digest}")
    session.log(f"with: ansible-galaxy collection publish {tarball}")


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation site, and test it in Chromium."""
    session.install("--quiet", "--requirement", str(REQUIREMENTS / "site.txt"))
    folder = Path(session.create_tmp()).absolute()
    sources, pages = folder / "sources", folder / "html"
    for old in (sources, pages):
        shutil.rmtree(old, ignore_errors=True)
    sources.mkdir(mode=0o755)
    repository = read_yaml("galaxy.yml")["repository"]
    settings = folder / "antsibull-docs.cfg"
    settings.write_text(
        f'collection_url = {{\n  mongodb.atlas = "{repository}"\n}}\n'
        f'collection_install = {{\n  mongodb.atlas = "ansible-galaxy collection install git+{repository}"\n}}\n',
        encoding="utf-8",
    )
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(link_collection(session).absolute()), "SITE": str(pages)}
    session.run(
        *("antsibull-docs", "--config-file", str(settings)),
        *("collection", "--use-current", "--squash-hierarchy", "--fail-on-error"),
        *("--dest-dir", str(sources), "mongodb.atlas"),
        env=environment,
    )
    # antsibull-docs copies only texts.
    shutil.copytree(ROOT / "docs" / "docsite" / "rst" / "images", sources / "docsite" / "images")
    session.run(
        *("sphinx-build", "--quiet", "--fail-on-warning", "--keep-going", "--fresh-env"),
        *("--conf-dir", "docs/site", "--doctree-dir", str(folder / "doctrees"), str(sources), str(pages)),
    )
    # Chromium would leave its files in the home.
    environment |= {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config")}
    run_pytest(session, "tests/site", environment)
    session.log(f"Open {pages / 'index.html'}")


def prepare_ansible_test(session: nox.Session) -> None:
    """Fill the cache of ansible-test, so that it downloads only from the package index."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    sources = session.run("python", "-c", "import ansible_test; print(*ansible_test.__path__)", silent=True, log=False)
    requirements = Path(str(sources).strip(), "_internal", "python_requirements.py").read_text(encoding="utf-8")
    for version in re.findall(r"\bpip='([0-9.]+)'", requirements):
        shutil.copy(ROOT / "tests" / "get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")
    # ansible-test passes HOME on, but not the other folders with settings.
    pip_settings = Path(os.environ["XDG_CONFIG_HOME"]) / "pip"
    if pip_settings.is_dir():
        shutil.copytree(pip_settings, HOME / ".config" / "pip", dirs_exist_ok=True)


def run_pytest(
    session: nox.Session, folder: str, environment: dict[str, str], *options: str, with_coverage: bool = False
) -> None:
    """Run the tests of a folder; with_coverage records the branches of the plugins that they take."""
    temporary = Path(session.create_tmp()) / "pytest"
    start = ("coverage", "run", "-m") if with_coverage else ("python", "-m")
    session.run(*start, "pytest", f"--basetemp={temporary}", folder, *options, *session.posargs, env=environment)


def read_yaml(name: str) -> dict[str, t.Any]:
    """Return the content of a YAML file of the collection."""
    return dict(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))


def files(session: nox.Session) -> list[str]:
    """List the files of the collection: those that git tracks, and new ones that it does not ignore."""
    listed = session.run(
        "git", "ls-files", "--cached", "--others", "--exclude-standard", external=True, silent=True, log=False
    )
    return [name for name in str(listed).splitlines() if (ROOT / name).is_file()]


def copy_collection(session: nox.Session) -> Path:
    """Copy the files of the collection to a folder where Ansible finds it by name, and return that folder."""
    tree = Path(session.create_tmp()) / NAME
    shutil.rmtree(tree, ignore_errors=True)
    for name in files(session):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name, follow_symlinks=False)
    return tree


def link_collection(session: nox.Session) -> Path:
    """Make the sources importable under their name in Ansible, and return the folder for the search path."""
    tree = Path(session.create_tmp()) / "linked"
    (tree / NAME).parent.mkdir(parents=True, exist_ok=True)
    if not (tree / NAME).is_symlink():
        (tree / NAME).symlink_to(ROOT)
    return tree


def install_collection(session: nox.Session) -> dict[str, str]:
    """Install the collection beside the Ansible of this session, and return the environment that finds it."""
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
