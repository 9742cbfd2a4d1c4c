/** One sound for a person: the tab asks, and makes it only when the gateway says that it is this one. */

import { expect, test } from "vitest";
import type { Bell } from "../panel/around";
import { keepIn } from "../panel/keep";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import { arrives, entry, RESUME_RECOVERED, SYSTEM, VERA, WELCOME } from "./golden";
import { FakeWorld, noKeep } from "./world";

const SHUT = { open: false, kept: true, focus: false, leaving: false, url: "", title: "" };

async function shop({ able = true, keep = noKeep, key = `ring${Math.random()}` } = {}) {
  const world = new FakeWorld();
  let rung = 0;
  const bell: Bell = {
    able: () => able,
    ring: () => {
      rung += 1;
    },
  };
  const room = new Room({
    boot: {
      key,
      name: "Acme support",
      accent: "#2f5d50",
      language: "en",
      greeting: "",
      alone: false,
      origins: [],
      socket: "ws://gateway/ws/shopper",
    },
    ticket: async () => "ticket-0123456789",
    drawer: drawerIn(keep, key),
    tell: () => undefined,
    unreadWords: String,
    world,
    date: () => 1_000,
    cmid: () => "cmid-vera-1",
    bell,
    zone: null,
  });
  room.paged(SHUT);
  await world.pass(0);
  world.socket.open();
  world.socket.hears({ ...WELCOME, conversation_id: "cv1" });
  world.socket.hears({ ...RESUME_RECOVERED[1], recovered: false });
  const asked = () => world.socket.of("ring").map((frame) => frame.seq);
  return { world, room, asked, rung: () => rung };
}

const next = (seq: number, part = {}) =>
  arrives(entry(seq, { prev: seq === 10 ? 9 : seq - 1, ...part }));

test("what was there when the page opened is no news", async () => {
  const { asked } = await shop();
  expect(asked()).toEqual([]);
});

test("an answer that comes while she is elsewhere rings where the gateway lets it", async () => {
  const { world, asked, rung } = await shop();
  world.socket.hears(next(10));
  expect(asked()).toEqual([10]);
  expect(rung()).toBe(0);
  world.socket.hears({ t: "ring", seq: 10 });
  expect(rung()).toBe(1);
  // The same entry once more is no second answer.
  world.socket.hears(next(10));
  expect(asked()).toEqual([10]);
});

test("what she reads as it comes, what she wrote and what nobody wrote is silent", async () => {
  const { world, room, asked } = await shop();
  world.socket.hears(next(10, { author: VERA }));
  world.socket.hears(next(11, { kind: "event", event: "resolved", author: SYSTEM, body: null }));
  room.paged({ ...SHUT, open: true, focus: true });
  room.scrolled(true);
  world.socket.hears(next(12));
  expect(asked()).toEqual([]);
});

test("an answer that came while the line was down rings when it is back", async () => {
  const { world, asked } = await shop();
  world.socket.drops();
  await world.pass(16_000);
  world.socket.open();
  world.socket.hears({ ...WELCOME, conversation_id: "cv1" });
  world.socket.hears({ ...RESUME_RECOVERED[1], entries: [entry(10, { prev: 9 })] });
  expect(asked()).toEqual([10]);
});

test("a tab that cannot sound asks for nothing, and leaves it to one that can", async () => {
  const { world, asked } = await shop({ able: false });
  world.socket.hears(next(10));
  expect(asked()).toEqual([]);
});

test("silence is kept over a change of page", async () => {
  const held = new Map<string, string>();
  const storage = {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => void held.set(name, value),
    removeItem: (name: string) => void held.delete(name),
  } as unknown as Storage;
  const here = { keep: keepIn(() => storage), key: "acme" };
  const first = await shop(here);
  first.room.silence(true);
  const { world, room, asked } = await shop(here);
  expect(room.state.mute).toBe(true);
  world.socket.hears(next(10));
  expect(asked()).toEqual([]);
  room.silence(false);
  expect(held.size).toBe(0);
});
