"""What reading one mail costs: ``visible_reply``, ``classify`` and ``parse`` over the corpus.

Each mail's time is the median over the rounds. The baseline is the standard library's parser over
the same bytes, each part decoded; for replies, which are no whole mails, over the reply's words.
"""

from __future__ import annotations

import email
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.row import Row
from gateway.channels.email.bounces import classify
from gateway.channels.email.mime import parse
from gateway.channels.email.quoting import visible_reply
from tests.corpus import score_bounces, score_replies

ROUNDS = 5
MAILS = Path("tests/corpus/mail")
REPLY_MUST, REPLY_AIM = 50, 5  #: milliseconds
MAIL_MUST, MAIL_AIM = 200, 20
QUICK_EVERY = 8  #: of the large corpora every so many-th is read


class Piece(NamedTuple):
    """One thing to read, and the same for the standard library's parser."""

    read: Callable[[], object]
    parse: Callable[[], object]


def rows(*, quick: bool) -> Iterator[Row]:
    """Milliseconds for one mail: the median of the corpus, and its slowest."""
    every = QUICK_EVERY if quick else 1
    cases = [case for made in score_replies.SETS for case in score_replies.read(made)][::every]
    replies = [
        Piece(
            partial(visible_reply, case.text, case.html),
            partial(_only_parsed, (case.text or case.html or "").encode()),
        )
        for case in cases
    ]
    yield from _measured("visible_reply", replies, REPLY_MUST, REPLY_AIM)
    names = sorted(path.stem for path in score_bounces.CORPUS.glob("*.toml"))
    returned = [sample.raw for name in names for sample in score_bounces.samples(name)][::every]
    mails = [path.read_bytes() for path in sorted(MAILS.glob("*.eml"))]
    for name, read in (("classify", classify), ("parse", parse)):
        pieces = [
            Piece(partial(read, raw), partial(_only_parsed, raw)) for raw in (*mails, *returned)
        ]
        yield from _measured(name, pieces, MAIL_MUST, MAIL_AIM)


def _measured(name: str, pieces: Sequence[Piece], must: float, aim: float) -> Iterator[Row]:
    rounds = [_round(pieces) for _ in range(ROUNDS)]
    ours, parser = (
        [median(each) for each in zip(*side, strict=True)] for side in zip(*rounds, strict=True)
    )
    for what, of in (("median", median), ("slowest", max)):
        yield Row(
            name=f"{name}, {what} of {len(pieces)} mails",
            value=round(of(ours) * 1e3, 3),
            unit="ms",
            baseline=round(of(parser) * 1e3, 3),
            must=must,
            aim=aim,
            rounds=ROUNDS,
        )


def _round(pieces: Sequence[Piece]) -> tuple[list[float], list[float]]:
    """Seconds for each piece, and for its baseline right after it."""
    gc.collect()
    gc.disable()
    try:
        taken = [(_seconds(each.read), _seconds(each.parse)) for each in pieces]
    finally:
        gc.enable()
    return [ours for ours, _ in taken], [parser for _, parser in taken]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _only_parsed(raw: bytes) -> None:
    for part in email.message_from_bytes(raw).walk():
        part.get_payload(decode=True)
