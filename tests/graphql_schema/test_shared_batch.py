"""A batch is wired once for all who write alike."""

from app.events.cursor import Cursor
from graphql_schema.delivery import SocketForm
from graphql_schema.event_stream import EventForm
from graphql_schema.shared_batch import Batch, Encoded
from tests.graphql_schema.sharing import texts_of


def encoded(number: int) -> Encoded:
    return Encoded(b'{"data":%d}' % number, Cursor(0, 0, number))


def test_sockets_are_sent_whole_frames_with_the_id_of_their_operation():
    wired = Batch([encoded(1), encoded(2)]).wired(SocketForm('a"b'))
    assert list(texts_of(wired)) == [
        b'{"id":"a\\"b","type":"next","payload":{"data":1}}',
        b'{"id":"a\\"b","type":"next","payload":{"data":2}}',
    ]


def test_event_streams_are_sent_messages_under_their_cursors():
    wired = Batch([encoded(1), Encoded(b'{"data":2}', None)]).wired(EventForm())
    cursor = Cursor(0, 0, 1).encode()
    assert wired.decode() == (
        f'event: next\nid: {cursor}\ndata: {{"data":1}}\n\nevent: next\ndata: {{"data":2}}\n\n'
    )


def test_who_writes_alike_is_sent_the_same_object():
    batch = Batch([encoded(1)])
    assert batch.wired(SocketForm("1")) is batch.wired(SocketForm("1"))
    assert batch.wired(SocketForm("1")) != batch.wired(SocketForm("2"))


def test_no_client_chooses_an_id_by_which_others_are_sent_its_frames():
    batch = Batch([encoded(1)])
    assert batch.wired(SocketForm(EventForm.key)).endswith(b'"next","payload":{"data":1}}')
    assert batch.wired(EventForm()).startswith(b"event: next\n")


def test_of_many_ids_not_all_are_remembered():
    batch = Batch([encoded(1)])
    made = [batch.wired(SocketForm(str(number))) for number in range(100)]
    again = [batch.wired(SocketForm(str(number))) for number in range(100)]
    assert made == again
    assert sum(one is other for one, other in zip(made, again, strict=True)) == 16


def test_what_stands_behind_a_place():
    batch = Batch([encoded(number) for number in (3, 4, 5)])
    assert batch.behind(Cursor(0, 0, 2)) is batch
    behind = batch.behind(Cursor(0, 0, 4))
    assert behind is not None
    assert behind.results == [encoded(5)]
    assert batch.behind(Cursor(0, 0, 5)) is None
    assert batch.last().results == [encoded(5)]
