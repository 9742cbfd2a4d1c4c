/** Whatever the network does to the frames, the panel ends where one stands that was never cut off. */

import { expect, test } from "vitest";
import type { ShopperHears } from "../link/protocol.gen";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import { Gateway } from "./gateway";
import {
  FIRST_MESSAGE,
  LEAVES_ADDRESS,
  RESOLVED_AND_BACK,
  RESUME_RECOVERED,
  SNAPSHOT_REPLACES,
} from "./golden";
import { FakeWorld, noKeep } from "./world";

const PAGE = { open: true, kept: true, focus: true, leaving: false, url: "", title: "" };

/** The golden frames as one story, each entry of the log once and in its place. */
const STORY: ShopperHears[] = (() => {
  const frames = [
    ...FIRST_MESSAGE,
    ...RESUME_RECOVERED,
    ...SNAPSHOT_REPLACES,
    ...LEAVES_ADDRESS,
    ...RESOLVED_AND_BACK,
  ];
  const told = new Set<number>();
  return frames.flatMap((frame): ShopperHears[] => {
    if (["welcome", "ack", "drain", "ping", "error"].includes(frame.t)) return [];
    const entries =
      frame.t === "snapshot" ? frame.entries : frame.t === "entry" ? [frame.entry] : null;
    if (!entries) return [frame];
    const fresh = entries.filter((entry) => !told.has(entry.seq));
    for (const entry of fresh) told.add(entry.seq);
    return fresh.map((entry) => ({ t: "entry", conversation_id: "cv1", entry }));
  });
})();

async function visit(world: FakeWorld) {
  let made = 0;
  const room = new Room({
    boot: {
      key: "acme",
      name: "Acme support",
      accent: "#2f5d50",
      language: "en",
      greeting: "",
      alone: false,
      origins: [],
      socket: "ws://gateway/ws/shopper",
    },
    ticket: async () => "ticket-0123456789",
    drawer: drawerIn(noKeep, `acme${Math.random()}`),
    tell: () => undefined,
    unreadWords: String,
    world,
    date: () => 1_000,
    cmid: () => {
      made += 1;
      return `cmid-written-${made}`;
    },
    zone: null,
  });
  room.paged(PAGE);
  await world.pass(0);
  return room;
}

/** What is on screen, without what time alone makes of it. */
function shown({ state: { view } }: Room) {
  const { log, addresses, preference, outbox } = view;
  return {
    entries: log?.entries,
    state: log?.state,
    seen: [log?.seenShopper, log?.seenStaff],
    addresses,
    preference,
    waiting: outbox.map((letter) => letter.frame.body),
  };
}

async function arrive() {
  const world = new FakeWorld();
  const gateway = new Gateway(world);
  const room = await visit(world);
  await gateway.settle();
  return { world, gateway, room };
}

/** Somebody who comes only now sees the same, and the log is whole and without repeats. */
async function agrees({ world, gateway, room }: Awaited<ReturnType<typeof arrive>>, what: string) {
  await gateway.settle();
  expect(room.state.view.log?.entries, what).toEqual(gateway.log);
  const before = shown(room);
  const socket = world.socket;
  const late = await visit(world);
  expect(world.socket).not.toBe(socket);
  await gateway.settle();
  expect(shown(late), what).toEqual({ ...before, seen: shown(late).seen });
  expect(before.waiting, what).toEqual([]);
  const bodies = gateway.log.flatMap((entry) => entry.cmid ?? []);
  expect(new Set(bodies).size, what).toBe(bodies.length);
}

test("the story as the golden frames tell it is a whole one", async () => {
  const all = await arrive();
  for (const frame of STORY) {
    all.gateway.happens(frame);
    await all.gateway.settle();
  }
  expect(all.world.sockets).toHaveLength(1);
  expect(all.gateway.log.map((entry) => entry.seq)).toEqual([1, 4, 6, 9, 12, 13, 14, 15]);
  await agrees(all, "straight");
});

test("a socket cut at any frame of the story loses nothing and doubles nothing", async () => {
  for (let cut = 0; cut <= STORY.length; cut += 1) {
    const all = await arrive();
    for (const [n, frame] of STORY.entries()) {
      if (n === cut) {
        all.room.write("And in red?");
        all.room.send();
        all.gateway.hears();
        all.gateway.cut();
        // Her message took the next place in the log; what follows would stand elsewhere.
        break;
      }
      all.gateway.happens(frame);
      await all.gateway.settle();
    }
    await agrees(all, `cut before frame ${cut}`);
    const sent = all.gateway.log.filter((entry) => entry.body === "And in red?");
    expect(sent, `cut before frame ${cut}`).toHaveLength(cut === STORY.length ? 0 : 1);
  }
});

/** The same numbers for the same seed, evenly from 0 to 1 (mulberry32). */
function dice(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("any cut, duplicate and reorder of the log's frames ends in the same view", async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const roll = dice(seed);
    const all = await arrive();
    const { gateway } = all;
    const letters = ["And in red?", "Or green?", "Thanks!"];
    for (const frame of STORY) {
      gateway.happens(frame);
      if (roll() < 0.4) continue;
      await all.world.pass(0);
      gateway.hears();
      while (gateway.wire.length > 0) {
        const pick = roll() < 0.3 ? Math.floor(roll() * gateway.wire.length) : 0;
        // What replaces all that was told before is told anew, and in order, or it would say less.
        const kind = gateway.wire[pick]?.t;
        const whole = kind === "addresses" || kind === "staff";
        const at = whole ? gateway.wire.findIndex((frame) => frame.t === kind) : pick;
        const [next] = gateway.wire.splice(at, 1);
        if (!next) break;
        gateway.deliver(next);
        if (roll() < 0.2) gateway.deliver(next);
        if (roll() < 0.1) gateway.cut();
      }
    }
    for (const words of letters) {
      all.room.write(words);
      all.room.send();
      gateway.hears();
      const fate = roll();
      if (fate < 0.5) gateway.cut();
      else if (fate < 0.75) gateway.wire.reverse();
      if (roll() < 0.5) await gateway.settle();
    }
    await agrees(all, `seed ${seed}`);
    const said = gateway.log.filter((entry) => letters.includes(entry.body ?? ""));
    expect(said.map((entry) => entry.body).sort(), `seed ${seed}`).toEqual([...letters].sort());
  }
}, 60_000);

test("a page that slept for an hour wakes to all of it, once", async () => {
  const all = await arrive();
  const { gateway, world, room } = all;
  const half = Math.ceil(STORY.length / 2);
  for (const frame of STORY.slice(0, half)) gateway.happens(frame);
  await gateway.settle();
  room.seeable(false);
  // No timer runs in a page that sleeps, and nothing reaches it.
  for (const frame of STORY.slice(half)) gateway.happens(frame);
  gateway.wire.length = 0;
  world.holdBack(3_600_000);
  room.seeable(true);
  expect(room.state.link.at).not.toBe("live");
  await gateway.settle();
  expect(world.sockets.length).toBeGreaterThan(1);
  await agrees(all, "awake");
});
