"""Import a schema package of 400 types: our import, whole, against zeep alone on the same WSDL; and what a call asks.

Wanted: import at most 1.5 times what zeep takes to read the WSDL; the answer about a row below 0.1 ms.

    python tests/benchmarks/bench_package.py

Figures are processor time, the median of several runs: other work on the machine changes them little.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import zeep
from zeep.wsdl import Document

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.operation import Operations
from caiso_desktop.model.call import Basis
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.store.package.shelf import PackageShelf
from tests.package_maker import lay, many_types, zipped

TYPES = 400
RUNS = 9
WANTED = 1.5
TARGET = Target("cmri", "RetrieveMarketAwards", "v4", Variant.AP)


def cost(task: Callable[[], object], runs: int = RUNS) -> float:
    """The median processor time of a task, in milliseconds, after one that warms up."""
    task()
    times = []
    for _ in range(runs):
        began = time.process_time()
        task()
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print the figures; ends with status 1 where what is wanted is missed."""
    catalogue = load(find_resources() / "catalogue")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = many_types(TYPES)
        loose = lay(folder / "loose", files)
        source = zipped(folder / "package.zip", files)
        shelf = PackageShelf(folder / "packages", None, lambda: catalogue)
        wsdl = str(loose / "retrieveMarketAwards_v4.wsdl")
        transport: Any = zeep.Transport()  # type: ignore[no-untyped-call]
        alone = cost(lambda: Document(wsdl, transport))
        runs = count()
        ours = cost(lambda: shelf.add(source, CancelToken(), name=f"run {next(runs)}"))
        operations = Operations(catalogue, shelf)
        assert operations.operation(TARGET).basis is Basis.WSDL
        for stock in shelf.stock()[1:]:
            shelf.remove(stock.package.name)
        operations.operation(TARGET)
        asked = cost(lambda: [operations.operation(TARGET) for _ in range(1000)]) / 1000
        fresh = cost(lambda: PackageShelf(folder / "packages", None, lambda: catalogue).described(TARGET))
    print(f"{TYPES} types, one WSDL and one XSD ({len(files['all.xsd']) // 1024} KB), in a zip")
    print(f"zeep alone, the unpacked WSDL   {alone:8.1f} ms")
    print(f"import: unpack, read, check, keep {ours:6.1f} ms  ({ours / alone:.2f} times; wanted {WANTED})")
    print(f"the first question at a start   {fresh:8.2f} ms")
    print(f"the operation of a row          {asked:8.4f} ms")
    if ours > WANTED * alone:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
