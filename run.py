"""Set-up and start in one command: makes the environment when it is missing or old, then runs the product in it.

Standard library only; what the commands do is in `app.py`. All set-up chatter goes to standard error.
"""

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "Accord needs Python 3.11 or newer; this is Python %d.%d. Install a newer Python and try again.\n"
        % sys.version_info[:2]
    )
    sys.exit(2)

import contextlib
import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
IS_WINDOWS = sys.platform == "win32"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")
INSTALLED = ENVIRONMENT / "installed.sha256"
BUSY = ROOT / ".venv.lock"

NEEDS_TOOLS = frozenset({"test", "fix", "bench"})
"""Commands that need the developers' tools besides what the product itself needs."""


LEAKS = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
"""Settings of the caller's that would let another Python's packages in, or send ours elsewhere."""


def say(words):
    """Tell on standard error what is being done."""
    print(words, file=sys.stderr, flush=True)


def stop(sentence):
    """End with the sentence that says why; exit code 2 means that it could not be done."""
    say(sentence)
    sys.exit(2)


def environ():
    """Return the caller's environment without what would reach into ours."""
    kept = {name: value for name, value in os.environ.items() if name not in LEAKS}
    return {**kept, "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1"}


def lock_for(command):
    """Return the list of packages a command needs."""
    return ROOT / ("requirements-dev.txt" if command in NEEDS_TOOLS else "requirements.txt")


def fingerprint(lock):
    """Return what is kept of an installed list: its hash and the Python it was installed for."""
    return f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()} {sys.version_info[0]}.{sys.version_info[1]}"


def is_ready(lock):
    """Whether the environment holds that list, or the developers' list, which holds it too."""
    if not PYTHON.exists() or not INSTALLED.exists():
        return False
    return INSTALLED.read_text(encoding="utf-8") in {fingerprint(lock), fingerprint(lock_for("test"))}


def seize(file):
    """Take the system's lock on an open file, which it gives back however its holder ends. Raises OSError if taken."""
    if IS_WINDOWS:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.set_inheritable(file.fileno(), True)


@contextlib.contextmanager
def alone():
    """Wait for another start that is installing, so that two never write one environment."""
    try:
        file = BUSY.open("a+", encoding="utf-8")
    except OSError as problem:
        stop(f"The environment could not be made, since {ROOT} cannot be written to: {problem.strerror}.")
    with file:
        told = False
        while True:
            try:
                seize(file)
                break
            except OSError:
                if not told:
                    say("Another start is installing; waiting for it.")
                    told = True
                time.sleep(0.2)
        yield


def run(arguments, problem):
    """Run one step of the set-up, quietly; stop with a sentence and the tool's last words if it fails."""
    # The step keeps the lock too: if this start is killed, the next one waits until the step it left behind has ended.
    done = subprocess.run(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environ(),
        close_fds=IS_WINDOWS,
        check=False,
    )
    if done.returncode != 0:
        say("\n".join(done.stdout.splitlines()[-15:]))
        stop(problem)


def can_install():
    """Whether packages can be put into the environment: with uv, or with a pip of its own (uv leaves none behind)."""
    if shutil.which("uv"):
        return True
    found = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, env=environ(), check=False)
    return found.returncode == 0


def make_environment():
    """Make an empty environment for this Python, unless there is one that can be brought up to date."""
    if PYTHON.exists() and not IS_WINDOWS and INSTALLED.exists():
        version = INSTALLED.read_text(encoding="utf-8").rpartition(" ")[2]
        if version == f"{sys.version_info[0]}.{sys.version_info[1]}" and can_install():
            return
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    say("Making the environment in .venv …")
    run(
        [sys.executable, "-m", "venv", *(["--without-pip"] if shutil.which("uv") else []), str(ENVIRONMENT)],
        "The environment could not be made. On Debian and Ubuntu, install python3-venv; then start again.",
    )


def install(lock):
    """Install exactly what a list names, each package checked against its hash."""
    INSTALLED.unlink(missing_ok=True)
    count = sum(1 for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].isalnum())
    uv = shutil.which("uv")
    say(f"Installing up to {count} packages from {lock.name} with {'uv' if uv else 'pip'} …")
    started = time.monotonic()
    if uv:
        tool = [uv, "pip", "install", "--python", str(PYTHON), "--require-hashes", "-r", str(lock)]
    else:
        tool = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        tool += ["--require-hashes", "--no-deps", "-r", str(lock)]
    run(tool, "The packages could not be installed. Is the package registry in reach? Start again to try again.")
    INSTALLED.write_text(fingerprint(lock), encoding="utf-8")
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def prepare(command):
    """Make the environment ready for a command."""
    lock = lock_for(command)
    if is_ready(lock):
        return
    with alone():
        if not is_ready(lock):
            make_environment()
            install(lock)


def main(arguments):
    """Prepare, then become the product."""
    command = next((one for one in arguments if not one.startswith("-")), "serve")
    prepare(command)
    started = [str(PYTHON), str(ROOT / "app.py"), *arguments]
    if IS_WINDOWS:
        with contextlib.suppress(KeyboardInterrupt):
            return subprocess.run(started, env=environ(), check=False).returncode
        return 130
    os.execve(started[0], started, environ())
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
