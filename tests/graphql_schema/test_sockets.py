"""The registry of open sockets: by key, with no gap between admission and revocation."""

from graphql_schema.sockets import Sockets


class Door:
    """A socket that remembers how it was closed."""

    def __init__(self) -> None:
        self.closed: list[tuple[int, str]] = []

    def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))


def _open(sockets: Sockets, key: str) -> Door:
    door = Door()
    assert sockets.admitted(door, key, sockets.opened(door))
    return door


def test_closing_a_key_closes_its_sockets_and_no_others() -> None:
    sockets = Sockets()
    mine, also_mine, other = _open(sockets, "a"), _open(sockets, "a"), _open(sockets, "b")
    assert sockets.close_key("a", 4403, "gone") == 2
    assert mine.closed == also_mine.closed == [(4403, "gone")]
    assert other.closed == []
    assert sockets.close_key("nobody") == 0
    assert sorted(map(str, sockets.open_keys())) == ["a", "b"]
    for door, key in ((mine, "a"), (also_mine, "a"), (other, "b")):
        sockets.gone(door, key)
    assert sockets.open_keys() == []


def test_a_socket_whose_admission_began_before_its_key_was_closed_is_not_entered() -> None:
    sockets = Sockets()
    door = Door()
    since = sockets.opened(door)
    sockets.close_key("a")
    assert not sockets.admitted(door, "a", since)
    assert sockets.of_key("a") == 0
    assert sockets.admitted(door, "b", since)


def test_a_socket_that_is_gone_is_forgotten_under_its_key_too() -> None:
    sockets = Sockets()
    door = _open(sockets, "a")
    assert (len(sockets), sockets.of_key("a")) == (1, 1)
    sockets.gone(door, "a")
    sockets.gone(door, "a")
    assert (len(sockets), sockets.of_key("a")) == (0, 0)


def test_a_full_registry_counts_those_that_nobody_was_admitted_on() -> None:
    sockets = Sockets(most=2)
    first, waiting = _open(sockets, "a"), Door()
    assert not sockets.is_full
    sockets.opened(waiting)
    assert sockets.is_full
    sockets.gone(first, "a")
    assert not sockets.is_full


def test_a_key_has_room_until_it_has_as_many_as_it_may() -> None:
    sockets = Sockets(most_per_key=2)
    first, _ = _open(sockets, "a"), _open(sockets, "a")
    assert not sockets.has_room_for("a")
    assert sockets.has_room_for("b")
    sockets.gone(first, "a")
    assert sockets.has_room_for("a")


def test_closing_all_reaches_sockets_that_nobody_was_admitted_on() -> None:
    sockets = Sockets()
    admitted, waiting = _open(sockets, "a"), Door()
    sockets.opened(waiting)
    sockets.close_all()
    assert admitted.closed == waiting.closed == [(1012, "The service restarts")]


def test_closing_the_key_that_made_a_customer_token_closes_what_came_with_the_token() -> None:
    sockets = Sockets(most_per_key=1)
    door, other = Door(), _open(sockets, "maker")
    assert sockets.admitted(door, "shop", sockets.opened(door), "maker")
    assert (sockets.of_key("shop"), sockets.of_key("maker")) == (1, 1)
    assert sorted(map(str, sockets.open_keys())) == ["maker", "shop"]
    assert sockets.close_key("maker") == 2
    assert door.closed == other.closed == [(4403, "The key was revoked")]
    sockets.gone(door, "shop", "maker")
    sockets.gone(other, "maker")
    assert sockets.open_keys() == []


def test_whoever_was_being_admitted_by_a_token_of_a_key_just_closed_is_not_entered() -> None:
    sockets = Sockets()
    door = Door()
    since = sockets.opened(door)
    sockets.close_key("maker")
    assert not sockets.admitted(door, "shop", since, "maker")
    assert sockets.open_keys() == []
