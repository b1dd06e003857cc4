"""Frames: what is one, and what closes the socket instead."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from graphql_schema.frames import Close, id_of, optional_object, read_frame, shortened, text_frame


def test_a_frame_is_a_json_object_in_a_text_message() -> None:
    assert read_frame({"text": '{"type":"ping"}'}, 100) == {"type": "ping"}
    assert read_frame({"text": '{"type":"ping"}', "bytes": None}, 100) == {"type": "ping"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"bytes": b"{}"}, 4400),
        ({"text": None, "bytes": b"{}"}, 4400),
        ({"text": "[]"}, 4400),
        ({"text": "{"}, 4400),
    ],
)
def test_anything_else_closes_the_socket(message: dict[str, object], code: int) -> None:
    with pytest.raises(Close) as closing:
        read_frame(message, 100)
    assert closing.value.code == code


def test_an_id_has_200_characters_at_most() -> None:
    assert id_of({"id": "é" * 200}) == "é" * 200
    with pytest.raises(Close) as closing:
        id_of({"id": "x" * 201})
    assert (closing.value.code, closing.value.reason) == (4400, "Invalid message: id may have 200 characters")


def test_the_limit_is_in_bytes() -> None:
    text = '{"a":"' + "é" * 10 + '"}'  # 18 characters, 28 bytes
    assert read_frame({"text": text}, 28) == {"a": "é" * 10}
    with pytest.raises(Close) as closing:
        read_frame({"text": text}, 27)
    assert closing.value.code == 1009


def test_an_id_is_a_string_and_not_empty() -> None:
    assert id_of({"id": "1"}) == "1"
    for frame in ({}, {"id": ""}, {"id": 1}, {"id": None}):
        with pytest.raises(Close):
            id_of(frame)


def test_an_optional_member_is_an_object_or_missing() -> None:
    assert optional_object({"payload": {}}, "ping") == {}
    assert optional_object({}, "ping") is None
    with pytest.raises(Close, match="payload of ping must be an object"):
        optional_object({"payload": 1}, "ping")


def test_a_reason_is_cut_between_characters() -> None:
    assert shortened("ü" * 100) == "ü" * 61


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_a_text_frame_is_what_every_client_reads(length: int) -> None:
    text = b"x" * length
    frames: list[Frame] = []
    reader = StreamReader()
    reader.feed_data(text_frame(text))
    parsing = Frame.parse(reader.read_exact, mask=False)
    try:
        while True:
            next(parsing)
    except StopIteration as done:
        frames.append(done.value)
    assert [(frame.opcode, bytes(frame.data), frame.fin) for frame in frames] == [(Opcode.TEXT, text, True)]
