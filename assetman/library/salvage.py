"""What can be saved of a damaged catalogue, put into a new one and made whole there."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assetman.core.assets import Kind, PassageKind, SegmentKind, display
from assetman.core.inputs import Modality
from assetman.library.backup import RESTORED
from assetman.library.journal import ENGINE, PERSON
from assetman.library.making import SET, STEPS, steps_known
from assetman.library.migrations import APPLICATION_ID, WORDS
from assetman.library.pages import MAGIC, Image, Lost, Values

_OURS = frozenset({"assets", "contents", "journal", "meta", "segments"})
_BY_PATH = "roots_by_path"  # the index of the folders
_DERIVED = frozenset({"gaps", "likenesses", "looks", "timelines", *WORDS})
_INNER = ("sqlite_", *(f"{words}_" for words in WORDS))
_SPARED = 100_000  # ids left out where the last one given may be lost: none is given twice
_EVERYTHING = (-(1 << 63), (1 << 63) - 1)
_KINDS = ", ".join(f"'{kind}'" for kind in Kind)
_SEGMENT_KINDS = ", ".join(f"'{kind}'" for kind in SegmentKind)
_MODALITIES = ", ".join(f"'{modality}'" for modality in Modality)
_PASSAGE_KINDS = ", ".join(f"'{kind}'" for kind in PassageKind)

# Rows that can be read and still are not what was written: by table and column.
_IMPLAUSIBLE = {
    "roots": {"path": "length(path) = 0", "online": "online NOT IN (0, 1)"},
    "contents": {
        "kind": f"kind NOT IN ({_KINDS})",
        "facts": "NOT json_valid(facts)",
        "size": "size < 0",
        "sheets": "sheets < 0",
        "passages": "passages < 0",
        "windows": "windows < 0",
        "outlines": "outlines < 0",
        "heard": "heard NOT IN (0, 1)",
        "described": "described NOT IN (0, 1)",
        "pictured": "pictured NOT IN (0, 1)",
        "placed": "placed NOT IN (0, 1)",
        "colored": "colored NOT IN (0, 1)",
    },
    "assets": {
        "kind": f"kind NOT IN ({_KINDS})",
        "size": "size < 0",
        "path": "length(path) = 0",
        "rating": "rating NOT BETWEEN 0 AND 5",
    },
    "segments": {
        "kind": f"kind NOT IN ({_SEGMENT_KINDS})",
        "box": "box IS NOT NULL AND NOT json_valid(box)",
        "sheet": "sheet < 0",
        "cell": "cell < 0",
    },
    "spaces": {
        "dimension": "dimension NOT BETWEEN 1 AND 65536",
        "role": "role NOT IN ('active', 'filling', 'kept')",
        "modality": f"modality NOT IN ({_MODALITIES})",
    },
    "embeddings": {"vector": "length(vector) % 2 OR length(vector) = 0"},
    "smart_searches": {"query": "NOT json_valid(query)"},
    "asked": {"query": "NOT json_valid(query)"},
    "passages": {
        "kind": f"kind NOT IN ({_PASSAGE_KINDS})",
        "box": "box IS NOT NULL AND NOT json_valid(box)",
    },
    "journal": {
        "before": "NOT json_valid(COALESCE(before, '0'))",
        "after": "NOT json_valid(COALESCE(after, '0'))",
    },
}


@dataclass(slots=True)
class Account:
    """What became of one table."""

    saved: int = 0  # rows from the damaged file
    restored: int = 0  # rows from a backup
    lost: Lost = field(default_factory=list)  # where more may have been
    torn: int = 0  # rows that could be read and made no sense


Accounts = dict[str, Account]


@dataclass(frozen=True, slots=True)
class Remains:
    """What a damaged file says of itself."""

    ours: bool
    foreign: bool  # a sound file of another program's
    newer: bool
    roots: Mapping[str, int]  # table or index: the page its tree begins at
    steps: frozenset[str]  # of the schema, empty where that is lost


def look_into(image: Image, made: Mapping[str, int]) -> Remains:
    """Find out what a damaged file was.

    `made` says where the trees of a new catalogue begin. All are made in the same steps, and so
    they begin at the same pages: where the file itself no longer says it, that is good enough.
    """
    header = image.header()
    marked = len(header) == 100 and struct.unpack_from(">I", header, 68)[0] == APPLICATION_ID
    roots = {}
    lost: Lost = []
    for _, values in image.rows(1, lost):
        match values:
            case ["table" | "index", str(name), str(), int(page), *_]:
                roots[name] = page
    ours = marked or roots.keys() >= _OURS
    foreign = header.startswith(MAGIC) and not ours and not lost
    if not foreign:
        roots = {**made, **roots}
    steps: set[str] = set()
    for _, values in image.rows(roots.get(STEPS, 0), []):
        ours = ours or (SET in values and not foreign)
        steps |= {value for value in values if isinstance(value, str) and value[:4].isdigit()}
    if not ours and not foreign:
        facts = (values for _, values in image.rows(roots.get("meta", 0), []))
        writes = (values for _, values in image.rows(roots.get("journal", 0), []))
        ours = any("library" in values for values in facts) or any(
            len(values) == 7 and values[3] in (ENGINE, PERSON) for values in writes
        )
    # The moment of each step begins with digits as well; a name has a space behind them.
    steps = {step for step in steps if step[4:5] == " "}
    known = set(steps_known())
    return Remains(ours, foreign, ours and not steps <= known, roots, frozenset(steps & known))


def fill(connection: sqlite3.Connection, image: Image, roots: Mapping[str, int]) -> Accounts:
    """Put every row of a damaged file that can be read into a new catalogue without rows."""
    accounts: Accounts = {}
    for table in tables(connection):
        account = accounts[table] = Account()
        columns, place_of_id = _columns(connection, table)
        if table not in roots:
            account.lost.append(_EVERYTHING)
            continue
        for rowid, values in image.rows(roots[table], account.lost):
            if _put(connection, table, columns, _with_id(values, place_of_id, rowid)):
                account.saved += 1
            else:
                account.torn += 1
                account.lost.append((rowid - 1, rowid))
        for (rowid,) in _drop_implausible(connection, table):
            account.saved -= 1
            account.torn += 1
            account.lost.append((rowid - 1, rowid))
    _continue_counting(connection, image, roots)
    return accounts


def join(connection: sqlite3.Connection, accounts: Accounts) -> None:
    """Take what is lost from the backup that is attached as `backup`."""
    for table, account in accounts.items():
        if not account.lost:
            continue
        rowid = _columns(connection, table)[1] is not None
        for low, high in account.lost if rowid else [_EVERYTHING]:
            within = "WHERE rowid > ? AND rowid <= ?" if rowid else ""
            done = connection.execute(
                f'INSERT OR IGNORE INTO main."{table}" SELECT * FROM backup."{table}" {within}',
                (low, high) if rowid else (),
            )
            account.restored += done.rowcount
    connection.execute(
        "UPDATE main.sqlite_sequence SET seq = MAX(seq, COALESCE("
        "(SELECT b.seq FROM backup.sqlite_sequence b WHERE b.name = sqlite_sequence.name), 0))"
    )


def make_whole(
    connection: sqlite3.Connection, accounts: Accounts, image: Image, roots: Mapping[str, int]
) -> None:
    """Let nothing refer to what is not there, and have made again what can be."""
    _find_lost_roots(connection, image, roots)
    if "removed" in _columns(connection, "roots")[0]:
        connection.execute(
            "UPDATE roots SET removed = NULL WHERE typeof(removed) NOT IN ('real', 'null')"
        )
    _name_lost_roots(connection)
    # A file whose content is lost keeps its asset: it is identified anew when it is next met.
    connection.execute(
        "INSERT INTO contents (id, key, digest, size, whole, kind) "
        "SELECT content_id, 'lost-' || content_id, 'lost-' || content_id, MAX(size), 1, MAX(kind) "
        "FROM assets WHERE content_id NOT IN (SELECT id FROM contents) GROUP BY content_id"
    )
    connection.execute(
        "UPDATE assets SET mtime_ns = mtime_ns - 1 WHERE content_id IN "
        "(SELECT id FROM contents WHERE key LIKE 'lost-%')"
    )
    connection.execute(
        "DELETE FROM embeddings WHERE length(vector) != "
        "(SELECT 2 * dimension FROM spaces WHERE id = space_id)"
    )
    while _drop_orphans(connection):
        pass
    _have_read_again(connection, accounts)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, '1')", (RESTORED,))


def _have_read_again(connection: sqlite3.Connection, accounts: Accounts) -> None:
    """Have contents decoded again of which something is lost, as far as that can be seen."""
    known = _columns(connection, "contents")[0]  # an older catalogue knows less
    mine = "x WHERE x.content_id = contents.id"
    signs = {}
    if accounts["segments"].lost or accounts["contents"].lost:
        heard = f"x.kind = '{SegmentKind.WINDOW}'"
        signs["id"] = (
            f"kind != '{Kind.AUDIO}' AND COALESCE((SELECT COUNT(*) != MAX(ordinal) + 1 "
            f"FROM segments {mine} AND NOT {heard}), 1)"
        )
        signs["windows"] = f"windows != (SELECT COUNT(*) FROM segments {mine} AND {heard})"
    if "passages" in accounts and (accounts["passages"].lost or accounts["contents"].lost):
        signs["passages"] = f"passages != (SELECT COUNT(*) FROM passages {mine})"
        for model in {"transcriber", "reader"} & set(known):  # what they heard and read is lost
            connection.execute(f"UPDATE contents SET {model} = NULL WHERE {signs['passages']}")
    if "gear" in accounts and accounts["gear"].lost:
        gear = "NOT IN (SELECT id FROM gear)"
        signs["camera"] = f"(camera {gear} OR lens {gear})"
    if "colors" in accounts and accounts["colors"].lost:
        connection.execute("UPDATE contents SET colored = 0")
    for column, sign in signs.items():
        if column in known:
            connection.execute(f"UPDATE contents SET extracted = 0 WHERE extracted AND {sign}")


def tables(connection: sqlite3.Connection) -> list[str]:
    """Name the tables whose rows are to be saved; those that others refer to come first."""
    rows = connection.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY rowid"
    ).fetchall()
    return [
        name
        for (name,) in rows
        if name not in _DERIVED and name != STEPS and not name.startswith(_INNER)
    ]


def _columns(connection: sqlite3.Connection, table: str) -> tuple[list[str], int | None]:
    """Name the columns as a row stores them, and the place of the one that is its rowid."""
    for _, index, _, origin, _ in connection.execute(f'PRAGMA main.index_list("{table}")'):
        if origin == "pk":
            stored = connection.execute(f'PRAGMA main.index_xinfo("{index}")').fetchall()
            if all(column >= 0 for _, column, *_ in stored):  # a table without rowids
                return [name for _, _, name, *_ in stored], None
    info = connection.execute(f'PRAGMA main.table_info("{table}")').fetchall()
    keys = [place for place, _, kind, _, _, key in info if key and kind == "INTEGER"]
    place = keys[0] if len(keys) == 1 else -1
    return [name for _, name, *_ in info], place


def _with_id(values: Values, place: int | None, rowid: int) -> Values:
    if place is not None and 0 <= place < len(values) and values[place] is None:
        values[place] = rowid
    return values


def _put(connection: sqlite3.Connection, table: str, columns: list[str], values: Values) -> bool:
    """Insert a row; false where it is none of this table's, or one like it is there."""
    if not 0 < len(values) <= len(columns):
        return False
    names = ", ".join(f'"{name}"' for name in columns[: len(values)])
    marks = ", ".join("?" * len(values))
    try:
        done = connection.execute(
            f'INSERT OR IGNORE INTO main."{table}" ({names}) VALUES ({marks})', values
        )
    except (sqlite3.IntegrityError, OverflowError):
        return False
    return done.rowcount == 1


