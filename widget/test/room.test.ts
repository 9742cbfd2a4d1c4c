import { expect, test } from "vitest";
import type { LoaderSays, PanelSays } from "../loader/bridge";
import { type Keep, keepIn } from "../panel/keep";
import { card, offered } from "../panel/offering";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import {
  arrives,
  CONVERSATION,
  entry,
  FIRST_MESSAGE,
  GAP,
  LEAVES_ADDRESS,
  leaves,
  RESUME_RECOVERED,
  VERA,
  WELCOME,
} from "./golden";
import { FakeWorld } from "./world";

const PAGE: Omit<LoaderSays, "onethread"> = {
  open: true,
  kept: false,
  focus: true,
  leaving: false,
  url: "http://localhost/shoes/blue",
  title: "Blue shoes",
};

function memory(): Keep {
  return keepIn(() => {
    throw new DOMException("storage is refused", "SecurityError");
  });
}

function visit(keep: Keep = memory(), date = 1_000) {
  const world = new FakeWorld();
  const told: Omit<PanelSays, "onethread">[] = [];
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
    drawer: drawerIn(keep, "acme"),
    tell: (says) => told.push(says),
    unreadWords: (n) => `Unread: ${n}`,
    world,
    date: () => date,
    cmid: () => {
      made += 1;
      return `cmid-vera-${made}`;
    },
    zone: "Europe/Berlin",
  });
  room.offers(offered);
  const arrive = async () => {
    await world.pass(0);
    world.socket.open();
    world.socket.hears(WELCOME);
  };
  return { room, world, told, keep, arrive };
}

async function open(part: Parameters<typeof visit> = []) {
  const made = visit(...part);
  made.room.paged(PAGE);
  await made.arrive();
  return made;
}

test("the panel stays silent until it is opened or has a conversation", async () => {
  const { room, world } = visit();
  room.paged({ ...PAGE, open: false });
  await world.pass(60_000);
  expect(world.sockets).toHaveLength(0);
  room.paged({ ...PAGE, open: false, kept: true });
  await world.pass(0);
  expect(world.sockets).toHaveLength(1);
});

test("a new socket is first told where the tab is", async () => {
  const { world } = await open();
  expect(world.socket.said.map((frame) => frame.t)).toEqual(["hello", "tab"]);
  expect(world.socket.said[1]).toEqual({
    t: "tab",
    panel: true,
    visible: true,
    focus: true,
    url: "http://localhost/shoes/blue",
    title: "Blue shoes",
  });
});

test("the tab is told again only when it changed", async () => {
  const { room, world } = await open();
  room.paged({ ...PAGE });
  room.seeable(true);
  expect(world.socket.of("tab")).toHaveLength(1);
  room.paged({ ...PAGE, open: false });
  expect(world.socket.of("tab")[1]).toMatchObject({ panel: false });
});

test("each change of focus, of the tab and of the panel is told once", async () => {
  const { room, world } = await open();
  const told = () => world.socket.of("tab").slice(1);
  room.paged({ ...PAGE, focus: false });
  room.paged(PAGE);
  room.seeable(false);
  room.seeable(true);
  room.paged({ ...PAGE, open: false });
  room.paged(PAGE);
  const here = { panel: true, visible: true, focus: true };
  expect(told().map(({ panel, visible, focus }) => ({ panel, visible, focus }))).toEqual([
    { ...here, focus: false },
    here,
    { ...here, visible: false },
    here,
    { ...here, panel: false },
    here,
  ]);
});

test("the focus in the panel counts even when the page has not noticed", async () => {
  const { room, world } = await open();
  room.paged({ ...PAGE, focus: false });
  expect(world.socket.of("tab").at(-1)).toMatchObject({ focus: false });
  room.focused(true);
  expect(world.socket.of("tab").at(-1)).toMatchObject({ focus: true });
});

test("when the focus leaves the panel, the page is asked where it went", async () => {
  const { room, world, told } = await open();
  room.focused(true);
  told.length = 0;
  room.focused(false);
  expect(told).toEqual([{}]);
  // To the page: nothing has changed. To another window: the page says so, though no event did.
  room.paged(PAGE);
  expect(world.socket.of("tab")).toHaveLength(1);
  room.focused(true);
  room.focused(false);
  room.paged({ ...PAGE, focus: false });
  expect(world.socket.of("tab").at(-1)).toMatchObject({ focus: false });
});

