"""The part of a text that shows why it was found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.excerpt import BEFORE, MOST_MARKS, MOST_SHOWN, excerpt, places
from gateway.core.search_query import understand


def marked(text: str, query: str) -> list[str]:
    """What stands at the marks, as JavaScript would cut it out."""
    found = excerpt(text, understand(query).terms)
    units = found.text.encode("utf-16-le")
    return [units[2 * start : 2 * end].decode("utf-16-le") for start, end in found.marks]


def test_each_place_is_marked_as_it_was_written() -> None:
    assert marked("Die Straße, die STRASSE", "strasse") == ["Straße", "STRASSE"]
    assert marked("a parcel and parcels", "parcel") == ["parcel", "parcels"]
    assert marked("a parcel and parcels", '"parcel"') == ["parcel"]
    assert marked("not yet arrived, not arrived", '"not arrived"') == ["not arrived"]
    assert marked("靴を買いました", "買い") == ["買い"]
    assert marked("赤い靴を買う", "靴") == ["靴"]
    assert marked("a sign 👟👟 before parcel", "parcel 👟") == ["👟", "👟", "parcel"]
    assert marked("nothing of it", "parcel") == []
    assert marked("x" * 80 + " y", "x" * 70 + " y") == ["x" * 80, "y"]


def test_places_that_overlap_are_one() -> None:
    assert marked("買いました", "買いました ました") == ["買いました"]


def test_a_long_text_is_cut_at_words_around_the_first_place() -> None:
    text = "before " * 100 + "parcel" + " after" * 100
    found = excerpt(text, understand("parcel").terms)
    assert found.text.startswith("…before ")
    assert found.text.endswith("after…") or found.text.endswith("after …")
    assert len(found.text) <= MOST_SHOWN + 2
    assert found.marks[0][0] <= BEFORE + 1
    assert marked(text, "parcel") == ["parcel"]


def test_an_excerpt_is_one_line() -> None:
    assert excerpt("one\ntwo\r\n\tthree\u2028four", ()).text == "one two   three four"


def test_a_place_past_what_is_shown_is_not_marked() -> None:
    found = excerpt("parcel " + "x " * 300 + "parcel", understand("parcel").terms)
    assert len(found.marks) == 1


@given(
    st.text("aAbB_ .-", max_size=60),
    st.lists(st.text('aAb "-', max_size=8), max_size=3).map(" ".join),
)
def test_plain_text_is_read_like_any_other(text: str, query: str) -> None:
    terms = understand(query).terms
    foreign = "\u3000".join(("", text, "靴"))
    assert [(start + 1, end + 1) for start, end in places(text, terms)] == places(foreign, terms)


@given(st.text(max_size=600), st.text(max_size=30))
def test_marks_lie_within_the_text_and_apart(text: str, query: str) -> None:
    found = excerpt(text, understand(query).terms)
    assert len(found.text) <= MOST_SHOWN + 2 or found.marks
    assert len(found.marks) <= MOST_MARKS
    units = len(found.text.encode("utf-16-le", "surrogatepass")) // 2
    before = 0
    for start, end in found.marks:
        assert before <= start < end <= units
        before = end
    for start, end in places(text, understand(query).terms):
        assert 0 <= start < end <= len(text)
