"""One word about an order, of which only some will do."""

import pytest

from app.engine.chosen import check_words, differs
from app.engine.unit import UnitError


def test_of_many_words_the_sentences_name_the_first_and_the_data_names_all() -> None:
    wanted = tuple("abcdefg")
    reason = differs("COLOUR_DIFFERS", "cart.colour", "colour", wanted, None)
    assert reason.message == (
        "This offer wants the colour to be a or b or c or d or e or 2 more; it is not given."
    )
    assert reason.remedy == "Let the colour be a or b or c or d or e or 2 more."
    assert reason.expected == wanted
    assert reason.change is not None
    assert reason.change.values == wanted


@pytest.mark.parametrize(
    ("words", "path"), [((), "words"), (("a", "a"), "words"), (("a", "b" * 256), "words[1]")]
)
def test_faulty_words_are_refused_with_their_path(words: tuple[str, ...], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        check_words("words", words)
    assert refused.value.path == path
