# ruff: noqa: E501  (tables read better on one line)
from __future__ import annotations

import pytest

from gateway.channels.email.quoting import MARKER, visible_reply

# Name of the program, the HTML of Vera's mail, what she newly typed.
CASES: list[tuple[str, str, str]] = [
    ("plain paragraphs", "<p>Hello,</p>\n<p>where is\nmy parcel?</p><p>Vera</p>", "Hello,\n\nwhere is my parcel?\n\nVera"),
    (
        "gmail",
        '<div dir="ltr">Yes, <b>red</b>.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        'On Mon, Jul 5, 2021 at 10:00 AM Ada &lt;<a href="mailto:a@acme.example">a@acme.example</a>&gt; wrote:'
        '<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex"><p>In red?</p></blockquote></div>',
        "Yes, red.",
    ),
    (
        "gmail, inline answers",
        '<div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">Ada schrub:</div>'
        '<blockquote class="gmail_quote"><div>Colour?</div></blockquote><div>Red.</div>'
        '<blockquote class="gmail_quote"><div>Size?<blockquote>older</blockquote></div></blockquote>'
        "<div>42</div></div><div>Bye</div></div>",
        "Red.\n\n42\nBye",
    ),
    (
        "gmail, an unknown language",
        '<div>Ndiyo</div><div class="gmail_quote"><div class="gmail_attr">Siku ya Jtt, Ada aliandika:</div>'
        '<blockquote class="gmail_quote">Rangi?</blockquote></div>',
        "Ndiyo",
    ),
    (
        "gmail, forwarded",
        '<div>See below</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message'
        " ---------<br>From: Ada</div>In red?<blockquote>older</blockquote>Ada</div>",
        "See below",
    ),
    (
        "gmail, signature",
        '<div>Yes<div><br></div><span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">'
        'Vera<br>CEO</div></div><div class="gmail_quote">On x wrote:<blockquote>q</blockquote></div>',
        "Yes",
    ),
    (
        "gmail, indented words",
        '<div>My address:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>10 High St</div>'
        "</blockquote>",
        "My address:\n10 High St",
    ),
    (
        "outlook.com",
        '<div class="elementToProof">Yes.</div><div id="appendonsend"></div><hr style="display:inline-block">'
        '<div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Ada<br><b>Sent:</b> Monday<br></font></div>'
        "<div>In red?</div>",
        "Yes.",
    ),
    (
        "outlook.com, unknown language",
        '<div>Ndiyo.</div><div id="x_divRplyFwdMsg"><b>Kutoka:</b> Ada</div><div>Rangi?</div>',
        "Ndiyo.",
    ),
    (
        "outlook for windows",
        '<div class="WordSection1"><p class="MsoNormal">Yes.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
        "<b><span>Avsandare:</span></b> Ada<br><b>Nar:</b> Monday</p></div><p>In red?</p></div>",
        "Yes.",
    ),
    (
        "outlook 2003",
        '<p class="MsoNormal">Yes.</p><div align="center"><hr size="2"></div><p class="MsoNormal"><b>From:</b> Ada'
        " [mailto:a@acme.example]<br><b>Sent:</b> Monday, July 5<br><b>To:</b> Vera<br><b>Subject:</b> Hi</p><p>Q</p>",
        "Yes.",
    ),
    (
        "outlook for ios",
        '<div>Yes.</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS'
        '</a></div><div id="mail-editor-reference-message-container"><div><b>From:</b> Ada</div>In red?</div>',
        "Yes.",
    ),
    (
        "outlook for mac",
        '<div>Yes.</div><span id="OLK_SRC_BODY_SECTION"><div>From: Ada</div><div>In red?</div></span>',
        "Yes.",
    ),
    ("hotmail", '<div>Yes.<br><hr id="stopSpelling">Date: Mon<br>Subject: x<br>In red?</div>', "Yes."),
    (
        "apple mail",
        '<html><body>Yes.<div><br><blockquote type="cite"><div>On 5 Jul 2021, at 10:00, Ada wrote:</div><br>'
        "<div>In red?</div></blockquote></div><br>Bye</body></html>",
        "Yes.\n\nBye",
    ),
    (
        "iphone",
        '<div dir="ltr">Yes.</div><div dir="ltr"><br>Sent from my iPhone</div><div dir="ltr"><br><blockquote '
        'type="cite">On 5 Jul 2021, Ada wrote:<br></blockquote></div><blockquote type="cite">In red?</blockquote>',
        "Yes.",
    ),
    (
        "yahoo",
        '<div class="ydp1yahoo-style-wrap"><div>Yes.</div></div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted">'
        "<div>On Monday, Ada wrote:</div><div>In red?</div></div>",
        "Yes.",
    ),
    (
        "yahoo on a phone",
        '<div id="ymail_android_signature"><a href="https://x.example">Sent from Yahoo Mail on Android</a></div>'
        '<blockquote style="margin: 0 0 20px 0;"><div>On Mon, Ada wrote:</div>In red?</blockquote><p>Yes.</p>',
        "Yes.",
    ),
    (
        "thunderbird",
        '<p>Yes.</p><div class="moz-cite-prefix">Am 05.07.21 um 10:00 schrieb Ada:<br></div><blockquote type="cite"'
        ' cite="mid:1">Colour?</blockquote>Red.<blockquote type="cite">Size?</blockquote><p>42</p>'
        '<pre class="moz-signature">-- \nVera</pre>',
        "Yes.\n\nRed.\n\n42",
    ),
    (
        "thunderbird, forwarded",
        '<p>FYI</p><div class="moz-forward-container"><br>-------- Forwarded Message --------<table class='
        '"moz-email-headers-table"><tr><th>Subject: </th><td>Hi</td></tr></table>In red?</div>',
        "FYI",
    ),
    (
        "proton",
        '<div style="font-family: Arial">Yes.</div><div class="protonmail_signature_block">Sent with Proton Mail'
        '</div><div class="protonmail_quote">On Monday, Ada wrote:<br><blockquote class="protonmail_quote" '
        'type="cite">In red?</blockquote></div>',
        "Yes.",
    ),
    (
        "gmx",
        '<div>Ja.<div name="quote" style="margin:10px"><div><b>Gesendet:</b> Montag<br><b>Von:</b> Ada</div>Rot?</div>'
        "</div>",
        "Ja.",
    ),
    (
        "zimbra",
        '<div>Yes.<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>Ada</div>Q</div>',
        "Yes.",
    ),
    (
        "zoho",
        '<div>Yes.</div><div class="zmail_extra">---- On Mon wrote ----<br><blockquote>Q</blockquote></div>',
        "Yes.",
    ),
    (
        "spark",
        '<div name="messageBodySection">Yes.</div><div name="messageReplySection">On 5 Jul, Ada wrote:<blockquote>Q'
        "</blockquote></div>",
        "Yes.",
    ),
    (
        "qq",
        "<div>好的</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div><div><b>发件人:</b>"
        "&nbsp;Ada</div></div><div>红色?</div>",
        "好的",
    ),
    (
        "netease",
        "<div>好的</div><pre>At 2021-07-05 10:00:00, \"Ada\" &lt;a@acme.example&gt; wrote:</pre>"
        '<blockquote id="isReplyContent">Q</blockquote>',
        "好的",
    ),
    (
        "mail.ru",
        '<div>Да</div><blockquote style="border-left:1px solid #0857A6;margin:10px">Понедельник, 5 июля 2021, 10:00 '
        "+03:00 от Ada:<br>Q</blockquote>",
        "Да",
    ),
    ("our marker", f"<p>Yes.</p><p>{MARKER}</p><p>Ada: in red?</p>", "Yes."),
    ("quote marks in words", "<p>Yes.</p>&gt; In red?<br>&gt; Ada<br>Bye", "Yes.\n\nBye"),
    ("only a quote", '<blockquote type="cite">In red?</blockquote>', "In red?"),
    ("list", "<p>I need</p><ol><li>a lamp</li><li>a bulb</li></ol><ul><li>now", "I need\n1. a lamp\n2. a bulb\n- now"),
    ("table", "<table><tr><td>Lamp</td><td>2</td></tr><tr><td>Bulb<td>3</table>", "Lamp 2\nBulb 3"),
    ("pre", "<pre>one\n  two</pre>", "one\n  two"),
    ("hidden", '<style>p{}</style><title>t</title><div style="display: none">x</div><script>y</script>Yes', "Yes"),
    ("entities", "a&nbsp;&lt;b&gt; &amp; &eacute; &#128512; &#xFFFFFF; &bogus;", "a <b> & é 😀 \ufffd &bogus;"),
    ("emoji", '<div>Thanks <img alt="😀" src="x"><img alt="Logo" src="y"></div>', "Thanks 😀"),
    ("broken", '<div>Yes<blockquote>q</div></p></blockquote>more <a href="x>', "Yes\n\nmore"),
    ("comment", "Yes<!-- <p>no</p> -->!<!-- open", "Yes!"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("html", "typed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_veras_html_reads_as_what_she_typed(html: str, typed: str) -> None:
    assert visible_reply(None, html) == typed
