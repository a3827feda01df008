"""Wrong passwords make the next try wait, ever longer; right ones do not."""

from framewall.console.throttle import Throttle
from framewall.limits import CONSOLE_SIGN_IN_TRIES, CONSOLE_SIGN_IN_WAIT_SECONDS


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def failing(times: int) -> tuple[Throttle, Clock]:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(times):
        throttle.failed("user alice")
    return throttle, clock


def test_a_few_mistakes_cost_nothing() -> None:
    throttle, _ = failing(CONSOLE_SIGN_IN_TRIES.default - 1)
    assert throttle.wait("user alice") == 0


def test_each_further_mistake_doubles_the_wait_up_to_the_cap() -> None:
    throttle, _ = failing(CONSOLE_SIGN_IN_TRIES.default)
    waits = []
    for _ in range(20):
        waits.append(throttle.wait("user alice"))
        throttle.failed("user alice")
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == CONSOLE_SIGN_IN_WAIT_SECONDS.default


def test_the_wait_passes() -> None:
    throttle, clock = failing(CONSOLE_SIGN_IN_TRIES.default + 3)
    clock.now += 8
    assert throttle.wait("user alice") == 0


def test_old_mistakes_are_forgotten() -> None:
    throttle, clock = failing(CONSOLE_SIGN_IN_TRIES.default + 3)
    clock.now += CONSOLE_SIGN_IN_WAIT_SECONDS.default + 1
    throttle.failed("user alice")
    assert throttle.wait("user alice") == 0


def test_any_of_the_keys_makes_wait_and_others_do_not() -> None:
    throttle, _ = failing(CONSOLE_SIGN_IN_TRIES.default)
    assert throttle.wait("address 127.0.0.1", "user alice") > 0
    assert throttle.wait("address 127.0.0.1", "user bob") == 0


def test_a_right_password_ends_it() -> None:
    throttle, _ = failing(CONSOLE_SIGN_IN_TRIES.default + 5)
    throttle.succeeded("user alice")
    assert throttle.wait("user alice") == 0


def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle(Clock())
    for number in range(20_000):
        throttle.failed(f"address {number}")
    assert len(throttle._failed) == 10_000
