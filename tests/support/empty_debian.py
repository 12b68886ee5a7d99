"""An empty Debian in a folder, reached with chroot: what a machine looks like before `bin/setup`.

How this machine reaches Debian's and Python's packages (mirror, proxy, certificates) is read from its own
configuration at run time and handed over: none of it is written in this repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.registries import ROOT

RELEASE = "bookworm"
APT_FILES = ("etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/apt.conf", "etc/apt/apt.conf.d")
NETWORK_FILES = ("etc/resolv.conf", "etc/hosts", "etc/ssl/certs", "usr/local/share/ca-certificates")
PIP_FILES = ("etc/pip.conf", "etc/xdg/pip", "root/.config/pip", "root/.pip")
HANDED_OVER = re.compile(r"^(?:PIP_\w+|\w+_proxy|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE)$", re.IGNORECASE)


@contextmanager
def empty_debian(root: Path) -> Iterator[None]:
    """A minimal Debian in `root` that reaches packages as this machine does. Needs root and debootstrap.

    Folders that hold packages (an index of one's own) are lent read-only, and `root` is erased only once they
    are back: erasing it with one of them inside would be a disaster elsewhere.
    """
    _build(root)
    lent: list[Path] = []
    try:
        for folder in _folders_named_by(root):
            target = root / folder.relative_to("/")
            target.mkdir(parents=True)
            _run("mount", "--bind", str(folder), str(target))
            lent.append(target)
            _run("mount", "-o", "remount,ro,bind", str(target))
        yield
    finally:
        for target in reversed(lent):
            _run("umount", str(target))
        # Not `Path.is_mount`: it does not see a folder bound from the same disk.
        mounted = Path("/proc/self/mounts").read_text(encoding="utf-8")
        assert f" {root}/" not in mounted, f"something is still mounted under {root}"
        shutil.rmtree(root)


def _build(root: Path) -> None:
    root.mkdir(parents=True)
    _run("debootstrap", "--variant=minbase", RELEASE, str(root), mirror())
    for name in (*APT_FILES, *NETWORK_FILES, *PIP_FILES):
        _hand_over(Path("/") / name, root)
    for named in _files_named_by(root):
        _hand_over(named, root)


def mirror() -> str:
    """Where this machine takes Debian itself from."""
    lines = _run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").splitlines()
    return lines[0]


def copy_of_head(target: Path) -> None:
    """Writes the last commit there: a fresh clone, without what only this working tree has."""
    target.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive, check=True)


def inside(root: Path, directory: str, *command: str) -> list[str]:
    """The command line that runs `command` in the empty Debian, with an environment as bare as a new machine's."""
    kept = [f"{name}={value}" for name, value in os.environ.items() if HANDED_OVER.match(name)]
    bare = ["HOME=/root", "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    go = f'cd {directory} && exec "$@"'
    return ["chroot", str(root), "/usr/bin/env", "-i", *bare, *kept, "/bin/sh", "-c", go, "sh", *command]


def _texts(root: Path) -> list[str]:
    """What the configuration handed over and the environment say."""
    texts = [value for name, value in os.environ.items() if HANDED_OVER.match(name)]
    for name in (*APT_FILES, *PIP_FILES):
        place = root / name
        files = [place] if place.is_file() else [p for p in place.rglob("*") if p.is_file()]
        texts += [file.read_text(encoding="utf-8", errors="replace") for file in files]
    return texts


def _files_named_by(root: Path) -> list[Path]:
    """Certificates and the like that the configuration names by their path."""
    paths = {Path(word) for text in _texts(root) for word in re.findall(r"(?<![\w:/])/[\w./-]+", text)}
    return sorted(path for path in paths if path.is_file() and not (root / path.relative_to("/")).exists())


def _folders_named_by(root: Path) -> list[Path]:
    """Folders of packages that the configuration names; of an index, the parent of its `simple`."""
    folders = set()
    for text in _texts(root):
        for word in re.findall(r"file://(/[\w./-]+)", text):
            folders.add(Path(word).parent if word.endswith("/simple") else Path(word))
        for word in re.findall(r"(?<![\w:/])/[\w./-]+", text):
            if any(Path(word).glob("*.whl")):
                folders.add(Path(word))
    return sorted(folder for folder in folders if folder.is_dir() and len(folder.parts) > 2)


def _hand_over(source: Path, root: Path) -> None:
    target = root / source.relative_to("/")
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy(source, target)


def _run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr)[-2000:]}"
    return done.stdout
