"""How long an operation's shape takes in a package of 400 types, against xmlschema alone; and a big payload's check.

Run it by hand: ``python tests/benchmarks/bench_shape.py [types]``. Times are of the process's own CPU, medians of 5.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xmlschema
from lxml import etree

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.contract.stream import Stream
from caiso_desktop.contract.validate import validate
from caiso_desktop.model.provenance import Ground, Provenance

REACHED = 20
FIELDS = 9


def write(folder: Path, types: int) -> None:
    """A package whose roots reach twenty types each, nested, with facets and documentation."""
    head = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:big#" targetNamespace="urn:big#"'
    lines = [f'<xs:schema {head} elementFormDefault="qualified">']
    for number in range(types):
        fields = "".join(
            f'<xs:element name="f{number}_{field}" minOccurs="{field % 2}" '
            f'type="xs:{("string", "decimal", "dateTime", "int")[field % 4]}"><xs:annotation><xs:documentation>'
            f"Field {field}, in MW.</xs:documentation></xs:annotation></xs:element>"
            for field in range(FIELDS)
        )
        code = (
            '<xs:element name="code"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="A"/>'
            '<xs:enumeration value="B"/><xs:pattern value="[AB]"/></xs:restriction></xs:simpleType></xs:element>'
        )
        last = number % REACHED == REACHED - 1
        child = "" if last else f'<xs:element name="child" type="T{number + 1}" minOccurs="0" maxOccurs="unbounded"/>'
        lines.append(
            f'<xs:complexType name="T{number}"><xs:sequence>{fields}{code}{child}</xs:sequence></xs:complexType>'
        )
    lines += [f'<xs:element name="Root{at}" type="T{at}"/>' for at in range(0, types, REACHED)]
    (folder / "big.xsd").write_text("\n".join([*lines, "</xs:schema>"]), "utf-8")


def cost(task: Callable[[], object], times: int = 5) -> float:
    """The median CPU time of a task in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        task()
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1000


def shape(folder: Path, root: int) -> object:
    """The shape of one root, with nothing remembered."""
    return shape_of(
        Grammar(folder, "big.xsd", f"{{urn:big#}}Root{root}").declaration, Provenance(Ground.IMPORTED, "a benchmark")
    )


def check(folder: Path) -> str:
    """What checking a payload of 20 MB takes."""
    grammar = Grammar(folder, "big.xsd", "{urn:big#}Root0")
    fields = "".join(
        f"<f1_{field}>{('x', '1.5', '2026-03-10T08:00:00Z', '1')[field % 4]}</f1_{field}>" for field in range(FIELDS)
    )
    head = "".join(
        f"<f0_{field}>{('x', '1.5', '2026-03-10T08:00:00Z', '1')[field % 4]}</f0_{field}>" for field in range(FIELDS)
    )
    record = f"<child>{fields}<code>A</code></child>\n"
    text = f'<Root0 xmlns="urn:big#">{head}<code>A</code>{record * (20_000_000 // len(record))}</Root0>'.encode()
    checker, known = grammar.checker, shape_of(grammar.declaration, Provenance(Ground.IMPORTED))
    valid = cost(lambda: validate(Stream(text), checker, known, lambda: None), 3)
    wrong = text[:-60] + text[-60:].replace(b"<code>A", b"<code>C")
    invalid = cost(lambda: validate(Stream(wrong), checker, known, lambda: None), 3)
    bare = cost(lambda: checker.validate(etree.fromstring(text)), 3)
    return f"{len(text):,} bytes: valid {valid:.0f} ms, wrong at its end {invalid:.0f} ms; lxml's tree {bare:.0f} ms"


def main(types: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, types)
        shape(folder, 0)  # xmlschema builds its schema of schemas once in a program's life
        whole = cost(lambda: xmlschema.XMLSchema(str(folder / "big.xsd")), 3)
        own = cost(lambda: shape(folder, REACHED))
        print(f"{types} types: the shape of one root {own:.0f} ms, xmlschema alone {whole:.0f} ms ({own / whole:.2f})")
        print(check(folder))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