test("a tab that comes back tells anew where it is, though nothing has changed", async () => {
  const { room, world, arrive } = await open();
  room.leave(true);
  room.comeBack();
  await arrive();
  expect(world.sockets).toHaveLength(2);
  expect(world.socket.said.map((frame) => frame.t)).toEqual(["hello", "tab"]);
});

test("a page that was left before it was connected connects when it comes back", async () => {
  const { room, world, told } = visit();
  room.paged(PAGE);
  room.leave(true);
  await world.pass(60_000);
  expect(world.sockets).toHaveLength(0);
  room.comeBack();
  expect(told).toContainEqual({});
  await world.pass(0);
  expect(world.sockets).toHaveLength(1);
});

test("what Vera reads in one tab is read in her other tab too", async () => {
  const { room, world, told } = await open();
  for (const frame of FIRST_MESSAGE.slice(1, 3)) world.socket.hears(frame);
  room.paged({ ...PAGE, open: false });
  world.socket.hears(arrives(entry(4, { prev: 1 })));
  expect(told.at(-1)).toEqual({ unread: 1, words: "Unread: 1" });
  world.socket.hears({ t: "seen", conversation_id: CONVERSATION, side: "shopper", seq: 4 });
  expect(told.at(-1)).toEqual({ unread: 0, words: "" });
  room.paged(PAGE);
  expect(world.socket.of("seen")).toEqual([]);
});

test("what Vera writes while the socket is down goes out after the reconnect, once acked no more", async () => {
  const { room, world, arrive } = await open();
  world.socket.drops();
  room.write("Is the blue one back?");
  room.send();
  expect(room.state.view.outbox).toMatchObject([{ state: "sending" }]);
  await world.pass(500);
  await arrive();
  expect(world.socket.of("send")).toEqual([
    { t: "send", cmid: "cmid-vera-1", body: "Is the blue one back?", attachments: [] },
  ]);
  world.socket.drops();
  await world.pass(1_000);
  await arrive();
  expect(world.socket.of("send")).toHaveLength(1);
  for (const frame of FIRST_MESSAGE.slice(1, 3)) world.socket.hears(frame);
  world.socket.drops();
  await world.pass(2_000);
  await arrive();
  expect(world.socket.of("send")).toHaveLength(0);
});

test("a message that was never acknowledged survives a change of page", async () => {
  const first = await open();
  first.world.socket.drops();
  first.room.write("Is the blue one back?");
  first.room.send();
  first.room.leave(false);
  const second = visit(first.keep);
  second.room.paged({ ...PAGE, open: false });
  await second.arrive();
  expect(second.world.socket.of("send")).toEqual([
    { t: "send", cmid: "cmid-vera-1", body: "Is the blue one back?", attachments: [] },
  ]);
  for (const frame of FIRST_MESSAGE.slice(1, 3)) second.world.socket.hears(frame);
  expect(visit(second.keep).room.state.view.outbox).toEqual([]);
});

test("an old unsent message waits for Vera to say so", async () => {
  const first = await open();
  first.world.socket.drops();
  first.room.write("Are you open now?");
  first.room.send();
  const later = visit(first.keep, 1_000 + 20 * 60_000);
  later.room.paged(PAGE);
  await later.arrive();
  expect(later.room.state.view.outbox).toMatchObject([{ state: "failed" }]);
  expect(later.world.socket.of("send")).toEqual([]);
  later.room.retry("cmid-vera-1");
  expect(later.world.socket.of("send")).toHaveLength(1);
});

test("another shopper's session does not send what the former wrote", async () => {
  const first = await open();
  first.world.socket.drops();
  first.room.write("My order is 1042");
  first.room.send();
  const { room, world } = visit(first.keep);
  room.paged(PAGE);
  await world.pass(0);
  world.socket.open();
  world.socket.hears({ ...WELCOME, shopper_id: "sh2" });
  expect(world.socket.of("send")).toEqual([]);
  expect(room.state.view.outbox).toEqual([]);
});

