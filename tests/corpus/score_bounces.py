"""Score ``classify`` on the corpus: ``python -m tests.corpus.score_bounces [file …]``.

Prints, for each kind of server, how many mails were recognised, how many got the right kind and how
many the right recipient; then every mail that got another verdict than the corpus says.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.channels.email import bounces

CORPUS = Path(__file__).parent / "bounces"
VERA = "vera@home.example"
OURS = "<d2.a2@in.acme.example>"
COPY = f"""\
Received: by mx.acme.example (Postfix) id 4GJ; Mon, 5 Jul 2021 11:02:50 +0200
From: Ada at Acme <support@acme.example>
To: Vera Example <{VERA}>
Subject: Your order is delayed: mailbox full, no such user, spam
Message-ID: {OURS}
Date: Mon, 5 Jul 2021 11:02:50 +0200

Your parcel is delayed and could not be delivered. We try again tomorrow.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A mail, and what should be made of it; ``kind`` is ``None`` when a person wrote it."""

    server: str
    kind: str | None
    raw: bytes
    brings_ours: bool = False

    @property
    def told(self) -> tuple[str | None, ...]:
        """What ``classify`` said: kind, recipient, reason, first id."""
        verdict = bounces.classify(self.raw)
        if verdict is None:
            return None, None, "", None
        first = verdict.message_ids[0] if verdict.message_ids else None
        return verdict.kind, verdict.recipient, verdict.reason, first


def samples(name: str) -> Iterator[Sample]:
    """Yield the mails of one file of the corpus, in order."""
    data = tomllib.loads((CORPUS / f"{name}.toml").read_text())
    for server in data.get("server", ()):
        for case in server["cases"]:
            kind, status, said = (field.strip(" ") for field in case.split("|", 2))
            yield _returned(server, kind, status, said)
    for group in data.get("mail", ()):
        for case in group["cases"]:
            head, _, body = case.partition(" | ")
            sender = "" if "From" in head else f"From: Vera Example <{VERA}>\n"
            mime = "" if "Content-Type:" in head else "Content-Type: text/plain; charset=utf-8\n"
            top = f"{head}\n{sender}To: support@acme.example\nMIME-Version: 1.0\n{mime}"
            yield Sample(
                server=group.get("kind", "people"),
                kind=group.get("kind"),
                raw=f"{top}\n{body.replace('{copy}', COPY)}\n".encode(),
                brings_ours="{copy}" in body,
            )


def _returned(server: dict[str, Any], kind: str, status: str, said: str) -> Sample:
    def told(text: str) -> str:
        whole = text.replace("{said}", said.replace("\\n", "\n")).replace("{status}", status)
        return whole.replace("{to}", VERA)

    words, report = told(server["notice"]), server.get("report")
    folded = told(server["subject"]).replace("\n", " ")[:150]
    head = f"From: {server['from']}\nTo: b+x@in.acme.example\nSubject: {folded}\n"
    head += told(server.get("head", "")) + ("Return-Path: <>\n" if server.get("null") else "")
    form = "text/html" if server.get("html") else "text/plain"
    if report is None:
        brings = not server.get("plain", False)
        whole = f"{head}Content-Type: {form}; charset=utf-8\n\n{words}\n"
        whole += COPY if brings and form == "text/plain" else ""
        return Sample(
            server=server["name"],
            kind=kind,
            raw=whole.encode(),
            brings_ours=brings and form == "text/plain",
        )
    whole = (
        f"{head}MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b;"
        f" report-type=delivery-status\n\n--b\nContent-Type: {form}; charset=utf-8\n\n{words}\n"
        f"--b\nContent-Type: message/delivery-status\n\n{told(report).strip()}\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{COPY}\n--b--\n"
    )
    return Sample(server=server["name"], kind=kind, raw=whole.encode(), brings_ours=True)


def main(names: list[str]) -> None:
    """Print the score of each server, then what went wrong."""
    seen: Counter[str] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for name in names:
        for sample in samples(name):
            kind, recipient, reason, first = sample.told
            seen[sample.server] += 1
            recognised = (kind is None) == (sample.kind is None)
            same = recognised and recipient == VERA
            right.update(
                {
                    (sample.server, "recognised"): recognised,
                    (sample.server, "kind"): kind == sample.kind,
                    (sample.server, "recipient"): same,
                    (sample.server, "ours"): first == OURS,
                }
            )
            if kind != sample.kind or (sample.brings_ours and not (same and first == OURS)):
                wrong.append(
                    f"{sample.server}: {sample.kind} told {kind} {recipient} {first} {reason!r}"
                )
                if "-v" in sys.argv:
                    wrong.append(sample.raw.decode()[:1500])
    columns = ("recognised", "kind", "recipient", "ours")
    print(f"{'':30} mails {'  '.join(columns)}")
    for server, count in seen.items():
        told = "  ".join(f"{right[server, one]:{len(one)}}" for one in columns)
        print(f"{server:30} {count:5} {told}")
    total = seen.total()
    for one in columns:
        got = sum(count for (_, what), count in right.items() if what == one)
        print(f"{one}: {got} of {total}")
    print("\n".join(wrong))


if __name__ == "__main__":
    main(
        [arg for arg in sys.argv[1:] if not arg.startswith("-")]
        or sorted(path.stem for path in CORPUS.glob("*.toml"))
    )
