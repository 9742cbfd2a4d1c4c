"""HTML of a mail as lines, with ``>`` before those that its structure marks as a quote.

Classes, ids and styles by which mail programs mark quotes say more than any language's words, so
they are read here and turned into the one mark that text has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gateway.channels.email import markup

# Their whole inside is a quote.
_QUOTES: Final = frozenset(
    {
        "gmail_attr", "moz-cite-prefix", "moz-forward-container", "moz-email-headers-table",
        "airmail_on", "tutanota_quote", "freshdesk_quote", "missive_quote", "front-blockquote",
        "hs_reply", "zmail_extra", "cm_replymail_content_wrap", "reply-intro",
        "olk_src_body_section",
        "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message",
        "isreplycontent", "isforwardcontent", "messagereplysection", "replymessage",
        "gmail_quote_attribution", "quotedreply", "yahoo_quoted", "yahoo-quoted", "quoted-message",
        "intercom-quoted", "helpscout-quote", "zendesk-quote", "mail_quote", "replyquote",
        "historycontent", "quote", "__quoted_text__", "__headers__", "originalmessage",
    }
)  # fmt: skip
# Gmail and Proton put the attribution, the quote and the answers between quotes in one of these.
_CONTAINERS: Final = frozenset({"gmail_quote", "gmail_quote_container", "protonmail_quote"})
# From here on all is a quote.
_STOPS: Final = frozenset(
    {"divrplyfwdmsg", "stopspelling", "zwchr", "outlookmessageheader", "__divider__"}
)
_SIGNATURES: Final = frozenset(
    {
        "gmail_signature", "gmail_signature_prefix", "moz-signature", "protonmail_signature_block",
        "ms-outlook-mobile-signature", "acompli_signature", "bloop_sign", "yahoo-signature",
        "ymail_android_signature", "composer_signature", "signature", "tutanota-signature",
    }
)  # fmt: skip
# A quote's text that begins so is forwarded: no answers stand between.
_FORWARD = re.compile(r"\s*(?:[-\u2010-\u2015]{3,}|_{5,})")
_INDENT = re.compile(r"margin[^;]{0,20}:[^;]{0,40}\b40px")
_OUTLOOK_BORDER = re.compile(
    r"border-top:\s?(?:[\w.#]+\s){0,2}solid|border-style:\s?solid none none"
)
_OUTLOOK_PADDING = re.compile(r"padding:\s?3\.?0?pt 0")
_HIDDEN = re.compile(
    r"display:\s?none|mso-hide:\s?all|visibility:\s?hidden"
    r"|(?:font-size|max-height|opacity):\s?0(?:px|pt|em|%)?\s?(?:;|!|$)"
)
_TIGHT: Final = frozenset({"msonormal", "msolistparagraph", "msoplaintext", "msonospacing"})
_NO_MARGIN = re.compile(
    r"(?:^|[; ])margin(?:-bottom)?:\s?0(?:px|pt|cm|in|em)?(?: 0\w*){0,3}\s?(?:;|$)"
)
_PRESERVED = re.compile(r"white-space:\s?(?:pre|break-spaces)")
_SPACE = re.compile(r"[ \t\r\n\f\xa0\u2007\u202f\ufeff]+")
_EMOJI_ALT: Final = 4
# Begins like any quote mark, and unlike what a person types: the structure is no guess.
_MARK: Final = ">\u2502"


@dataclass(slots=True)
class _Open:
    """An element whose end has not come, with what held before it."""

    name: str
    quoted: bool
    hidden: bool
    preserved: bool
    container: _Container | None
    cites: bool = False
    tight: bool = False


@dataclass(slots=True)
class _Container:
    """What holds an attribution, blockquotes, and, once the first has ended, answers.

    ``depth`` is where it lies on the stack, ``head`` its first words, ``cites`` how many of its
    blockquotes are open.
    """

    depth: int
    may_forward: bool
    head: str = ""
    cites: int = 0
    answers: bool = False


class _Writer:
    """Folds tags and words into lines."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.lines: list[str] = []
        self.stack: list[_Open] = []
        self.open_names: dict[str, int] = {}
        self.pieces: list[str] = []
        self.quoted = self.hidden = self.preserved = False
        self.container: _Container | None = None
        self.has_words = False
        self.ordinals: list[int] = []
        self.bullet = ""
        self.is_spaced = False  # A lone "&nbsp;" is how composers hold a line open.

    def words(self, text: str) -> None:
        if self.hidden:
            return
        if self.container and not self.container.answers and len(self.container.head) < 200:
            self.container.head += text[:200]
        if not self.preserved:
            self.is_spaced = self.is_spaced or "\xa0" in text
            self.pieces.append(_SPACE.sub(" ", text))
            return
        first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.pieces.append(first)
        for line in rest:
            self.flush(keep_blank=True)
            self.pieces.append(line)

    def flush(self, *, keep_blank: bool = False) -> None:
        line = "".join(self.pieces)
        line = line.rstrip() if self.preserved else _SPACE.sub(" ", line).strip()
        keep_blank, self.is_spaced = keep_blank or self.is_spaced, False
        self.pieces = []
        if line and self.bullet:
            line, self.bullet = self.bullet + line, ""
        if line or keep_blank:
            self.lines.append(f"{_MARK} {line}" if self.quoted else line)
            self.has_words = self.has_words or bool(line and not self.quoted)

    def start(self, tag: markup.Tag) -> bool:
        """Take a start tag; false when all that follows is a quote."""
        attributes = tag.attributes() if tag.source.strip() else {}
        marks = _marks(attributes)
        style = " ".join(attributes.get("style", "").lower().split())
        if tag.name in markup.BLOCKS or tag.name == "br":
            spaced = tag.name == "p" and not self._is_tight(marks, style)
            self.flush(keep_blank=tag.name == "br" or spaced)
        if self.whole:
            marks &= {"hidden"}
            style = style if _HIDDEN.search(style) else ""
        if marks & _STOPS or ("appendonsend" in marks and self.has_words):
            return False
        if _OUTLOOK_BORDER.search(style) and _OUTLOOK_PADDING.search(style) and not self.quoted:
            return False
        if tag.name in markup.VOID:
            self._void(tag.name, attributes)
            return True
        self._push(tag.name)
        self.stack[-1].tight = self._is_tight(marks, style)
        self._enter(tag.name, marks, style, attributes)
        return True

    @staticmethod
    def _is_tight(marks: set[str], style: str) -> bool:
        """Tell whether a paragraph is one line of several: Word writes each line as one."""
        return bool(marks & _TIGHT or _NO_MARGIN.search(style))

    def _push(self, name: str) -> None:
        if name in markup.CLOSES_ITSELF and self.stack and self.stack[-1].name == name:
            self.end(name)
        state = _Open(name, self.quoted, self.hidden, self.preserved, self.container)
        self.stack.append(state)
        self.open_names[name] = self.open_names.get(name, 0) + 1

    def _enter(self, name: str, marks: set[str], style: str, attributes: dict[str, str]) -> None:
        if marks & _SIGNATURES or _HIDDEN.search(style) or "hidden" in marks:
            self._switch(hidden=True)
        elif name == "blockquote" and not self.whole and not _is_indent(style, marks):
            self._cite()
        elif marks & _QUOTES:
            self._switch(quoted=True)
        elif marks & _CONTAINERS:
            self._switch(quoted=True)
            if not self.stack[-1].quoted:
                self.container = _Container(len(self.stack), "protonmail_quote" not in marks)
        self.preserved = self.preserved or name == "pre" or bool(_PRESERVED.search(style))
        if name in ("ol", "ul"):
            self.ordinals.append(_number(attributes.get("start")) if name == "ol" else -1)
        elif name == "li" and not self.hidden:
            self.bullet = self._bullet()
        elif name in ("td", "th"):
            self.pieces.append(" ")

    def _cite(self) -> None:
        box = self.container
        if box and box.may_forward and not box.answers and _FORWARD.match(box.head):
            self.container = None  # Forwarded: what follows the inner quote is not theirs either.
        elif box:
            box.cites += 1
            self.stack[-1].cites = True
        self._switch(quoted=True)

    def _bullet(self) -> str:
        if not self.ordinals or self.ordinals[-1] < 0:
            return "- "
        self.ordinals[-1] += 1
        return f"{self.ordinals[-1] - 1}. "

    def _switch(self, *, quoted: bool = False, hidden: bool = False) -> None:
        self.flush()
        self.quoted = self.quoted or quoted
        self.hidden = self.hidden or hidden

    def _void(self, name: str, attributes: dict[str, str]) -> None:
        if name == "img" and not self.hidden:
            picture = attributes.get("alt", "")
            if 0 < len(picture) <= _EMOJI_ALT and not picture.isascii():
                self.pieces.append(picture)

    def end(self, name: str) -> None:
        """Take an end tag; one whose start is not open means nothing."""
        if name in markup.BLOCKS:
            tight = bool(self.stack) and self.stack[-1].tight
            self.flush(keep_blank=name == "p" and not tight)
        if not self.open_names.get(name):
            return
        while self.stack:
            last = self.stack.pop()
            self.open_names[last.name] -= 1
            self._leave(last)
            if last.name == name:
                return

    def _leave(self, last: _Open) -> None:
        if (last.quoted, last.hidden, last.preserved) != (self.quoted, self.hidden, self.preserved):
            self.flush()
        self.quoted, self.hidden, self.preserved = last.quoted, last.hidden, last.preserved
        if last.name in ("ol", "ul") and self.ordinals:
            self.ordinals.pop()
        self.container = last.container
        if last.cites and last.container:
            self._cited(last.container)

    def _cited(self, box: _Container) -> None:
        """Note the end of a blockquote: from the first one's on, the rest is the writer's."""
        box.cites -= 1
        if box.cites or box.answers:
            return
        box.answers = True
        self.quoted = False
        for state in self.stack[box.depth :]:
            state.quoted = False