test("a gap is mended by resuming from the last entry held", async () => {
  const { world, arrive } = await open();
  for (const frame of FIRST_MESSAGE.slice(1)) world.socket.hears(frame);
  const first = world.socket;
  first.hears(GAP[0]);
  expect(first.closed).toBe(true);
  await world.pass(500);
  await arrive();
  expect(world.socket.said[0]).toMatchObject({
    t: "hello",
    resume: { epoch: 7, seq: 4, entry_id: "en4" },
  });
  world.socket.hears({ ...RESUME_RECOVERED[0] });
  world.socket.hears(RESUME_RECOVERED[1]);
});

test("what waited unread is seen when its end has come in sight, not when the panel opens", async () => {
  const { room, world } = visit();
  room.paged({ ...PAGE, open: false, kept: true });
  await world.pass(0);
  world.socket.open();
  for (const frame of FIRST_MESSAGE) world.socket.hears(frame);
  world.socket.hears(arrives(entry(5, { prev: 4 })));
  expect(world.socket.of("seen")).toEqual([]);
  room.paged(PAGE);
  expect(room.state.atEnd).toBe(false);
  expect(world.socket.of("seen")).toEqual([]);
  room.scrolled(true);
  expect(world.socket.of("seen")).toEqual([{ t: "seen", seq: 5 }]);
});

test("seen is said only while the panel is open, the tab visible and the end in sight", async () => {
  const { room, world, told } = await open();
  for (const frame of FIRST_MESSAGE.slice(1, 3)) world.socket.hears(frame);
  room.paged({ ...PAGE, open: false });
  world.socket.hears(arrives(entry(4, { prev: 1 })));
  expect(world.socket.of("seen")).toEqual([]);
  expect(told.at(-1)).toEqual({ unread: 1, words: "Unread: 1" });
  room.seeable(false);
  room.scrolled(false);
  room.paged(PAGE);
  room.seeable(true);
  expect(world.socket.of("seen")).toEqual([]);
  room.scrolled(true);
  expect(world.socket.of("seen")).toEqual([{ t: "seen", seq: 4 }]);
  expect(told.at(-1)).toEqual({ unread: 0, words: "" });
});

test("a conversation is remembered for the next page, and forgotten when it is done", async () => {
  const { world, told } = await open();
  expect(told).toContainEqual({ kept: false });
  for (const frame of FIRST_MESSAGE.slice(1)) world.socket.hears(frame);
  expect(told.findLast((says) => says.kept !== undefined)).toEqual({ kept: true });
  const resolved = { prev: 4, kind: "event", event: "resolved", body: null } as const;
  world.socket.hears(arrives(entry(5, resolved)));
  expect(told.findLast((says) => says.kept !== undefined)).toEqual({ kept: false });
});

test("typing is told at most every three seconds, and its end after five of quiet", async () => {
  const { room, world } = await open();
  for (const text of ["I", "Is", "Is "]) room.write(text);
  await world.pass(2_900);
  room.write("Is t");
  expect(world.socket.of("typing")).toEqual([{ t: "typing", on: true }]);
  await world.pass(200);
  room.write("Is th");
  expect(world.socket.of("typing")).toHaveLength(2);
  await world.pass(5_100);
  expect(world.socket.of("typing").at(-1)).toEqual({ t: "typing", on: false });
});

test("the goodbye is the last frame of the page", async () => {
  const { room, world } = await open();
  room.leave(false);
  room.seeable(false);
  room.write("too late");
  expect(world.socket.said.at(-1)).toEqual({ t: "bye" });
  room.leave(true);
  expect(world.socket.closed).toBe(true);
  room.comeBack();
  await world.pass(0);
  expect(world.sockets).toHaveLength(2);
});

test("earlier entries are asked for once at a time, and not when all are here", async () => {
  const { room, world } = await open();
  world.socket.hears({ ...RESUME_RECOVERED[1], recovered: false });
  room.earlier();
  room.earlier();
  expect(world.socket.of("earlier")).toEqual([
    { t: "earlier", conversation_id: null, before: 6, limit: 50 },
  ]);
  world.socket.hears({ t: "page", conversation_id: "cv1", entries: [entry(4)], complete: true });
  expect(room.state.view.paging).toBe(false);
  room.earlier();
  expect(world.socket.of("earlier")).toHaveLength(1);
});

