"""What is made at its first use: once, when a verb is called, and again when it is renewed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from caiso_desktop.assembly.late import Late, port


@dataclass
class Bell:
    """Rings."""

    name: str = "bell"
    rung: list[int] = field(default_factory=list)

    def ring(self, times: int, *, softly: bool = False) -> str:
        self.rung.append(times)
        return ("ding " if softly else "DING ") * times


@dataclass
class Maker:
    """Makes bells, and remembers them."""

    made: list[Bell] = field(default_factory=list)

    def make(self) -> Bell:
        self.made.append(Bell())
        return self.made[-1]


def test_a_verb_that_is_handed_on_makes_nothing_until_it_is_called() -> None:
    maker = Maker()
    bell = Late(maker.make).port
    ring = bell.ring
    assert maker.made == []
    assert ring(2, softly=True) == "ding ding "
    assert bell.ring(1) == "DING "
    (only,) = maker.made
    assert only.rung == [2, 1]


def test_of_several_threads_that_ask_first_one_makes_it() -> None:
    maker, together = Maker(), threading.Barrier(8)
    late = Late(maker.make)

    def ask(_: int) -> Bell:
        together.wait(10)
        return late.get()

    with ThreadPoolExecutor(8) as threads:
        assert all(bell is maker.made[0] for bell in threads.map(ask, range(8)))
    assert len(maker.made) == 1


def test_what_is_renewed_is_made_anew_for_those_who_hold_its_port() -> None:
    maker = Maker()
    late = Late(maker.make)
    bell = late.port
    bell.ring(1)
    late.renew()
    bell.ring(2)
    assert [each.rung for each in maker.made] == [[1], [2]]


def test_nothing_is_made_before_what_it_waits_for() -> None:
    maker, painted = Maker(), threading.Event()
    late = Late(maker.make, painted)
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(late.get)
        with pytest.raises(TimeoutError):
            asked.result(0.1)
        assert maker.made == []
        painted.set()
        assert asked.result(10) is maker.made[0]


def test_what_is_known_before_stands_without_the_real_one() -> None:
    maker = Maker()
    assert port(maker.make, name="known").name == "known"
    assert maker.made == []


def test_a_port_is_asked_anew_where_it_is_not_kept() -> None:
    maker = Maker()
    bell = port(maker.make)
    bell.ring(1)
    bell.ring(1)
    assert len(maker.made) == 2
