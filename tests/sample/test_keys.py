"""The file of the sample keys: for the service's own account alone, whole or not at all."""

import stat
from pathlib import Path
from uuid import UUID

import pytest

from app.sample.keys import FILE, SampleKey, SampleKeys, keep_keys, read_keys

SERVER = SampleKey(UUID(int=1), "tear_sk_one")
MERCHANT = SampleKey(UUID(int=2), "tear_mk_two")


def test_keys_are_read_back_as_they_were_kept(tmp_path: Path) -> None:
    keys = SampleKeys(server=SERVER, merchant=MERCHANT)
    keep_keys(tmp_path / "state", keys)
    assert read_keys(tmp_path / "state") == keys


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    keep_keys(tmp_path, SampleKeys(server=SERVER))
    keep_keys(tmp_path, SampleKeys(server=SERVER, merchant=MERCHANT))
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"server": {}}', '{"server": 1}', '{"owner": {"id": "1"}}']
)
def test_a_file_that_cannot_be_understood_holds_no_keys(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert read_keys(tmp_path) == SampleKeys()


def test_no_repr_shows_a_secret() -> None:
    assert "tear_" not in repr(SampleKeys(server=SERVER, merchant=MERCHANT))
