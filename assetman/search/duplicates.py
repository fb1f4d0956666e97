"""Copies of the same thing, in groups, with the one to keep first and what sets each apart."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assetman.core.duplicates import Copy, DuplicateGroup, Likeness, Relation
from assetman.library.duplicates import Member
from assetman.library.library import Library

_COPY_NAME = re.compile(r"(?i)\b(copy|kopie|copie|copia)\b|\(\d+\)|[ _-]\d$|~$")
_ABOUT_AS_LARGE = 1.1  # times; a side or a file that differs by less says nothing


@dataclass(slots=True)
class _Cluster:
    """Assets that are one thing, and the contents they have."""

    members: list[Member]
    contents: set[int] = field(default_factory=set)


def duplicate_groups(library: Library, likeness: Likeness | None = None) -> list[DuplicateGroup]:
    """List the groups of assets that are the same thing, those that waste the most first.

    A file may be in two of them: one of the same bytes, one of all that show the same.
    """
    found: list[DuplicateGroup] = []
    parted = library.duplicates.parted()
    if likeness is not Likeness.NEAR:
        members = library.duplicates.members(library.duplicates.shared())
        found += [
            _group(cluster, Likeness.EXACT, {})
            for cluster in _whole(members, parted)
            if len(cluster.members) > 1
        ]
    if likeness is not Likeness.EXACT:
        relations = library.duplicates.relations()
        contents = {content for each in relations for content in (each.one, each.other)}
        members = library.duplicates.members(sorted(contents))
        between = _by_pair(relations)
        found += [
            _group(cluster, Likeness.NEAR, between)
            for cluster in _joined(_whole(members, parted), relations, parted)
            if len(cluster.contents) > 1
        ]
    return sorted(found, key=lambda group: (-group.wasted, group.id))


def alike_among(library: Library, asset_ids: Sequence[int]) -> list[list[int]]:
    """Put together those of some assets that are copies of each other, in the order given.

    Each is in one list; one that is like no other is left out.
    """
    members = library.duplicates.members(asset_ids=asset_ids)
    relations = library.duplicates.relations({member.content_id for member in members})
    parted = library.duplicates.parted()
    place = {asset_id: place for place, asset_id in enumerate(asset_ids)}
    groups = [
        sorted((member.asset_id for member in cluster.members), key=place.__getitem__)
        for cluster in _joined(_whole(members, parted), relations, parted)
        if len(cluster.members) > 1
    ]
    return sorted(groups, key=lambda group: place[group[0]])


def _whole(members: Iterable[Member], parted: set[tuple[int, int]]) -> list[_Cluster]:
    """Put together the assets that have the same bytes, unless the person says otherwise."""
    by_content: dict[int, list[_Cluster]] = defaultdict(list)
    for member in members:
        clusters = by_content[member.content_id]
        home = next((each for each in clusters if not _apart(each.members, [member], parted)), None)
        if home is None:
            clusters.append(_Cluster([member], {member.content_id}))
        else:
            home.members.append(member)
    return [cluster for clusters in by_content.values() for cluster in clusters]


def _joined(
    clusters: Sequence[_Cluster], relations: Iterable[Relation], parted: set[tuple[int, int]]
) -> list[_Cluster]:
    """Join clusters whose contents show the same, the surest first, and keep apart what is not."""
    homes: dict[int, list[_Cluster]] = defaultdict(list)
    for cluster in clusters:
        for content in cluster.contents:
            homes[content].append(cluster)
    for relation in relations:
        for one in list(homes.get(relation.one, ())):
            for other in list(homes.get(relation.other, ())):
                if one is other or _apart(one.members, other.members, parted):
                    continue
                if len(one.members) < len(other.members):
                    one, other = other, one
                one.members += other.members
                for content in other.contents:
                    kept = [home for home in homes[content] if home is not other]
                    homes[content] = kept if one in kept else [*kept, one]
                one.contents |= other.contents
                other.members, other.contents = [], set()
    return [cluster for cluster in clusters if cluster.members]


def _apart(some: Sequence[Member], others: Sequence[Member], parted: set[tuple[int, int]]) -> bool:
    return bool(parted) and any(
        (min(a.asset_id, b.asset_id), max(a.asset_id, b.asset_id)) in parted
        for a in some
        for b in others
    )


def _by_pair(relations: Iterable[Relation]) -> dict[tuple[int, int], Relation]:
    return {(each.one, each.other): each for told in relations for each in (told, told.turned)}


def _group(
    cluster: _Cluster, likeness: Likeness, between: dict[tuple[int, int], Relation]
) -> DuplicateGroup:
    best, *others = sorted(cluster.members, key=lambda member: _rank(member, cluster, between))
    copies = [Copy(best.asset_id, _why_best(best, others, between))]
    for member in others:
        relation = between.get((best.content_id, member.content_id))
        seconds = relation.seconds[0] if relation and relation.seconds else (None, None)
        copies.append(Copy(member.asset_id, _why(member, best, relation), *seconds))
    lowest = min(member.asset_id for member in cluster.members)
    return DuplicateGroup(
        2 * lowest + (likeness is Likeness.NEAR),
        likeness,
        tuple(copies),
        wasted=sum(member.size for member in others),
    )


def _rank(
    member: Member, cluster: _Cluster, between: dict[tuple[int, int], Relation]
) -> tuple[object, ...]:
    """Give what copies are sorted by, the best first: whole, large, old, and cared for."""
    changed = sum(
        bool(relation.of_one)
        for other in cluster.contents
        if (relation := between.get((member.content_id, other)))
    )
    extent = _extent(member)
    return (
        not member.online,
        changed > 0,
        not member.camera,
        -round(math.log(extent, _ABOUT_AS_LARGE)) if extent else 0,
        -round(math.log(member.size + 1, _ABOUT_AS_LARGE)),
        -(member.tags + member.collections + bool(member.rating)),
        _name_of_a_copy(member),
        member.modified,
        len(member.path),
        member.asset_id,
    )


def _extent(member: Member) -> float:
    """Give how much there is to see or hear: pixels, else seconds."""
    pixels = member.pixels[0] * member.pixels[1] if member.pixels else 1
    return pixels * (member.duration or 1.0)


def _why_best(
    best: Member, others: Sequence[Member], between: dict[tuple[int, int], Relation]
) -> tuple[str, ...]:
    """Say what the best one has that no other has, or that some lack."""
    why = []
    relations = [between.get((best.content_id, other.content_id)) for other in others]
    if any(relation and relation.of_other for relation in relations):
        why.append("whole")
    if best.pixels and all(_extent(best) > _ABOUT_AS_LARGE * _extent(each) for each in others):
        why.append(f"largest: {best.pixels[0]:,} × {best.pixels[1]:,}")
    elif best.pixels and any(_extent(best) > _ABOUT_AS_LARGE * _extent(each) for each in others):
        why.append(f"{best.pixels[0]:,} × {best.pixels[1]:,}")
    elif any(best.size > _ABOUT_AS_LARGE * each.size for each in others):
        why.append("least compressed")
    if best.camera and not all(each.camera for each in others):
        why.append("has the camera's data")
    why += _care(best)
    if all(best.modified < each.modified for each in others):
        why.append("oldest")
    return tuple(why or ["first by name"])


def _why(member: Member, best: Member, relation: Relation | None) -> tuple[str, ...]:
    """Say what sets a copy apart from the best one."""
    why: list[str] = []
    if member.content_id == best.content_id:
        why.append("the same bytes")
    if relation is not None:
        why += [*relation.of_other, *relation.between]
    pixels = member.pixels
    if pixels and best.pixels and pixels != best.pixels:
        why.append(f"{pixels[0]:,} × {pixels[1]:,}")
    elif member.content_id != best.content_id and best.size > _ABOUT_AS_LARGE * member.size:
        why.append("more compressed")
    if not member.online:
        why.append("its drive is not connected")
    return (*why, *_care(member))


def _care(member: Member) -> list[str]:
    """Say what the person added."""
    care = []
    if member.rating:
        care.append(f"rated {member.rating}")
    if member.tags:
        care.append(f"{member.tags} tag{'s' * (member.tags != 1)}")
    if member.collections:
        care.append(f"in {member.collections} collection{'s' * (member.collections != 1)}")
    return care


def _name_of_a_copy(member: Member) -> bool:
    name = re.split(r"[/\\]", member.path)[-1]
    return bool(_COPY_NAME.search(name.rpartition(".")[0] or name))
