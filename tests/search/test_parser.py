from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.conditions import EVERYTHING, All, Any, Condition, Days, Key, Not, Span, Test
from assetman.core.mistakes import Mistake
from assetman.search.parser import AllOf, AnyOf, LikeFile, Meaning, Question, Unwanted, parse

JPG = Test(Key.EXT, "jpg")
CATS = Test(Key.TAG, "cats")
DAY = 86400


def tree(typed: str) -> Question:
    """Parse what has no mistake in it."""
    parsed = parse(typed)
    assert parsed.mistakes == ()
    return parsed.tree


def mistaken(typed: str) -> tuple[Question, list[tuple[str, str]]]:
    """Parse what has mistakes; give the tree, and what is wrong with which part of the text."""
    parsed = parse(typed)
    return parsed.tree, [(typed[each.start : each.end], each.message) for each in parsed.mistakes]


def test_plain_words_are_looked_for_by_what_they_mean() -> None:
    assert tree("a frog on a  leaf") == Meaning("a frog on a leaf")


def test_a_word_with_a_minus_is_not_wanted() -> None:
    assert tree("sunset -people -(red car)") == AllOf(
        (Meaning("sunset"), Unwanted(Meaning("people")), Unwanted(Meaning("red car")))
    )


def test_words_in_quotation_marks_are_looked_for_as_they_are() -> None:
    golden = Test(Key.WRITTEN, "golden gate")
    for typed in ('"golden gate"', '"golden  gate', "“golden gate”", "„golden gate“"):
        assert parse(typed).tree == golden
    assert tree('bridge -"golden gate"') == AllOf((Meaning("bridge"), Not(golden)))
    assert tree('"say ""golden gate"""') == Test(Key.WRITTEN, 'say "golden gate"')


def test_a_key_with_a_value_is_a_condition_and_one_with_a_minus_its_opposite() -> None:
    assert tree("waves ext:JPG -tag:cats") == AllOf((Meaning("waves"), JPG, Not(CATS)))
    assert tree('tag:"new york"') == Test(Key.TAG, "new york")


def test_conditions_alone_are_one_condition() -> None:
    assert tree("ext:jpg tag:cats") == All((JPG, CATS))
    assert tree("ext:jpg OR tag:cats") == Any((JPG, CATS))
    assert tree("-(ext:jpg tag:cats)") == Not(All((JPG, CATS)))
    assert tree("-(-ext:jpg)") == JPG
    assert tree("") == EVERYTHING


def test_or_binds_looser_than_words_side_by_side() -> None:
    assert tree("red car OR dog ext:jpg") == AnyOf(
        (Meaning("red car"), AllOf((Meaning("dog"), JPG)))
    )


def test_parentheses_group() -> None:
    assert tree("ext:jpg (cat OR dog)") == AllOf((JPG, AnyOf((Meaning("cat"), Meaning("dog")))))
    assert tree("((a (b)) c)") == Meaning("a b c")


def test_what_is_unlike_several_things_is_unlike_each() -> None:
    assert tree("-(cat OR dog)") == AllOf((Unwanted(Meaning("cat")), Unwanted(Meaning("dog"))))


def test_meanings_have_weights() -> None:
    assert tree("sunset^2 beach -people^0.5 (red car)^3") == AllOf(
        (
            Meaning("sunset", 2),
            Meaning("beach"),
            Unwanted(Meaning("people", 0.5)),
            Meaning("red car", 3),
        )
    )
    assert tree("(a^2 (b OR c)^2)^2") == AllOf(
        (Meaning("a", 4), AnyOf((Meaning("b", 4), Meaning("c", 4))))
    )


def test_files_in_brackets_are_part_of_the_question() -> None:
    assert tree("sunset -people +[beach day.jpg] -[crowd.jpg]^2") == AllOf(
        (
            Meaning("sunset"),
            Unwanted(Meaning("people")),
            LikeFile("beach day.jpg"),
            Unwanted(LikeFile("crowd.jpg", 2)),
        )
    )
    assert tree("[IMG_001] a[1]") == Meaning("[IMG_001] a[1]")


