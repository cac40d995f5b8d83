"""Runs one PAC script, as a program of its own: reads JSON from stdin, writes JSON to stdout, imports nothing of ours.

A script is somebody else's program. Here it has no files, no environment and no network but the names that PAC's own
functions look up; an endless loop or a memory eater ends with this process and not with the window.
"""

import json
import sys

SECONDS = 5
MEMORY = 1 << 30


def main() -> None:
    """Answer one question."""
    question = json.load(sys.stdin)
    _limit()
    import dukpy
    from pypac.parser import PACFile

    class Bare(dukpy.JSInterpreter):  # type: ignore[misc,unused-ignore]  # dukpy is not typed
        """An interpreter without dukpy's `require` (which reads files) and `process` (which holds the environment)."""

        def _init_process(self) -> None:
            pass

        def _init_console(self) -> None:
            self.evaljs("var console = {log: function () {}}; void 0;")

        def _init_require(self) -> None:
            pass

    dukpy.JSInterpreter = Bare
    try:
        found = PACFile(question["script"]).find_proxy_for_url(question["url"], question["host"])
        answer = {"found": found}
    except Exception as error:  # noqa: BLE001  whatever the script does: its first line is told
        answer = {"error": str(error).partition("\n")[0][:200]}
    json.dump(answer, sys.stdout)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows, which runs its scripts itself
        return
    # The table is not known to mypy on every platform.
    for name, most in (("RLIMIT_CPU", SECONDS), ("RLIMIT_AS", MEMORY), ("RLIMIT_FSIZE", 0)):
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, OSError, ValueError):
            continue


if __name__ == "__main__":
    main()
