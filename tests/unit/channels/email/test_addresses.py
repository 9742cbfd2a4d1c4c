# ruff: noqa: E501  (tables read better on one line)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.addresses import (
    MAX_MAILBOXES,
    Mailbox,
    normalise,
    parse_list,
    parse_mailbox,
)

ALICE = "alice@shop.example"
BOB = "bob@evil.example"


@pytest.mark.parametrize(
    ("header", "name", "addr"),
    [
        (ALICE, "", ALICE),
        (f"<{ALICE}>", "", ALICE),
        (f"Alice <{ALICE}>", "Alice", ALICE),
        (f'"Alice, of Shop" <{ALICE}>', "Alice, of Shop", ALICE),
        (f'"Al \\"the\\" ice" <{ALICE}>', 'Al "the" ice', ALICE),
        (f"Alice A. Smith <{ALICE}> (work)", "Alice A. Smith", ALICE),
        (f"{ALICE} (Alice)", "", ALICE),
        ("Alice <Alice+Tag@SHOP.Example>", "Alice", "alice+tag@shop.example"),
        (f"=?utf-8?B?w4lsaXNl?= <{ALICE}>", "Élise", ALICE),
        (f"=?utf-8?Q?=C3=89lise?= =?utf-8?Q?_M?= <{ALICE}>", "Élise M", ALICE),
        ("Élise <e@bücher.example>", "Élise", "e@xn--bcher-kva.example"),
        (f"{BOB} <{BOB}>", BOB, BOB),
        (f'"{ALICE}" <{BOB}>', "", BOB),
        (f"=?utf-8?Q?alice=40shop.example?= <{BOB}>", "", BOB),
        (f"=?utf-8?Q?alice=40shop.example=3E=2C_?= <{BOB}>", "", BOB),
    ],
)
def test_one_mailbox_is_read(header: str, name: str, addr: str) -> None:
    assert parse_mailbox(header) == Mailbox(name=name, addr=addr)


@pytest.mark.parametrize(
    "header",
    [
        "", " ", "Alice", "@", "<>", "Alice <>", "alice@", "@shop.example", "alice@shop",
        f"{ALICE} <{BOB}>", f"{ALICE}, <{BOB}>", f"{ALICE}, {BOB}", f"<{ALICE}><{BOB}>",
        f"<{ALICE}> <{BOB}>", f"<{ALICE}> {BOB}", f"{ALICE} {BOB}", f"<{ALICE} {BOB}>",
        f"<{ALICE}<{BOB}>>", f"<{ALICE}", f"{ALICE}>", f'"Alice <{ALICE}>', f"Alice ({ALICE}",
        f'"{ALICE}"', f'<"{ALICE}">', f'"alice"@shop.example <{BOB}>', '"alice"@shop.example',
        '"al ice"@shop.example', "al ice@shop.example", "alice@shop.example@evil.example",
        "alice@[192.0.2.1]", "<@evil.example:alice@shop.example>", "alice@shop..example",
        ".alice@shop.example", "alice.@shop.example", "alice@-shop.example",
        "alice@shop.example\r\nBcc: bob@evil.example", "alice@shop.example\x00",
        f"Group: {ALICE}, {BOB};", "undisclosed-recipients:;", f"x: y: <{BOB}>, {ALICE}",
        f"{ALICE};{BOB}", f"{ALICE}:{BOB}", f"a b {ALICE}", f"Alice <{ALICE}> Bob",
        f"Alice <{ALICE}> \"{BOB}\"", "=?utf-8?Q?alice=40shop.example?=", "a" * 65 + "@shop.example",
        "alice@" + "a" * 64 + ".example", "alice@" + "a." * 200 + "example", "x" * 70_000,
    ],
)  # fmt: skip
def test_an_ambiguous_header_names_nobody(header: str) -> None:
    assert parse_mailbox(header) is None


@pytest.mark.parametrize("glue", [" ", ",", "<", ">", '"', "(", ")", ":", ";", "\\", "\t", "\x00"])
@pytest.mark.parametrize("form", ["{0}{2}<{1}>", "{2}{0}<{1}>", "{2}{0}{2}<{1}>", "<{1}>{2}{0}"])
def test_bob_is_never_taken_for_alice(form: str, glue: str) -> None:
    box = parse_mailbox(form.format(ALICE, BOB, glue))
    assert box is None or box == Mailbox(name=box.name, addr=BOB)
    assert box is None or ALICE not in box.name


def test_a_list_leaves_out_what_is_ambiguous() -> None:
    header = (
        f"Alice <{ALICE}>, {ALICE} <{BOB}>, nonsense, Team: carl@shop.example, <d@shop.example>;"
    )
    assert [box.addr for box in parse_list(header)] == [
        ALICE,
        "carl@shop.example",
        "d@shop.example",
    ]


def test_a_list_of_five_thousand_is_cut_short() -> None:
    header = ", ".join(f"u{n}@s.example" for n in range(5_000))[:60_000]
    assert len(parse_list(header)) == MAX_MAILBOXES


@given(st.text(alphabet=st.sampled_from('ab@.<>",;:()\\ =?\x00é\ud800'), max_size=60))
def test_no_header_makes_it_raise_or_name_an_odd_mailbox(header: str) -> None:
    for box in (parse_mailbox(header), *parse_list(header)):
        assert box is None or normalise(box.addr) == box.addr


@given(st.one_of(st.emails(), st.text(max_size=40)))
def test_a_normalised_address_stays_as_it_is(addr: str) -> None:
    once = normalise(addr)
    assert once is None or (normalise(once) == once and once == once.lower())