def test_any_words_can_be_meant() -> None:
    assert tree('about:"trick OR treat" about:-x') == Meaning("trick OR treat -x")


@pytest.mark.parametrize(
    ("typed", "condition"),
    [
        ("type:Picture", Test(Key.TYPE, "image")),
        ("in:Holiday", Test(Key.IN, "Holiday")),
        ("name:*.psd", Test(Key.NAME, "*.psd")),
        ("ext:.JPG", JPG),
        ("camera:X100", Test(Key.CAMERA, "X100")),
        ('lens:"35 mm"', Test(Key.LENS, "35 mm")),
        ("color:Teal", Test(Key.COLOR, "#008080")),
        ("colour:#A32", Test(Key.COLOR, "#aa3322")),
        ("orientation:landscape", Test(Key.ORIENTATION, "landscape")),
        ("has:gps", Test(Key.HAS, "gps")),
        ("is:untagged", Test(Key.IS, "untagged")),
        ('text:"no  entry"', Test(Key.TEXT, "no entry")),
        ("Said:ahoy", Test(Key.SAID, "ahoy")),
        ("rating:3", Test(Key.RATING, Span(3, 3))),
        ("rating:>=3", Test(Key.RATING, Span(3, 5))),
        ("rating:>3", Test(Key.RATING, Span(4, 5))),
        ("rating:<2", Test(Key.RATING, Span(0, 1))),
        ("rating:2..4", Test(Key.RATING, Span(2, 4))),
        ("rating:3..", Test(Key.RATING, Span(3, 5))),
        ("size:>10mb", Test(Key.SIZE, Span(10 << 20, least_in=False))),
        ("size:..1.5KB", Test(Key.SIZE, Span(most=1536))),
        ("size:10mb", Test(Key.SIZE, Span(9.5 * (1 << 20), 10.5 * (1 << 20), most_in=False))),
        ("size:=10mb", Test(Key.SIZE, Span(10 << 20, 10 << 20))),
        ("width:1920", Test(Key.WIDTH, Span(1920, 1920))),
        ("height:600..<900px", Test(Key.HEIGHT, Span(600, 900, most_in=False))),
        ("duration:<30s", Test(Key.DURATION, Span(most=30, most_in=False))),
        ("duration:1:30..1h5m", Test(Key.DURATION, Span(90, 3900))),
        ("duration:2m", Test(Key.DURATION, Span(90, 150, most_in=False))),
        ("date:1970", Test(Key.DATE, Span(0, 365 * DAY, most_in=False))),
        ("date:1970-02", Test(Key.DATE, Span(31 * DAY, 59 * DAY, most_in=False))),
        ("date:1970-01-01..1970-01-02", Test(Key.DATE, Span(0, 2 * DAY, most_in=False))),
        ("date:>1970-01-01", Test(Key.DATE, Span(DAY))),
        ("after:1970-01-02", Test(Key.DATE, Span(DAY))),
        ("date:7d", Test(Key.DATE, Days("7d", "7d"))),
        ("date:Last-Month", Test(Key.DATE, Days("last-month", "last-month"))),
        ("date:2024..yesterday", Test(Key.DATE, Days("2024", "yesterday"))),
        ("after:this-week", Test(Key.DATE, Days("this-week"))),
        ("before:1y", Test(Key.DATE, Days(most="1y", most_in=False))),
        ("before:1970-01-02", Test(Key.DATE, Span(most=DAY, most_in=False))),
    ],
)
def test_each_key_reads_its_values(typed: str, condition: Condition) -> None:
    assert tree(typed) == condition


