"""One command from a fresh clone to the running program, one to all checks passed.

    python packaging/bootstrap.py run     set up, then open the program on its simulator
    python packaging/bootstrap.py test    set up, then run every check

Standard library only, and written so that an old Python can read it far enough to say that it is too old.
"""

import argparse
import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
LOCK = CHECKOUT / "packaging" / "requirements.lock"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
FIRST_LIGHT = CHECKOUT / "build" / "first-light"

# What Qt loads at run time on Linux, by the Debian package that brings it.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
QT_ON_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
}
# What tests of the keystores talk to, by the Debian package that brings it; elsewhere those tests say what they miss.
TEST_PROGRAMS = {
    "openssl": "openssl",
    "softhsm2-util": "softhsm2",
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-run-session": "dbus-daemon",
}
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "-m", "pytest"),
)


class SetUpError(Exception):
    """A sentence for the person who started this."""


def main() -> int:
    """Do what the command line asks; the exit status is that of the last step."""
    parser = argparse.ArgumentParser(description="Set up CAISO Desktop, then run it or check it.")
    parser.add_argument("command", choices=("run", "test"), help="open the program on its simulator, or run all checks")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on (run: to the program, test: to pytest)")
    options = parser.parse_args()
    try:
        find_a_newer_python()
        make_environment()
        see_to_qt_libraries(with_window=options.command == "run" and has_display())
        if options.command == "test":
            see_to_test_programs()
        return run(options.arguments) if options.command == "run" else test(options.arguments)
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def find_a_newer_python() -> None:
    """Go on under a newer Python where this one is too old and a newer one is installed."""
    if sys.version_info[:2] >= OLDEST:
        return
    here = ".".join(str(number) for number in sys.version_info[:2])
    for minor in (14, 13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            say(f"This is Python {here}; going on with {newer}.")
            raise SystemExit(subprocess.call([newer, *sys.argv]))
    raise SetUpError(
        f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed, and this is {here}. Install a newer one "
        "(python.org, your package manager, or on Ubuntu 22.04 the package python3.11), then run this again with it."
    )


def make_environment() -> None:
    """Make .venv with exactly the locked packages and this checkout; nothing is done when it stands already."""
    stamp = VENV / "locked"
    wanted = f"{sys.version} {hashlib.sha256(LOCK.read_bytes()).hexdigest()} {CHECKOUT}\n"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and PYTHON.is_file():
        return
    if importlib.util.find_spec("ensurepip") is None:
        # Debian's Python leaves it out of the package python3.
        install_debian_packages(["python3-venv"], "to make a virtual environment")
    say("Making .venv ...")
    call([sys.executable, "-m", "venv", "--clear", str(VENV)], "Python could not make a virtual environment.")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    say("Installing the locked packages ...")
    locked = [*pip, "--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement", str(LOCK)]
    call(locked, "The locked packages could not be installed. Look at what pip says above: mostly it is the network.")
    itself = [*pip, "--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT)]
    call(itself, "The program itself could not be installed into .venv.")
    stamp.write_text(wanted, encoding="utf-8")


def see_to_qt_libraries(*, with_window: bool) -> None:
    """On Linux, find out what Qt would miss, and install it or say how."""
    if not sys.platform.startswith("linux"):
        return
    wanted = {**QT_LIBRARIES, **QT_ON_X11} if with_window and os.environ.get("DISPLAY") else QT_LIBRARIES
    missing = [package for library, package in wanted.items() if not loads(library)]
    if missing:
        install_debian_packages(missing, "for Qt")


def see_to_test_programs() -> None:
    """On Debian and Ubuntu, install the programs that some tests talk to; without them those tests are skipped."""
    missing = [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
    if not missing or shutil.which("apt-get") is None:
        return
    try:
        install_debian_packages(missing, "for the tests of keystores")
    except SetUpError as error:
        say(f"{error}\nGoing on without; the tests that need them are skipped and say so.")


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_debian_packages(packages: "list[str]", purpose: str) -> None:
    """Install Debian packages as root, saying so; else say the one command that does it."""
    line = " ".join(packages)
    apt = shutil.which("apt-get")
    if apt is None:
        raise SetUpError(f"These libraries are missing {purpose} (by their Debian names): {line}. Install them.")
    if os.geteuid() != 0:
        raise SetUpError(
            f"Some system packages are missing {purpose}. Run this, then try again:\n"
            f"  sudo apt-get update && sudo apt-get install --yes {line}"
        )
    say(f"Installing Debian packages {purpose}: {line} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call([apt, "update", "--quiet"], env=environment, stdout=subprocess.DEVNULL)
    install = [apt, "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    if subprocess.call(install, env=environment, stdout=subprocess.DEVNULL) != 0:
        raise SetUpError(f"apt-get could not install: {line}.")


def has_display() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: "list[str]") -> int:
    """Open the program on its simulator; without a display, drive the same window through one call."""
    program = [str(PYTHON), "-m", "caiso_desktop", "--environment", "simulator"]
    if has_display():
        return subprocess.call([*program, *arguments])
    say("There is no display: the window is driven offscreen through one call instead.")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.call([*program, "--first-light", str(FIRST_LIGHT), *arguments], env=environment)


def test(arguments: "list[str]") -> int:
    """Run every check, also after one has failed; the tests come last."""
    failed = []
    for name, *rest in CHECKS:
        say(f"$ {' '.join([name, *rest, *(arguments if 'pytest' in rest else [])])}")
        program = PYTHON if name == "python" else BIN / (f"{name}.exe" if os.name == "nt" else name)
        more = arguments if "pytest" in rest else []
        if subprocess.call([str(program), *rest, *more], cwd=str(CHECKOUT)) != 0:
            failed.append(" ".join([name, *rest]))
    if failed:
        say(f"Failed: {', '.join(failed)}.")
        return 1
    return 0


def call(command: "list[str]", otherwise: str) -> None:
    """Run a step of the set-up."""
    if subprocess.call(command) != 0:
        raise SetUpError(otherwise)


def say(text: str) -> None:
    """Tell the person what is going on, in step with what the programs print."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
