import { expect, test } from "vitest";
import { takeEntry } from "../link/log";
import { acked, again, discard, due, type Outbox, put, refused, shown } from "../link/outbox";
import type { Ack, Failed, Say } from "../link/protocol.gen";
import { CONVERSATION, entry, REFUSED_MESSAGE, VERA } from "./golden";

const say = (cmid: string, body = "Hello"): Say => ({ t: "send", cmid, body, attachments: [] });
const ack = (cmid: string, seq: number): Ack => ({
  t: "ack",
  cmid,
  conversation_id: CONVERSATION,
  entry_id: `en${seq}`,
  seq,
  at: 5_000,
  dup: false,
});
const written = (...cmids: string[]) =>
  cmids.reduce<Outbox<Say>>((outbox, cmid) => put(outbox, say(cmid), 1_000), []);
const logTo = (seq: number, cmid: string | null = null) =>
  takeEntry(
    null,
    {
      t: "entry",
      conversation_id: CONVERSATION,
      entry: entry(seq, { prev: 0, author: VERA, cmid }),
    },
    1,
  ).log;

test("what is not acknowledged is sent again, oldest first, under the same cmid", () => {
  const outbox = acked(written("cmid-one", "cmid-two", "cmid-six"), ack("cmid-two", 1));
  expect(due(outbox).map((frame) => frame.cmid)).toEqual(["cmid-one", "cmid-six"]);
});

test("an acknowledged message stays on screen until the log shows it", () => {
  const outbox = acked(written("cmid-one"), ack("cmid-one", 3));
  expect(outbox[0]).toMatchObject({ state: "sent", seq: 3, at: 5_000 });
  expect(shown(outbox, logTo(2))).toHaveLength(1);
  expect(shown(outbox, logTo(3))).toHaveLength(0);
});

test("an entry with the cmid settles a message whose ack was lost", () => {
  expect(shown(written("cmid-one"), logTo(1, "cmid-one"))).toEqual([]);
});

test("a refused message says why and is not sent again by itself", () => {
  const outbox = refused(written("cmid-vera-3"), REFUSED_MESSAGE[0] as Failed);
  expect(outbox[0]).toMatchObject({ state: "failed", why: { code: "too_many" } });
  expect(due(outbox)).toEqual([]);
  expect(due(again(outbox, "cmid-vera-3"))).toEqual([say("cmid-vera-3")]);
  expect(discard(outbox, "cmid-vera-3")).toEqual([]);
});

test("a refusal that comes after the ack changes nothing", () => {
  const outbox = acked(written("cmid-vera-3"), ack("cmid-vera-3", 1));
  expect(refused(outbox, REFUSED_MESSAGE[0] as Failed)).toEqual(outbox);
});
