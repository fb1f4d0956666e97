"""The same bytes are known again, other bytes are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import xxhash

from assetman.core.errors import BadInput, Cancelled
from assetman.core.progress import CancelToken
from assetman.media import fingerprint as module
from assetman.media.fingerprint import Fingerprint, fingerprint, same_bytes


@pytest.fixture
def small_whole(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let files be sampled that a test can afford: beyond 4 MiB."""
    monkeypatch.setattr(module, "WHOLE_UP_TO", 4 << 20)
    return 4 << 20


def test_a_small_file_is_covered_whole(tmp_path: Path) -> None:
    data = os.urandom(3_000_001)
    (tmp_path / "a").write_bytes(data)
    expected = Fingerprint(xxhash.xxh3_128_hexdigest(data), len(data), whole=True)
    assert fingerprint(str(tmp_path / "a")) == expected


def test_an_empty_file_has_a_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert fingerprint(str(tmp_path / "a")) == Fingerprint(xxhash.xxh3_128_hexdigest(b""), 0, True)


@pytest.mark.parametrize("size", [(4 << 20) + 1, 9_876_543, 20 << 20])
def test_a_large_file_is_sampled_at_both_ends_and_between(
    small_whole: int, tmp_path: Path, size: int
) -> None:
    data = bytearray(os.urandom(1 << 20) * (size // (1 << 20) + 1))[:size]
    path = tmp_path / "a"
    path.write_bytes(data)
    first = fingerprint(str(path))
    assert first.digest.startswith("s")
    assert not first.whole
    assert fingerprint(str(path)) == first
    for at in (0, (1 << 20) + 5, size - 1):
        changed = bytearray(data)
        changed[at] ^= 1
        path.write_bytes(changed)
        assert fingerprint(str(path)) != first
    path.write_bytes(data + b"x")
    assert fingerprint(str(path)) != first


def test_a_file_at_the_limit_is_whole(small_whole: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * small_whole)
    assert fingerprint(str(tmp_path / "a")).whole


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no longer there"):
        fingerprint(str(tmp_path / "gone"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="not an ordinary file"):
        fingerprint(str(tmp_path / "pipe"))


def test_files_are_compared_to_the_last_byte(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in "abcd"]
    data = os.urandom(5 << 20)
    for path, content in zip(paths, (data, data, data[:-1] + b"?", data[:-1]), strict=True):
        Path(path).write_bytes(content)
    assert same_bytes(paths[0], paths[1])
    assert not same_bytes(paths[0], paths[2])
    assert not same_bytes(paths[0], paths[3])


def test_comparing_can_be_called_off(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 100)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        same_bytes(str(tmp_path / "a"), str(tmp_path / "a"), token.check)