def _marks(attributes: dict[str, str]) -> set[str]:
    """Give the classes, id and names of an element as words; Outlook's ``x_`` prefixes are off."""
    source = " ".join(
        attributes.get(key, "") for key in ("class", "id", "name", "data-marker")
    ).lower()
    found = {word.removeprefix("x_").removeprefix("x_") for word in source.split()}
    for word in tuple(found):
        for part in ("yahoo_quoted", "yahoo-quoted", "cm_replymail", "front-blockquote"):
            if part in word:
                found.add("yahoo_quoted")
        if word.startswith("bloop_sign"):
            found.add("bloop_sign")  # Airmail's, a number behind it.
    return found


def _is_indent(style: str, marks: set[str]) -> bool:
    """Tell whether a blockquote only indents the writer's own words (Gmail's and Outlook's)."""
    return (
        bool(_INDENT.search(style))
        and "border" in style
        and "none" in style
        and not (marks & _CONTAINERS)
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


def to_lines(source: str, *, whole: bool = False) -> str:
    """Turn mail HTML into lines, quoted ones marked; ends where a quote never ends.

    ``whole`` leaves the quotes unmarked and nothing out but what is never shown.
    """
    writer = _Writer(whole=whole)
    for item in markup.read(source):
        if isinstance(item, markup.Words):
            writer.words(item.text)
        elif item.is_end:
            writer.end(item.name)
        elif not writer.start(item):
            break
    writer.flush()
    return "\n".join(writer.lines)
