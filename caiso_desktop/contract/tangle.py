"""How entangled a content model is: groups that may be empty and repeat, nested in each other.

libxml2 tries every way through such a model: three levels cost seconds on a document that does not fit, and with four
some releases (2.11, of the wheels for Windows) do not come back at all, others call a valid document invalid.
"""

from caiso_desktop.model.shape import Group, Order, Particle, Shape

TOO_MANY = 4
"""From so many levels on libxml2 is not asked."""


def is_tangled(shape: Shape) -> bool:
    """Whether any content model of a shape has too many levels."""
    return any(each.group is not None and _levels(each.group) >= TOO_MANY for each in shape.contents.values())


def _levels(particle: Particle) -> int:
    """How many particles that repeat, and may be empty each time, are nested in each other at most."""
    if not isinstance(particle, Group):
        return int(particle.occurrence.repeats and particle.occurrence.least == 0)
    inner = max(map(_levels, particle.members), default=0)
    return inner + (particle.occurrence.repeats and _holds_nothing(particle))


def _holds_nothing(group: Group) -> bool:
    """Whether a group can be there and yet be empty."""
    empty = [
        member.occurrence.least == 0 or (isinstance(member, Group) and _holds_nothing(member))
        for member in group.members
    ]
    return any(empty) if group.order is Order.CHOICE else all(empty)