@pytest.mark.parametrize(
    "typed",
    [
        *("type:hologram", "rating:6", "rating:good", "rating:..", "rating:4..2", "rating:>5"),
        *("is:lovely", "has:wings", "orientation:up", "color:nice", "size:big", "size:2mb..1mb"),
        *(
            "width:1.5",
            "duration:soon",
            "date:2024-13",
            "date:someday",
            "date:0d",
            "date:7x",
            "after:last-day",
            "date:2025..2024",
            "date:..",
            "date:7d..2024-13",
        ),
        *("after:never", "before:2024-02-30", "said:…!", '"!?"', "text:-", "ext:.", "-rating:9"),
    ],
)
def test_a_value_that_makes_no_sense_is_a_mistake_at_its_place(typed: str) -> None:
    rest, problems = mistaken(f"frog {typed} leaf")
    assert rest == Meaning("frog leaf")
    assert [place for place, _ in problems] == [typed]


def test_a_mistake_says_what_would_make_sense() -> None:
    assert parse("frog type:hologram").mistakes == (
        Mistake(5, 18, "There is no kind “hologram”: it is one of image, video, audio, document."),
    )


@pytest.mark.parametrize(
    ("typed", "place", "rest"),
    [
        ("frog OR", "OR", Meaning("frog")),
        ("OR frog", "OR", Meaning("frog")),
        ("a OR OR b", "OR", AnyOf((Meaning("a"), Meaning("b")))),
        ("frog) leaf", ")", Meaning("frog leaf")),
        ("(frog leaf", "(", Meaning("frog leaf")),
        ("frog ()", "()", Meaning("frog")),
        ("frog^0", "frog^0", Meaning("frog")),
        ("tag:cats (ext:jpg)^2", ")^2", All((CATS, JPG))),
        ("-(frog ext:jpg)", "-(frog ext:jpg)", AllOf((Unwanted(Meaning("frog")), Not(JPG)))),
        ('frog "leaf', '"leaf', AllOf((Meaning("frog"), Test(Key.WRITTEN, "leaf")))),
        ("frog +[leaf", "+[leaf", AllOf((Meaning("frog"), LikeFile("leaf")))),
        ("tpye:image", "tpye:image", Meaning("tpye:image")),
    ],
)
def test_what_does_not_fit_together_is_a_mistake_and_the_rest_is_read(
    typed: str, place: str, rest: Question
) -> None:
    found, problems = mistaken(typed)
    assert found == rest
    assert [wrong for wrong, _ in problems] == [place]


def test_a_filter_that_is_half_typed_is_passed_over() -> None:
    for typed in ("tag:", "-tag:", 'tag:""', "rating: ", "is:", "in:", "about:", "size:"):
        assert tree(f"frog {typed}") == Meaning("frog")


def test_times_addresses_and_signs_stay_words() -> None:
    for typed in ("at 10:30 https://example.org", "c++ - x", "a-b", "5 + 3", "O'Neil 5\" *"):
        assert tree(typed) == Meaning(typed)


def test_terms_say_where_each_part_was_typed() -> None:
    typed = 'red car -tag:cats OR (-people +[a b.jpg]) said:"the storm" tag:'
    places = [(typed[term.start : term.end], term.question) for term in parse(typed).terms]
    assert places == [
        ("red", Meaning("red")),
        ("car", Meaning("car")),
        ("-tag:cats", Not(CATS)),
        ("-people", Unwanted(Meaning("people"))),
        ("+[a b.jpg]", LikeFile("a b.jpg")),
        ('said:"the storm"', Test(Key.SAID, "the storm")),
    ]


@pytest.mark.parametrize("sign", ["(", ")", "-(", '"', "+[", "(a OR ", "a^9 ", "tag:", "((((a)"])
def test_no_number_of_signs_breaks_it(sign: str) -> None:
    assert len(parse(sign * 5_000).terms) <= 5_000


def test_of_very_many_parts_the_first_are_read() -> None:
    text = " ".join(f"word tag:x{number} (b)" for number in range(60))
    parsed = parse(text)
    (mistake,) = parsed.mistakes
    assert text[mistake.start : mistake.end] == "tag:x50"
    assert len([term for term in parsed.terms if isinstance(term.question, Test)]) == 50
    assert len([term for term in parsed.terms if term.question == Meaning("word")]) == 60


@given(st.text())
def test_nothing_typed_breaks_it(text: str) -> None:
    for each in parse(text).mistakes:
        assert 0 <= each.start < each.end <= len(text)