test("what was said before two threads became one is asked for, in each tab that reads it", async () => {
  const { room, world } = await open();
  world.socket.hears({ ...RESUME_RECOVERED[1], recovered: false });
  const data = { conversation_id: "cv0", number: 2, seq: 7 };
  const author = { side: "system" as const, id: "system", name: "", face: null };
  const last = room.state.view.log?.entries.at(-1)?.seq ?? 0;
  const merged = entry(last + 1, { kind: "event", event: "merged", data, author, prev: last });
  world.socket.hears({ t: "entry", conversation_id: "cv1", entry: merged });
  expect(world.socket.of("earlier")).toEqual([
    { t: "earlier", conversation_id: "cv0", before: 8, limit: 200 },
  ]);
});

test("after twenty seconds without an answer the card is offered, not before", async () => {
  const { room, world } = await open();
  room.write("Is the blue one back?");
  room.send();
  for (const frame of FIRST_MESSAGE.slice(1, 3)) world.socket.hears(frame);
  await world.pass(19_900);
  expect(card(room.state.offer, room.state.view)).toBeNull();
  await world.pass(200);
  expect(card(room.state.offer, room.state.view)).toEqual({ shows: "form", why: "slow" });
  world.socket.hears(arrives(entry(2)));
  expect(card(room.state.offer, room.state.view)).toBeNull();
});

test("leaving a number leads through the code to what happens next", async () => {
  const { room, world } = await open();
  world.socket.hears({ t: "staff", staff: [] });
  world.socket.hears(arrives(entry(1, { author: VERA })));
  expect(card(room.state.offer, room.state.view)).toEqual({ shows: "form", why: "away" });
  room.ask(leaves("+44 7700 900001"));
  expect(world.socket.said.at(-1)).toEqual({
    t: "leave_address",
    channel: "sms",
    value: "+44 7700 900001",
    sentence_id: "sms-v1",
  });
  expect(room.state.asked).toBe("leave_address");
  world.socket.hears(LEAVES_ADDRESS[0]);
  expect(room.state.asked).toBeNull();
  expect(card(room.state.offer, room.state.view)).toMatchObject({ shows: "code" });
  room.ask({ t: "give_code", address_id: "ad1", code: "000000" });
  world.socket.hears(LEAVES_ADDRESS[1]);
  expect(room.state).toMatchObject({ asked: null, view: { refusal: { about: "give_code" } } });
  room.ask({ t: "give_code", address_id: "ad1", code: "123456" });
  expect(room.state.view.refusal).toBeNull();
  world.socket.hears(LEAVES_ADDRESS[2]);
  expect(card(room.state.offer, room.state.view)).toMatchObject({ shows: "settled" });
  room.write("Thanks");
  room.send();
  expect(card(room.state.offer, room.state.view)).toBeNull();
});

test("a form that gets no answer says so, and one without a connection too", async () => {
  const { room, world } = await open();
  room.ask(leaves("+44 7700 900001"));
  await world.pass(12_100);
  expect(room.state).toMatchObject({ asked: null, problem: "noAnswer" });
  room.ask(leaves("+44 7700 900001"));
  world.socket.drops();
  expect(room.state).toMatchObject({ asked: null, problem: "notConnected" });
  room.ask({ t: "give_code", address_id: "ad1", code: "123456" });
  expect(room.state.problem).toBe("notConnected");
});

test("somebody's typing is forgotten by time alone", async () => {
  const { room, world } = await open();
  for (const frame of FIRST_MESSAGE.slice(1, 5)) world.socket.hears(frame);
  expect(room.state.view.typing?.name).toBe("Ada");
  await world.pass(6_100);
  expect(room.state.view.typing).toBeNull();
});

test("what Vera has begun to write is there on the next page, until it is sent", async () => {
  const first = await open();
  first.room.write("Is the blue one");
  const { room } = await open([first.keep]);
  expect(room.state.draft).toBe("Is the blue one");
  room.send();
  expect(visit(first.keep).room.state.draft).toBe("");
});

test("another shopper's session does not see what the former began to write", async () => {
  const { room, world } = await open();
  room.write("My number is");
  world.socket.hears({ ...WELCOME, shopper_id: "somebody else" });
  expect(room.state.draft).toBe("");
});

test("attempts that come to nothing are counted until one holds", async () => {
  const { room, world, arrive } = await open();
  world.luck = [0];
  for (let n = 1; n <= 6; n += 1) {
    world.socket.drops();
    expect(room.state.failures).toBe(n);
    await world.pass(0);
  }
  await arrive();
  expect(room.state.failures).toBe(0);
});