def _drop_implausible(connection: sqlite3.Connection, table: str) -> list[tuple[int]]:
    columns = _columns(connection, table)[0]  # an older catalogue has fewer
    wrong = [sql for column, sql in _IMPLAUSIBLE.get(table, {}).items() if column in columns]
    if not wrong:
        return []
    either = " OR ".join(f"({sql})" for sql in wrong)
    return connection.execute(
        f'DELETE FROM main."{table}" WHERE {either} RETURNING rowid'
    ).fetchall()


def _continue_counting(
    connection: sqlite3.Connection, image: Image, roots: Mapping[str, int]
) -> None:
    """See to it that no id is given a second time."""
    lost: Lost = []
    counted: dict[str, int] = {}
    if "sqlite_sequence" in roots:
        for _, values in image.rows(roots["sqlite_sequence"], lost):
            match values:
                case [str(name), int(last)]:
                    counted[name] = max(last, counted.get(name, 0))
    spared = _SPARED if lost or not counted else 0
    for name, place in list(_counted_tables(connection)):
        (last,) = connection.execute(f'SELECT MAX("{place}") FROM main."{name}"').fetchone()
        if name == "journal":
            (used,) = connection.execute("SELECT MAX(sequence) FROM main.embeddings").fetchone()
            last = max(last or 0, used or 0)
        reached = max(last or 0, counted.get(name, 0)) + spared
        connection.execute("DELETE FROM main.sqlite_sequence WHERE name = ?", (name,))
        connection.execute("INSERT INTO main.sqlite_sequence VALUES (?, ?)", (name, reached))


