import pytest

from caiso_desktop.manners.pace import AT_ONCE, GAP, SLOW_FOR, SLOW_GAP, Pace, host_of

HOST = "ws.example.com"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_calls_go_a_moment_apart() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.enter(HOST, patient=True) == 0
    assert pace.enter(HOST, patient=True) == pytest.approx(GAP)
    assert pace.enter("other.example.com", patient=True) == 0
    clock.now += GAP
    assert pace.enter(HOST, patient=True) == 0


def test_only_some_at_a_time_but_a_submit_never_waits_for_a_retrieve() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(AT_ONCE):
        assert pace.enter(HOST, patient=True) == 0
        clock.now += GAP
    assert pace.enter(HOST, patient=True) > 0
    assert pace.enter(HOST, patient=False) == 0
    clock.now += GAP
    for _ in range(2):
        pace.leave(HOST, too_busy=False)
    assert pace.enter(HOST, patient=True) == 0


def test_a_host_that_found_us_too_busy_is_left_in_peace_for_a_while() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.enter(HOST, patient=True)
    pace.leave(HOST, too_busy=True)
    assert pace.is_slow(HOST)
    clock.now += 1
    assert pace.enter(HOST, patient=True) == pytest.approx(SLOW_GAP - 1)
    assert pace.enter(HOST, patient=False) == 0
    clock.now += SLOW_FOR
    assert not pace.is_slow(HOST)
    assert pace.enter(HOST, patient=True) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_this_computer_knows_no_pace(host: str) -> None:
    pace = Pace(Clock())
    assert [pace.enter(host, patient=True) for _ in range(50)] == [0.0] * 50
    pace.leave(host, too_busy=True)
    assert not pace.is_slow(host)


def test_the_host_of_an_address() -> None:
    assert host_of("https://WS.example.com:4445/sst/x") == HOST
    assert host_of("https://[::1]:8443/x") == "::1"
    assert host_of("nonsense") == ""
