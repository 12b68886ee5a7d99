"""The demonstration on one machine: prepares its data, then keeps web server, worker and bank running."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from supervisor import Program, Supervisor, Task

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "var" / "demo"
LOADED = DATA / "ville-chargee"
READY_WITHIN = 90.0


def main() -> int:
    """Returns 0 after a clean stop, 1 when the demonstration cannot start."""
    parser = argparse.ArgumentParser(
        prog="bin/demo", description="L'espace citoyens avec sa ville de démonstration."
    )
    parser.add_argument("--port", type=int, default=8000, help="port du site sur 127.0.0.1 (8000)")
    parser.add_argument("--reset", action="store_true", help="repart d'une ville neuve")
    options = parser.parse_args()

    if not is_free(options.port):
        print(
            f"Le port {options.port} est déjà pris, peut-être par une autre démonstration. "
            f"Arrêtez-la, ou choisissez : bin/demo --port {options.port + 10}",
            file=sys.stderr,
        )
        return 1
    bank_port = next((p for p in range(options.port + 1, options.port + 50) if is_free(p)), None)
    if bank_port is None:
        print(f"Aucun port libre après {options.port} pour la banque de démonstration.", file=sys.stderr)
        return 1

    only_one = one_at_a_time()
    if only_one is None:
        print("Une démonstration tourne déjà sur ces données : arrêtez-la d'abord.", file=sys.stderr)
        return 1

    supervisor = Supervisor(environment(options.port, bank_port), ROOT, DATA / "journaux")
    if not prepare(supervisor, reset=options.reset):
        if not supervisor.stopping:
            print("Pour repartir d'une ville neuve : bin/demo --reset", file=sys.stderr)
        return 0 if supervisor.stopping else 1
    for program in programs(options.port, bank_port):
        supervisor.start(program)
    ready = supervisor.run_until(lambda: answers(f"http://127.0.0.1:{options.port}/sante/pret"), READY_WITHIN)
    if not ready:
        if not supervisor.stopping:
            print(
                "La démonstration ne répond pas. Ses derniers mots :\n" + supervisor.last_words(),
                file=sys.stderr,
            )
            print("Pour repartir d'une ville neuve : bin/demo --reset", file=sys.stderr)
        return supervisor.stop() or (0 if supervisor.stopping else 1)

    # Asked now rather than earlier: the pages are already being served meanwhile.
    subprocess.run(
        [sys.executable, "manage.py", "demo", "--accounts"], cwd=ROOT, env=supervisor.env, check=False
    )
    print(f"\nEspace citoyens : http://127.0.0.1:{options.port}/   (Ctrl-C pour arrêter)", flush=True)
    supervisor.run()
    print("\nArrêt…", flush=True)
    return supervisor.stop()


def one_at_a_time() -> IO[str] | None:
    """The open lock of the data, to be kept; None when another demonstration holds it."""
    DATA.parent.mkdir(parents=True, exist_ok=True)
    lock = (DATA.parent / "demo.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def environment(port: int, bank_port: int) -> dict[str, str]:
    """What the processes read. Never the caller's database: `--reset` erases this one."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ESPACE_") or k == "ESPACE_NOW"}
    return inherited | {
        "ESPACE_ENV": "development",
        "ESPACE_DATA_DIR": str(DATA),
        "ESPACE_DATABASE_URL": f"sqlite:///{DATA / 'espace.sqlite3'}",
        "ESPACE_SECRET_KEY": secret_key(),
        "ESPACE_HOSTS": "127.0.0.1,localhost",
        "ESPACE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ESPACE_BANK_URL": f"http://127.0.0.1:{bank_port}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }


def secret_key() -> str:
    """Drawn once, kept with the data outside of the files a reset erases: sessions survive a restart."""
    path = DATA.parent / "demo-cle-secrete"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")


def prepare(supervisor: Supervisor, *, reset: bool) -> bool:
    """Makes the database and the town unless they are there; False when that failed or was interrupted."""
    if reset or not LOADED.exists():
        # A town half loaded is no town: the mark is set only once the whole of it is in.
        shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True, exist_ok=True)
    manage = (sys.executable, "manage.py")
    tasks = [
        Task(
            "base de données",
            (sys.executable, "bin/lib/prepare.py"),
            marker=mark("schema", "espace/*/migrations/*.py", "requirements.lock"),
        ),
        Task(
            "fichiers statiques",
            (*manage, "collectstatic", "--noinput", "-v", "0"),
            marker=mark("statiques", "espace/*/static/**/*", "requirements.lock"),
        ),
    ]
    if not LOADED.exists():
        tasks.append(Task("ville de démonstration", (*manage, "demo")))
    if not supervisor.work(tasks):
        return False
    LOADED.touch()
    return True


def mark(name: str, *patterns: str) -> Path:
    """A file named after the state of some of ours: while it stands, what they lead to needs no doing again."""
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file())
    state = hashlib.sha256()
    for path in files:
        state.update(f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns}\n".encode())
    return DATA / f"{name}-{state.hexdigest()[:16]}"


def programs(port: int, bank_port: int) -> list[Program]:
    """The three processes; the web server as production runs it."""
    granian = (
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "2", "--blocking-threads", "4",
        "--workers-kill-timeout", "5", "--no-ws", "config.wsgi:application",
    )  # fmt: skip
    return [
        Program("site", granian),
        Program("facteur", (sys.executable, "manage.py", "worker")),
        Program("banque", (sys.executable, "manage.py", "banque", "--port", str(bank_port))),
    ]


def is_free(port: int) -> bool:
    """Whether nobody listens there (a port closed a second ago is free, too)."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def answers(url: str) -> bool:
    """Whether the address answers 200 within a second."""
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        time.sleep(0.05)
        return False


if __name__ == "__main__":
    sys.exit(main())
