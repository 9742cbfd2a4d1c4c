"""A checker that never found anything proves nothing: each kind of harm, done to a good run."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from tests.kill.checker import check
from tests.kill.evidence import Client, Evidence, Row


def some_client(found: Evidence, *, phone: bool = False) -> Client:
    return next(
        each
        for each in found.clients
        if each.side == "shopper" and not each.leaves and bool(each.phone) == phone
    )


def acked_entry(found: Evidence, which: int = -1) -> Row:
    ack = some_client(found).all("acked")[which]
    row: Row = found.log[ack["conversation_id"]][ack["seq"] - 1]
    return row


def brought(found: Evidence) -> tuple[Row, Row]:
    """A delivery of words that arrived, and the carrier's line about it."""
    for text in found.carrier.accepted:
        row = found.deliveries[text["delivery"]]
        if row["form"] == "words" and row["state"] == "delivered":
            return row, text
    raise LookupError("no words were delivered")


def took(found: Evidence) -> tuple[Client, int]:
    """A client and the place of an entry in the middle of its ledger."""
    client = some_client(found)
    places = [at for at, line in enumerate(client.lines) if line["what"] == "took"]
    return client, places[len(places) // 2]


def lose_an_entry(found: Evidence) -> None:
    row = acked_entry(found)
    found.log[row["conversation_id"]].remove(row)


def change_the_words(found: Evidence) -> None:
    acked_entry(found)["body"] = "something else"


def write_it_twice(found: Evidence) -> None:
    row = acked_entry(found)
    found.log[row["conversation_id"]].append({**row, "seq": row["seq"] + 1})


def forget_a_seq(found: Evidence) -> None:
    log = found.log[acked_entry(found)["conversation_id"]]
    log[-1]["seq"] += 1


def break_the_chain(found: Evidence) -> None:
    acked_entry(found)["prev"] -= 1


def swap_two(found: Evidence) -> None:
    one, two = acked_entry(found, -1), acked_entry(found, -2)
    one["cmid"], two["cmid"] = two["cmid"], one["cmid"]


def take_it_twice(found: Evidence) -> None:
    client, at = took(found)
    client.lines.insert(at, dict(client.lines[at]))


def miss_one(found: Evidence) -> None:
    client, at = took(found)
    del client.lines[at]


def miss_the_last(found: Evidence) -> None:
    client = some_client(found)
    del client.lines[max(at for at, line in enumerate(client.lines) if line["what"] == "took")]


def see_a_ghost(found: Evidence) -> None:
    client, at = took(found)
    client.lines[at]["id"] = "ghost"


def take_back_what_was_shown(found: Evidence) -> None:
    client, at = took(found)
    held = {"what": "replaced", "held": 5, "after": 0}
    client.lines.insert(at, {**held, "conversation_id": client.lines[at]["conversation_id"]})


def a_text_in(found: Evidence) -> Row:
    return next(row for row in found.entries if row["inbound_key"] is not None)


def lose_a_text(found: Evidence) -> None:
    a_text_in(found)["inbound_key"] = None


def take_a_text_twice(found: Evidence) -> None:
    row = a_text_in(found)
    log = found.log[row["conversation_id"]]
    log.append({**row, "seq": len(log) + 1})


def send_it_again(found: Evidence) -> None:
    _, text = brought(found)
    found.carrier.accepted.append({**text, "sid": "SM0"})


def send_it_again_as_another(found: Evidence) -> None:
    row, text = brought(found)
    found.deliveries["another"] = {**row, "delivery_id": "another", "seqs": []}
    found.carrier.accepted.append({**text, "sid": "SM0", "delivery": "another"})


def send_what_was_withdrawn(found: Evidence) -> None:
    brought(found)[0]["state"] = "withdrawn"


def claim_what_never_went(found: Evidence) -> None:
    found.carrier.accepted.remove(brought(found)[1])


def ignore_a_receipt(found: Evidence) -> None:
    brought(found)[0]["state"] = "sent"


def cut_the_words(found: Evidence) -> None:
    brought(found)[1]["body"] = "Acme Shoes: …"


def fold_it_wrongly(found: Evidence) -> None:
    next(iter(found.conversations.values()))["state"] = "resolved"


def move_without_a_word(found: Evidence) -> None:
    brought(found)[0]["state"] = "read"


def wait_for_nothing(found: Evidence) -> None:
    found.reaches[0].update(state="waiting", due_at=None)


def see_beyond_the_head(found: Evidence) -> None:
    found.reaches[0]["seen_seq"] = found.reaches[0]["head_seq"] + 1


def leave_it_submitting(found: Evidence) -> None:
    brought(found)[0]["state"] = "submitting"


def sleep_through_it(found: Evidence) -> None:
    found.reaches[0].update(state="waiting", due_at=found.floor - 3_600_000_000)


def forget_the_unread(found: Evidence) -> None:
    row, _ = brought(found)
    reach = next(
        each
        for each in found.reaches
        if (each["conversation_id"], each["side"]) == (row["conversation_id"], "shopper")
    )
    reach.update(state="settled", due_at=None)


def text_who_is_there(found: Evidence) -> None:
    row, text = brought(found)
    vera = some_client(found, phone=True)
    found.deliveries["another"] = {
        **row,
        "delivery_id": "another",
        "person_id": vera.id,
        "value": vera.phone,
    }
    found.carrier.accepted.append({**text, "to": vera.phone, "delivery": "another"})


@pytest.mark.timeout(1_200)  # whichever test comes first makes the run
@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (lose_an_entry, "lost"),
        (change_the_words, "lost"),
        (write_it_twice, "doubled"),
        (forget_a_seq, "gap"),
        (break_the_chain, "prev"),
        (swap_two, "order"),
        (take_it_twice, "repeated"),
        (miss_one, "missed"),
        (miss_the_last, "missed"),
        (see_a_ghost, "changed"),
        (take_back_what_was_shown, "replaced"),
        (lose_a_text, "lost"),
        (take_a_text_twice, "doubled"),
        (send_it_again, "texted_twice"),
        (send_it_again_as_another, "texted_twice"),
        (send_what_was_withdrawn, "unexplained"),
        (claim_what_never_went, "unexplained"),
        (ignore_a_receipt, "receipt"),
        (cut_the_words, "words"),
        (fold_it_wrongly, "fold"),
        (move_without_a_word, "fold"),
        (wait_for_nothing, "reach"),
        (see_beyond_the_head, "reach"),
        (leave_it_submitting, "stuck"),
        (sleep_through_it, "stuck"),
        (forget_the_unread, "forgotten"),
        (text_who_is_there, "disturbed"),
    ],
    ids=lambda given: given if isinstance(given, str) else given.__name__.replace("_", "-"),
)
def test_the_checker_sees_each_kind_of_harm(
    evidence: Evidence, harm: Callable[[Evidence], None], kind: str
) -> None:
    harmed = copy.deepcopy(evidence)
    harm(harmed)
    assert kind in {finding.kind for finding in check(harmed)}
