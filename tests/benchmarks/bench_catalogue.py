"""What loading the whole catalogue costs, beside tomllib alone on the same files.

Run it: ``python tests/benchmarks/bench_catalogue.py``. Cold is the first load of a fresh interpreter (modules already
imported); warm is a later one. Both are the best of several, as other work on the machine only adds. It fails above
30 ms cold.
"""

import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "resources" / "catalogue"
LIMIT = 30.0


def bare() -> None:
    for file in FOLDER.rglob("*.toml"):
        tomllib.loads(file.read_text(encoding="utf-8"))


def whole() -> None:
    from caiso_desktop.catalogue.load import load

    load(FOLDER)


def milliseconds(task: Callable[[], None]) -> float:
    start = time.perf_counter()
    task()
    return (time.perf_counter() - start) * 1000


def cold(name: str) -> float:
    """The best first run of 15 fresh interpreters."""
    code = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(CHECKOUT)!r}]\n"
        "import bench_catalogue as bench, caiso_desktop.catalogue.load\n"
        f"print(bench.milliseconds(bench.{name}))"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(15)]
    return min(float(run.stdout) for run in runs)


def main() -> int:
    sys.path.insert(0, str(CHECKOUT))
    warm_bare, warm_whole = (min(milliseconds(task) for _ in range(30)) for task in (bare, whole))
    cold_bare, cold_whole = cold("bare"), cold("whole")
    print(f"{len(list(FOLDER.rglob('*.toml')))} files, {sum(f.stat().st_size for f in FOLDER.rglob('*.toml'))} bytes")
    print(f"warm: tomllib {warm_bare:.1f} ms, catalogue {warm_whole:.1f} ms, ratio {warm_whole / warm_bare:.2f}")
    print(f"cold: tomllib {cold_bare:.1f} ms, catalogue {cold_whole:.1f} ms, ratio {cold_whole / cold_bare:.2f}")
    return 0 if cold_whole < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
