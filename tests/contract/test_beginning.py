"""Rows that begin by a schema: of every bundled document, from every element that may repeat."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.contract.beginning import begin, row_ways
from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.sample import sample_of_way
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.grid.edit import set_cells
from caiso_desktop.model.grid.table import Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.shape import Contents, Field, Group, Occurrence, Order, Shape
from caiso_desktop.model.value import Value
from tests.contract.test_bundled import CONTRACTS, DOCUMENTS

DAY, NOW = date(2026, 3, 8), datetime(2026, 3, 7, 12, tzinfo=UTC)


def shape_at(path: Path, root: str) -> Shape:
    return shape_of(Grammar(path.parent, path.name, root).declaration, Provenance(Ground.BUNDLED))


def read(text: str, shape: Shape, way: tuple[str, ...]) -> tuple[Outline, Table]:
    found = outline(Draft(text))
    assert isinstance(found, Outline)
    return found, OutlineGrids().table(found, shape, way)


@pytest.mark.parametrize(("path", "root"), DOCUMENTS, ids=lambda each: str(each)[-60:])
def test_every_column_of_a_row_that_begins_can_be_filled(path: Path, root: str) -> None:
    shape = shape_at(path, root)
    grammar = Grammar(path.parent, path.name, root)
    for way in row_ways(shape):
        full = sample_of_way(shape, way, DAY, NOW)
        assert grammar.checker.validate(etree.fromstring(full.encode())), (way, grammar.checker.error_log)
        begun = begin(shape, way, lambda names: sample_of_way(shape, names, DAY, NOW))
        sampled, of_sample = read(full, shape, way)
        found, table = read(begun.text, shape, way)
        assert table.kind is not None
        assert (table.kind.names, len(table.rows)) == (way, 1)
        table = table.widened(begun.columns)
        assert table.columns == begun.columns == of_sample.columns
        said = [of_sample.place(sampled, 0, column).text or "" for column in begun.columns]
        texts = {(0, number): text for number, text in enumerate(said)}
        filled = set_cells(Draft(begun.text), found, table, texts).draft.text
        # What was said in the sample is put back, where it stood: valid again.
        document = etree.fromstring(filled.encode())
        assert grammar.checker.validate(document), (way, grammar.checker.error_log, filled)


def test_a_submit_of_bids_begins_with_hours_and_segments_of_curves() -> None:
    ((path, root),) = [each for each in DOCUMENTS if each[1].endswith("}RawBidSet") and "4" in each[1]]
    shape = shape_at(path, root)
    ways = ["/".join(name.rpartition("}")[2] for name in way[2:]) for way in row_ways(shape)]
    assert "GeneratingBid/ProductBid/BidHour" in ways
    assert "GeneratingBid/ProductBid/BidHour/BidPriceCurve/CurveSchedData" in ways
    assert path.is_relative_to(CONTRACTS)
    with pytest.raises(PayloadError, match="does not tell how such rows begin"):
        begin(shape, (root, "{urn:x}Nothing"), lambda names: sample_of_way(shape, names, DAY, NOW))


def test_where_nothing_repeats_nothing_is_looked_through() -> None:
    """Each of eight levels holds each of the eight elements of the next: some 17 million ways."""
    wide = {
        f"k{level}": Contents(
            f"k{level}",
            group=Group(Order.SEQUENCE, tuple(Field(f"e{number}", contents=f"k{level + 1}") for number in range(8))),
        )
        for level in range(8)
    }
    last = Contents("k8", group=Group(Order.SEQUENCE, (Field("text", value=Value()),)))
    rows = Contents(
        "rows",
        group=Group(Order.SEQUENCE, (Field("row", Occurrence(0, None), contents="k8"), Field("in", contents="k0"))),
    )
    shape = Shape(Field("root", contents="rows"), {**wide, "k8": last, "rows": rows})
    assert row_ways(shape) == (("root", "row"),)
