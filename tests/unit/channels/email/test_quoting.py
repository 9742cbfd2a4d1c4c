# ruff: noqa: E501  (tables read better on one line)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.quoting import MARKER, visible_reply

# Name of the shape, the plain text of Vera's mail, what she newly typed.
CASES: list[tuple[str, str, str]] = [
    ("nothing quoted", "Hello,\n\nwhere is my parcel?\n\nVera", "Hello,\n\nwhere is my parcel?\n\nVera"),
    ("blank runs and ends", "\n\nOne  \n\n\n\nTwo\t\n\n", "One\n\nTwo"),
    (
        "gmail",
        "Yes please.\n\nOn Mon, Jul 5, 2021 at 10:00 AM Ada <ada@acme.example> wrote:\n\n> In red?\n",
        "Yes please.",
    ),
    (
        "gmail wrapped in two",
        "Yes please.\n\nOn Mon, Jul 5, 2021 at 10:00 AM Ada Lovelace at Acme <\nsupport@acme.example>"
        " wrote:\n\n> In red?\n>\n> Ada",
        "Yes please.",
    ),
    (
        "wrapped in three",
        "Works now.\n\nOn Dec 16, 2011, at 12:47 PM, Ada Lovelace\n<reply@acme.example>\nwrote:\n\n> Hm",
        "Works now.",
    ),
    (
        "wrapped inside the date",
        "Works now.\n\nOn Fri, Jan 9,\n2015 at 10:00 AM Ada <a@acme.example> wrote:\n> Hm",
        "Works now.",
    ),
    (
        "wrapped before the name",
        "Works now.\n\nOn Fri, Jan 9, 2015 at 10:00 AM, John\nSmith <a@acme.example> wrote:\n\nHm",
        "Works now.",
    ),
    (
        "answer touching the attribution",
        "Works now.\nOn Fri, Jan 9, 2015 at 10:00 AM, Ada <a@acme.example> wrote:\n> Hm",
        "Works now.",
    ),
    (
        "the answer begins with On",
        "On your page it says 5 days.\n\nWhy?\n\nOn 9 Jan 2014, at 2:47, Ada Lovelace wrote:\n\n> Hm",
        "On your page it says 5 days.\n\nWhy?",
    ),
    (
        "a line beginning with On right above",
        "On my side all is fine\nOn Fri, Jan 9, 2015 at 10:00 AM, Ada <a@acme.example> wrote:\n> Hm",
        "On my side all is fine",
    ),
    (
        "inline answers",
        "Hi Ada,\n\nOn Mon, 5 Jul 2021 at 10:00, Ada <a@acme.example> wrote:\n> Which colour?\n\nRed.\n\n"
        "> Which size?\n\n42\n\nThanks\n",
        "Hi Ada,\n\nRed.\n\n42\n\nThanks",
    ),
    ("inline without blanks", "> Which colour?\nRed.\n> Which size?\n42", "Red.\n\n42"),
    (
        "bottom posting",
        "On 05/07/21 10:00, Ada wrote:\n> Which colour?\n> Ada\n\nRed, please.\n\n-- \nVera",
        "Red, please.",
    ),
    ("only quoted", "> Which colour?\n>\n> Ada", "> Which colour?\n>\n> Ada"),
    (
        "only an attribution and a quote",
        "On 05/07/21 10:00, Ada wrote:\n> Which colour?",
        "On 05/07/21 10:00, Ada wrote:\n> Which colour?",
    ),
    ("only a footer", "\nSent from my iPhone\n", "Sent from my iPhone"),
    ("nested quotes", "Ok\n\n>> older\n> newer\n>>> oldest", "Ok"),
    ("wrapped quote", f"Ok\n\n> {'word ' * 15}and\nthe rest\n> of it\n\nBye", "Ok\n\nBye"),
    (
        "apple mail",
        "Fine by me.\n\n> On 5 Jul 2021, at 10:00, Ada <a@acme.example> wrote:\n> \n> In red?\n",
        "Fine by me.",
    ),
    (
        "iphone",
        "Fine by me.\n\nSent from my iPhone\n\n> On Jul 5, 2021, at 10:00 AM, Ada <a@acme.example> wrote:"
        "\n> \n> \ufeffIn red?\n",
        "Fine by me.",
    ),
    (
        "outlook",
        "Fine by me.\n\nVera\n\nFrom: Ada <a@acme.example>\nSent: Monday, July 5, 2021 10:00 AM\n"
        "To: Vera <v@home.example>\nSubject: RE: Order\n\nIn red?\n\nAda",
        "Fine by me.\n\nVera",
    ),
    (
        "outlook without addresses",
        "And another!\n\nFrom: Lovelace, Ada\nSent: Monday, November 26, 2012 10:48 AM\nTo: Vera\n"
        "Subject: Re: New\n\nA reply\n\n-- \nSent from my iPhone",
        "And another!",
    ),
    (
        "outlook original message",
        "Fine.\n\n-----Original Message-----\nFrom: Ada [mailto:a@acme.example]\nSent: 05 July 2021\n"
        "To: Vera\nSubject: Order\n\nIn red?",
        "Fine.",
    ),
    (
        "outlook underscores",
        "Fine.\n\n________________________________\nFrom: Ada <a@acme.example>\nSent: 5 July 2021 10:00\n"
        "To: Vera\nSubject: Order\n\nIn red?",
        "Fine.",
    ),
    (
        "outlook ios",
        "Fine.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
        "From: Ada <a@acme.example>\nSent: Monday, July 5, 2021 10:00:00 AM\nTo: Vera\nSubject: Hi\n\nQ",
        "Fine.",
    ),
    (
        "starred headers",
        "Outlook with a reply\n\n\n ------------------------------\n*From:* Ada [mailto:a@acme.example]\n"
        "*Sent:* Thursday, February 09, 2012 1:36 PM\n*To:* vera@home.example\n*Subject:* Set up\n\nHi",
        "Outlook with a reply",
    ),
    (
        "recipients that run on",
        "Fine.\n\nFrom: Ada <a@acme.example>\nSent: Monday, July 5, 2021 10:00 AM\n"
        "To: Vera <v@home.example>; Bob <b@home.example>;\nCarl <c@home.example>\nSubject: RE: Order\n\nQ",
        "Fine.",
    ),
    (
        "blank lines between headers",
        "Fine.\n\nFrom: Ada <a@acme.example>\n\nSent: Monday, July 5, 2021\n\nTo: Vera\n\nSubject: O\n\nQ",
        "Fine.",
    ),
    (
        "original message with quote marks below",
        "Top.\n\n-----Original Message-----\nFrom: Ada\nSubject: Hi\n\n> In red?\n\nBottom.",
        "Top.\n\nBottom.",
    ),
    (
        "hotmail headers",
        "Fine.\n\nDate: Mon, 5 Jul 2021 10:00:00 +0100\nSubject: Order\nFrom: a@acme.example\n"
        "To: v@home.example\n\nIn red?",
        "Fine.",
    ),
    (
        "em client",
        'Fine.\n\n------ Original Message ------\nFrom: "Ada" <a@acme.example>\nTo: "Vera" <v@home.example>'
        "\nSent: 05/07/2021 10:00:00\nSubject: Order\n\nIn red?",
        "Fine.",
    ),
    (
        "proton",
        "Fine.\n\nSent with Proton Mail secure email.\n\n------- Original Message -------\n"
        "On Monday, July 5th, 2021 at 10:00 AM, Ada <a@acme.example> wrote:\n\n> In red?\n",
        "Fine.",
    ),
    (
        "old proton",
        "Fine.\n\n‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, 5 July 2021 10:00, Ada wrote:\n\n> In red?",
        "Fine.",
    ),
    (
        "zoho",
        "Fine.\n\n---- On Fri, 14 Aug 2020 15:35:04 +0200 Ada <a@acme.example> wrote ----\n\nIn red?",
        "Fine.",
    ),
    ("spark", "Fine.\nOn 13 Jul 2020, 10:23 +0200, Ada <a@acme.example>, wrote:\n> In red?", "Fine."),
    (
        "yahoo",
        "Fine.\n    On Monday, July 5, 2021, 10:00:00 AM GMT+1, Ada <a@acme.example> wrote:  \n \n In red?",
        "Fine.",
    ),
    (
        "yahoo android",
        "Fine.\n\nSent from Yahoo Mail on Android \n \n  On Mon, Jul 5, 2021 at 10:00, Ada"
        "<a@acme.example> wrote:   In red?  ",
        "Fine.",
    ),
    (
        "samsung",
        "Fine.\n\nSent from my Samsung Galaxy smartphone.\n-------- Original message --------\n"
        "From: Ada <a@acme.example> \nDate: 7/5/21  10:00  (GMT+01:00) \nTo: v@home.example \n"
        "Subject: Order \n\nIn red?",
        "Fine.",
    ),
    (
        "blackberry",
        "Fine.\n\nSent from my BlackBerry 10 smartphone.\n  Original Message  \nFrom: Ada\nSent: Monday\n"
        "To: Vera\nSubject: Hi\n\nIn red?",
        "Fine.",
    ),
    ("aol", "Fine.\n\n\n-----Original Message-----\nFrom: Ada <a@acme.example>\nTo: v\n\nIn red?", "Fine."),
    (
        "old aol",
        "Fine.\n\nIn a message dated 7/5/2021 10:00:00 A.M. Eastern Daylight Time, a@acme.example writes:"
        "\n\nIn red?",
        "Fine.",
    ),
    ("roundcube", "On 2021-07-05 10:00, Ada wrote:\n> In red?\n\nFine.", "Fine."),
    ("horde", "Fine.\n\nQuoting Ada <a@acme.example>:\n\n> In red?", "Fine."),
    ("notes", "Fine.\n\n-----Ada <a@acme.example> wrote: -----\nTo: v\nFrom: Ada\n\nIn red?", "Fine."),
    ("tutanota", "Fine.\n\nJul 5, 2021, 10:00 by a@acme.example:\n\n> In red?", "Fine."),
    ("bare attribution", "Ada wrote:\n> In red?\n\nYes", "Yes"),
    ("fastmail", "Yes.\n\nOn Mon, 5 Jul 2021, at 10:00 AM, Ada wrote:\n> In red?", "Yes."),
    ("the bat", "AL> In red?\n\nYes.", "Yes."),
    (
        "forwarded, with a word",
        "See below\n\n---------- Forwarded message ---------\nFrom: Ada <a@acme.example>\n"
        "Date: Mon, Jul 5, 2021 at 10:00 AM\nSubject: Order\nTo: Vera\n\nIn red?",
        "See below",
    ),
    (
        "forwarded, without",
        "Begin forwarded message:\n\n> From: Ada\n> Subject: Hi\n> \n> In red?",
        "Begin forwarded message:\n\n> From: Ada\n> Subject: Hi\n>\n> In red?",
    ),
    ("forwarded by apple", "FYI\n\nBegin forwarded message:\n\nFrom: Ada\nSubject: Hi\n\nIn red?", "FYI"),
    ("our marker", f"Fine.\n\n{MARKER}\n\nAda wrote something", "Fine."),
    ("our marker under an attribution", f"Ok\n\nOn 5 Jul 2021, Ada wrote:\n\n{MARKER}\nhello", "Ok"),
    ("another desk's marker", "Ok\n\n##- Please type your reply above this line -##\nhello", "Ok"),
    ("a sentence with the marker's words", "I cannot reply above this line of text.", "I cannot reply above"
     " this line of text."),
    ("signature", "Correct -- signature.\n\n-- \nVera", "Correct -- signature."),
    ("signature without blank", "No empty line above.\n-- \nVera", "No empty line above."),
    ("dashes", "Fine.\n---\nVera\n+44 20 7946 0000", "Fine."),
    ("underscores", "Fine.\n__\nVera", "Fine."),
    ("long dash", "Fine.\n\u2014\nVera", "Fine."),
    ("closing name stays", "Fine.\n\nKind regards,\nVera", "Fine.\n\nKind regards,\nVera"),
    ("name with one dash stays", "Hi folks\n\n-Vera", "Hi folks\n\n-Vera"),
    (
        "signature before the quote, answer after",
        "Top.\n\n-- \nVera\n\nOn 5 Jul 2021 at 10:00, Ada wrote:\n> In red?\n\nBottom.",
        "Top.\n\nBottom.",
    ),
    (
        "mailing list footer",
        "Hi folks\n\n_______________________________________________\nlist\nhttp://list.example/",
        "Hi folks",
    ),
    ("underlined title", "My order\n--------\nTwo lamps", "My order\n--------\nTwo lamps"),
    ("a list", "I need\n- a lamp\n- a bulb", "I need\n- a lamp\n- a bulb"),
    ("carrier footer", "Hello\n\nSent from my Verizon Wireless BlackBerry", "Hello"),
    ("windows mail", "Hello\n\nSent from Mail for Windows 10", "Hello"),
    ("own footer", "Hello\n\nSent from a magnificent torch of pixels\n\n> Q", "Hello"),
    ("k-9", "Hello\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.", "Hello"),
    ("excuse", "Hello\n\nSent from my iPhone, please excuse typos.", "Hello"),
    (
        "a footer that was wrapped",
        "Hello\n\nSent from my BlackBerry 10 smartphone on the EE\nnetwork.\n",
        "Hello",
    ),
    ("a footer, its link wrapped", "Hello\n\nGet Outlook for\niOS<https://aka.ms/o0ukef>", "Hello"),
    ("a name right below a footer", "Hello\n\nSent from my iPhone\nvera", "Hello\n\nvera"),
    ("a row of dots above a quote", "Hello\n\n..........\nFrom: A <a@b.example>\nSent: 5 July 2021\nTo: V\n\nHm", "Hello"),
    ("a menu of figures", "It says\n> 5 kg\n>= 7 kg\nWhich?", "It says\n> 5 kg\n>= 7 kg\nWhich?"),
    ("figures that Ada named", "Ada wrote:\n> 5 kg\n> 7 kg\n\nSeven.", "Seven."),
    ("bars under an attribution", "Ada wrote:\n| One?\n\nTwo.\n\n| Three?\n\nFour.", "Two.\n\nFour."),
    ("bars of a table", "| One | 1 |\n| Two | 2 |", "| One | 1 |\n| Two | 2 |"),
    ("a name before each quoted line", "Ada> One?\nTwo.\nAda> Three?\nFour.", "Two.\n\nFour."),
    ("a prompt", "sqlite> one\nsqlite> two", "sqlite> one\nsqlite> two"),
    ("scanner", "Hello\n\n<https://www.avast.com/sig-email?utm>\nVirus-free.\nwww.avast.com\n", "Hello"),
    (
        "a sentence that only begins so",
        "Sent from my desk, is much easier then my mobile phone.",
        "Sent from my desk, is much easier then my mobile phone.",
    ),
    (
        "devices in sentences",
        "Von meinem Handy aus kann ich nicht bestellen.\nIch habe die Mail gestern gesendet.",
        "Von meinem Handy aus kann ich nicht bestellen.\nIch habe die Mail gestern gesendet.",
    ),
    (
        "a shopper's own list",
        "Please ship\nFrom: Paris\nTo: London\nDate: 5 July 2021\nthanks",
        "Please ship\nFrom: Paris\nTo: London\nDate: 5 July 2021\nthanks",
    ),
    (
        "a colon is no attribution",
        "On 5 July 2021 I ordered:\ntwo lamps\nMy address: 10 High St, 10:00 to 12:00",
        "On 5 July 2021 I ordered:\ntwo lamps\nMy address: 10 High St, 10:00 to 12:00",
    ),
    ("her own earlier words", "On July 5 at 10:00 I wrote:\ncancel it", "On July 5 at 10:00 I wrote:\ncancel it"),
    ("an arrow", "-> this one\n>:( not happy", "-> this one\n>:( not happy"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "typed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_vera_reads_as_what_she_typed(text: str, typed: str) -> None:
    assert visible_reply(text, None) == typed
    assert visible_reply(text.replace("\n", "\r\n"), None) == typed


def test_vera_without_any_words_says_nothing() -> None:
    assert visible_reply(None, None) == ""
    assert visible_reply("", None) == ""
    assert visible_reply(None, "") == ""


def test_veras_text_is_preferred_to_her_html() -> None:
    assert visible_reply("plain", "<p>rich</p>") == "plain"


def test_veras_html_is_read_when_her_text_is_empty() -> None:
    assert visible_reply(" \n", "<p>rich</p>") == "rich"


@given(st.text(), st.one_of(st.none(), st.text()))
def test_vera_may_send_any_characters(text: str, html: str | None) -> None:
    for reply in (visible_reply(text, html), visible_reply(None, text)):
        assert "\x00" not in reply
        reply.encode("utf-8")
        assert reply == reply.strip("\n")


_BITS = st.sampled_from(
    ["> ", ">", "\n", "\n\n", "On ", "5 Jul 2021, 10:00 ", "a@b.example ", "wrote:", "From: ", "To: x",
     "Subject: y", "-- ", "___", "-----Original Message-----", "<div>", "</div>", "<blockquote>",
     '<div class="gmail_quote">', "</blockquote>", "Sent from my iPhone", "hello ", "<br>", "\x00", "&#9;"]
)  # fmt: skip


@given(st.lists(_BITS, max_size=60).map("".join))
def test_vera_may_send_any_mixture_of_quote_marks(text: str) -> None:
    typed = visible_reply(text, None)
    assert set(typed.split("\n")) <= {
        "",
        *(line.rstrip() for line in text.replace("\x00", "\ufffd").split("\n")),
    }
    is_whole = typed.split() == text.replace("\x00", "\ufffd").split()
    quoted = [line.lstrip() for line in typed.split("\n") if line.lstrip().startswith("> ")]
    assert is_whole or all(line.startswith("> 5 Jul") for line in quoted)  # "> 5" is a figure.
    visible_reply(None, text)