def _counted_tables(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for name in tables(connection):
        (sql,) = connection.execute(
            "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?", (name,)
        ).fetchone()
        if "AUTOINCREMENT" in sql:
            columns, place = _columns(connection, name)
            assert place is not None
            yield name, columns[place]


def _find_lost_roots(
    connection: sqlite3.Connection, image: Image, roots: Mapping[str, int]
) -> None:
    """Give roots back their rows by their index, which lies on a page of its own."""
    if _BY_PATH not in roots:
        return
    for _, values in image.rows(roots[_BY_PATH], []):
        match values:
            case [bytes(path), int(root_id)] if path:
                _put_root(connection, root_id, path)


def _put_root(connection: sqlite3.Connection, root_id: int, path: bytes) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO roots (id, path, display, added) "
        "VALUES (?, ?, ?, CAST(strftime('%s') AS REAL))",
        (root_id, path, display(os.fsdecode(path))),
    )


def _name_lost_roots(connection: sqlite3.Connection) -> None:
    """Give roots back their rows by what the journal tells of them."""
    lost = connection.execute(
        "SELECT DISTINCT root_id FROM assets WHERE root_id NOT IN (SELECT id FROM roots)"
    ).fetchall()
    for (root_id,) in lost:
        told = connection.execute(
            "SELECT json_extract(after, '$.path') FROM journal WHERE what LIKE 'roots.%' "
            "AND json_extract(after, '$.id') = ? AND json_extract(after, '$.path') IS NOT NULL "
            "ORDER BY sequence DESC LIMIT 1",
            (root_id,),
        ).fetchone()
        if told is not None:
            _put_root(connection, root_id, os.fsencode(str(told[0])))


def _drop_orphans(connection: sqlite3.Connection) -> int:
    """Delete rows that refer to rows which do not exist; gives how many."""
    dropped = 0
    for table in tables(connection):
        for _, _, parent, column, other, *_ in connection.execute(
            f'PRAGMA main.foreign_key_list("{table}")'
        ).fetchall():
            done = connection.execute(
                f'DELETE FROM main."{table}" WHERE "{column}" IS NOT NULL '
                f'AND "{column}" NOT IN (SELECT "{other or "id"}" FROM main."{parent}")'
            )
            dropped += done.rowcount
    return dropped
