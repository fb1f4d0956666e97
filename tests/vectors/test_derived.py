from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from vectors.drawing import drawn

from assetman.vectors.derived import DerivedVectors

D = 8


def store(folder: Path, token: str = "mine") -> DerivedVectors:
    return DerivedVectors(folder / "looks", D, token)


def test_vectors_are_there_again_at_the_next_start(tmp_path: Path) -> None:
    rows = drawn(50, D)
    first = store(tmp_path)
    first.add(np.arange(1, 51), rows)
    first.save()
    first.keep(np.arange(1, 41))
    first.save()
    first.close()
    again = store(tmp_path)
    assert again.ids().tolist() == list(range(1, 41))
    ids, kept = again.vectors_of([7, 99, 3])
    assert ids.tolist() == [7, 3]
    assert np.allclose(kept, rows[[6, 2]], atol=1e-3)
    again.close()


def test_what_was_not_saved_is_lacking_and_nothing_else(tmp_path: Path) -> None:
    first = store(tmp_path)
    first.add([1, 2], drawn(2, D))
    first.save()
    first.add([3], drawn(1, D))
    first.close()
    assert store(tmp_path).ids().tolist() == [1, 2]


def test_files_of_another_library_and_damaged_ones_are_not_used(tmp_path: Path) -> None:
    first = store(tmp_path)
    first.add([1, 2], drawn(2, D))
    first.save()
    first.close()
    assert len(store(tmp_path, "other")) == 0
    assert len(store(tmp_path)) == 2
    (vectors,) = (tmp_path / "looks").glob("*/vectors.npy")
    vectors.write_bytes(vectors.read_bytes()[:-3])
    assert len(store(tmp_path)) == 0
    shutil.rmtree(tmp_path / "looks")
    assert len(store(tmp_path)) == 0


def test_the_nearest_are_found_among_those_that_may_be(tmp_path: Path) -> None:
    rows = drawn(200, D)
    looks = store(tmp_path)
    looks.add(np.arange(200), rows)
    best = np.argsort(-(rows @ rows[5]))
    assert looks.search(rows[5:6], 3).ids[0].tolist() == best[:3].tolist()
    even = [each for each in best.tolist() if each % 2 == 0 and each != 8]
    found = looks.search(rows[5:6], 4, np.arange(0, 200, 2), without=[8])
    assert found.ids[0].tolist() == even[:4]
    assert len(looks.sample(20)) == 20
    assert (looks.sample(20) == looks.sample(20)).all()
