"""How far a mailbox was read, as values."""

from __future__ import annotations

from gateway.channels.email.imap_bookmark import (
    MOST_AGAIN,
    Bookmark,
    Folder,
    Waiting,
    first_look,
    renumbered,
    window_of,
)
from gateway.clock import DAY, HOUR

NOW = 1_800_000_000_000_000
FIRST = first_look(Folder(uid_validity=7, highest=20_000), NOW)


def mail(uid: int, at: int | None = None) -> Waiting:
    return Waiting(uid=uid, size=1, at=at)


def test_at_first_only_mail_from_now_on_is_ours() -> None:
    assert FIRST.last_uid == 20_000
    assert FIRST.takes(mail(20_001, NOW - DAY))


def test_the_window_goes_back_a_day_but_never_before_the_first_look() -> None:
    assert window_of(FIRST) == NOW
    later = Bookmark(uid_validity=7, first_at=NOW, looked_at=NOW + 9 * DAY)
    assert window_of(later) == NOW + 8 * DAY


def test_with_new_numbers_only_what_came_in_the_window_is_taken() -> None:
    before = Bookmark(uid_validity=7, last_uid=500, first_at=NOW, looked_at=NOW + 9 * DAY)
    after, left = renumbered(before, Folder(uid_validity=8, highest=90), [71, 80, 90])
    assert (after.uid_validity, after.last_uid, left) == (8, 70, 0)
    assert not after.takes(mail(75, NOW + 7 * DAY))
    assert after.takes(mail(80, NOW + 8 * DAY + HOUR))
    assert after.takes(mail(91, NOW))
    assert after.takes(mail(75))  # The server does not say when: better twice looked at than lost.


def test_with_new_numbers_and_nothing_recent_everything_there_is_old() -> None:
    after, left = renumbered(FIRST, Folder(uid_validity=8, highest=90), [])
    assert (after.last_uid, left) == (90, 0)


def test_a_mailbox_whose_mails_all_look_new_brings_no_storm() -> None:
    uids = list(range(1, MOST_AGAIN + 501))
    after, left = renumbered(FIRST, Folder(uid_validity=8, highest=uids[-1]), uids)
    assert (after.last_uid, left) == (500, 500)


def test_times_are_counted_for_one_mail_and_forgotten_behind_it() -> None:
    once = FIRST.stuck_at(20_001)
    assert once.stuck_at(20_001).stuck_times == 2
    assert once.stuck_at(20_002).stuck_times == 1
    assert once.moved_to(20_001).stuck_times == 0
    assert once.moved_to(5).last_uid == 20_000
