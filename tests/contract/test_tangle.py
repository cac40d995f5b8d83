"""How entangled content models are."""

from types import MappingProxyType

import pytest

from caiso_desktop.contract.tangle import is_tangled
from caiso_desktop.model.shape import MANY, ONCE, Contents, Field, Group, Occurrence, Order, Particle, Shape, Wildcard
from caiso_desktop.model.value import Value

LEAF = Field("e", MANY, Value())


def nested(levels: int, innermost: Particle = LEAF, occurrence: Occurrence = MANY) -> Group:
    particle = innermost
    for _ in range(levels):
        particle = Group(Order.CHOICE, (particle,), occurrence)
    assert isinstance(particle, Group)
    return particle


@pytest.mark.parametrize(
    ("group", "tangled"),
    [
        (nested(2), False),
        (nested(3), True),
        (nested(3, Field("e", ONCE, Value())), False),
        (nested(4, Wildcard(ONCE)), False),
        (nested(5, Wildcard(ONCE)), True),
        (nested(9, LEAF, ONCE), False),
        # They need not be optional themselves where what is in them is.
        (nested(3, LEAF, Occurrence(1, None)), True),
        (Group(Order.SEQUENCE, (nested(2), Field("must", ONCE, Value())), MANY), False),
        (nested(4, Field("must", ONCE, Value()), Occurrence(1, None)), False),
    ],
)
def test_levels_are_counted(group: Group, tangled: bool) -> None:
    shape = Shape(Field("R", contents="R"), MappingProxyType({"R": Contents("R", group=group)}))
    assert is_tangled(shape) is tangled
