from __future__ import annotations

from assetman.core.assets import Asset, AssetState, Kind
from assetman.core.duplicates import Likeness, Stack
from assetman.core.queries import Hit
from assetman.search.stacking import bursts, fold, in_a_row


def picture(number: int, taken: float | None = None, folder: str = "/a", key: str = "") -> Asset:
    name = f"{folder}/{number}.jpg"
    present = AssetState.PRESENT
    return Asset(number, 1, name, Kind.IMAGE, present, 9, 1e9, taken, 30, 20, key or str(number))


def alike(one: int, other: int) -> bool:
    """Say that pictures are alike whose numbers have the same tens."""
    return one // 10 == other // 10


def stacks(hits: list[Hit]) -> list[int | tuple[int, ...]]:
    return [hit.stack.asset_ids if hit.stack else hit.asset_id for hit in hits]


def test_copies_are_one_card_where_the_best_of_them_was() -> None:
    hits = [Hit(number, 1 / number) for number in (1, 2, 3, 4, 5)]
    assets = [picture(1), picture(2, key="x"), picture(3), picture(4, key="x"), picture(5)]
    folded = fold(hits, assets, [[1, 5], [4, 2], [9, 3]], alike)
    assert stacks(folded) == [(1, 5), (2, 4), 3]
    assert [hit.score for hit in folded] == [1, 1 / 2, 1 / 3]
    assert folded[0].stack == Stack((1, 5), Likeness.NEAR)
    assert folded[1].stack == Stack((2, 4), Likeness.EXACT)


def test_a_burst_is_one_card_with_its_pictures_as_they_were_taken() -> None:
    assets = [picture(12, 102.0), picture(21, 300.0), picture(13, 104.0), picture(11, 100.0)]
    folded = fold([Hit(asset.id, 0.5) for asset in assets], assets, [], alike)
    assert stacks(folded) == [(12, 11, 13), 21]
    assert folded[0].stack == Stack((12, 11, 13), None)


def test_pictures_of_one_moment_are_no_burst_unless_they_look_alike() -> None:
    scans = [picture(number, 100.0) for number in (10, 20, 21, 30)]
    assert bursts(scans, alike) == [[20, 21]]


def test_a_burst_ends_with_a_pause_another_folder_or_no_date() -> None:
    assets = [
        picture(10, 100.0),
        picture(11, 103.0),
        picture(12, 109.0),
        picture(13, 110.0, "/b"),
        picture(14, 111.0, "/b"),
        picture(15),
        picture(16),
    ]
    assert bursts(assets, alike) == [[10, 11], [13, 14]]
    assert in_a_row((each.id, each.path[:2], each.taken) for each in assets) == {10, 11, 13, 14}


def test_a_sequence_of_any_length_is_one_stack() -> None:
    assets = [picture(number, number * 4.0) for number in range(1000)]
    (burst,) = bursts(assets, lambda one, other: True)
    assert burst == list(range(1000))


def test_copies_of_a_picture_of_a_burst_are_in_its_stack() -> None:
    assets = [picture(10, 100.0), picture(11, 101.0), picture(12, 500.0)]
    folded = fold([Hit(each.id, 0.5) for each in assets], assets, [[10, 12]], alike)
    assert stacks(folded) == [(10, 11, 12)]
    assert folded[0].stack is not None
    assert folded[0].stack.likeness is None


def test_what_is_alone_stays_as_it_is() -> None:
    hits = [Hit(1, 0.9), Hit(2, 0.8)]
    assert fold(hits, [picture(1), picture(2)], [[2, 7]], alike) == hits
    assert fold([], [], [], alike) == []
