"""``format=flowed``: soft line breaks undone, quote marks kept. Source: RFC 3676 section 4."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool) -> str:
    """Join the lines that end in a space with the next of the same quote depth.

    ``delsp`` says that the trailing space belongs to the break and not to the words. Quoted lines
    come out as ``>`` marks, a space, the words. The signature mark ``-- `` never flows.
    """
    out: list[str] = []
    open_depth = -1
    pieces: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        is_signature = words == "-- "
        if pieces and (depth != open_depth or is_signature):
            out.append(_line(pieces, open_depth))
            pieces = []
        open_depth = depth
        if words.endswith(" ") and not is_signature:
            pieces.append(words[:-1] if delsp else words)
        else:
            out.append(_line([*pieces, words], depth))
            pieces = []
    if pieces:
        out.append(_line(pieces, open_depth))
    return "\n".join(out)


def _line(pieces: list[str], depth: int) -> str:
    words = "".join(pieces)
    return f"{'>' * depth} {words}" if depth else words
