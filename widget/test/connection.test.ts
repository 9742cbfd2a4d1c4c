import { expect, test } from "vitest";
import { Connection, type ConnectionState, Refused } from "../link/connection";
import type { ShopperHears, ShopperSays } from "../link/protocol.gen";
import { WELCOME } from "./golden";
import { FakeWorld } from "./world";

function connect(part: { ticket?: () => Promise<string> } = {}) {
  const world = new FakeWorld();
  const heard: string[] = [];
  const states: ConnectionState[] = [];
  let tickets = 0;
  const connection = new Connection<ShopperSays, ShopperHears>({
    url: "ws://gateway/ws/shopper",
    ticket:
      part.ticket ??
      (async () => {
        tickets += 1;
        return `ticket-${tickets}-0123456789`;
      }),
    hello: (ticket) => ({ t: "hello", ticket, resume: null, zone: null }),
    heard: (frame) => heard.push(frame.t),
    changed: (state) => states.push(state),
    world,
  });
  return { world, connection, heard, states };
}

async function live(part: Parameters<typeof connect>[0] = {}) {
  const made = connect(part);
  made.connection.start();
  await made.world.pass(0);
  made.world.socket.open();
  made.world.socket.hears(WELCOME);
  return made;
}

test("the first frame is a hello with a ticket, and the welcome makes it live", async () => {
  const { world, connection, heard, states } = await live();
  expect(world.socket.url).toBe("ws://gateway/ws/shopper");
  expect(world.socket.said).toEqual([
    { t: "hello", ticket: "ticket-1-0123456789", resume: null, zone: null },
  ]);
  expect(connection.state.at).toBe("live");
  expect(heard).toEqual(["welcome"]);
  expect(states.map((state) => state.at)).toEqual(["connecting", "live"]);
});

test("a ping is answered at once with the same number and goes no further", async () => {
  const { world, heard } = await live();
  world.socket.hears({ t: "ping", n: 41, at: 1_767_960_000_000 });
  expect(world.socket.said.at(-1)).toEqual({ t: "pong", n: 41 });
  expect(heard).toEqual(["welcome"]);
});

test("a tab in the background, whose timers the browser holds back, still answers", async () => {
  const { world, connection } = await live();
  for (let n = 1; n <= 90; n += 1) {
    world.holdBack(20_000);
    world.socket.hears({ t: "ping", n, at: 1_767_960_000_000 });
    expect(world.socket.said.at(-1)).toEqual({ t: "pong", n });
  }
  // Timers come again, long after they were due: what was heard meanwhile counts.
  await world.pass(0);
  expect(connection.state.at).toBe("live");
  expect(world.sockets).toHaveLength(1);
});

test("a tab that was frozen notices when it thaws, and comes back", async () => {
  const { world, connection } = await live();
  world.holdBack(600_000);
  connection.wake();
  expect(connection.state.at).toBe("waiting");
  expect(world.socket.closed).toBe(true);
  await world.pass(500);
  expect(world.sockets).toHaveLength(2);
});

test("nothing is sent before the welcome, and the caller is told so", async () => {
  const { world, connection } = connect();
  connection.start();
  await world.pass(0);
  world.socket.open();
  expect(connection.send({ t: "bye" })).toBe(false);
  world.socket.hears(WELCOME);
  expect(connection.send({ t: "bye" })).toBe(true);
  expect(world.socket.said.at(-1)).toEqual({ t: "bye" });
});

test("a dropped socket is followed by another with a fresh ticket", async () => {
  const { world, connection } = await live();
  world.socket.drops();
  expect(connection.state).toEqual({ at: "waiting", until: 1_125, failures: 1 });
  await world.pass(125);
  world.socket.open();
  expect(world.sockets).toHaveLength(2);
  expect(world.socket.said[0]).toMatchObject({ t: "hello", ticket: "ticket-2-0123456789" });
});

test("waits double up to a quarter of a minute, each drawn evenly from nothing to the whole", async () => {
  const { world, connection, states } = await live();
  world.luck = [1 - 1e-9];
  const waits: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const before = world.now();
    world.socket.drops();
    const state = states.at(-1);
    if (state?.at !== "waiting") throw new Error("not waiting");
    waits.push(Math.round(state.until - before));
    await world.pass(state.until - before);
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  world.luck = [0];
  world.socket.drops();
  expect(connection.state).toEqual({ at: "waiting", until: world.now(), failures: 10 });
});

test("a socket that lived for a while makes the next wait short again", async () => {
  const { world, connection } = await live();
  world.luck = [0.999];
  for (let round = 0; round < 5; round += 1) {
    world.socket.drops();
    await world.pass(15_000);
  }
  world.socket.open();
  world.socket.hears(WELCOME);
  await world.pass(6_000);
  world.socket.drops();
  const state = connection.state;
  expect(state.at === "waiting" && state.until - world.now()).toBeLessThanOrEqual(250);
});

test("silence for two and a half heartbeats closes the socket and tries another", async () => {
  const { world, connection } = await live();
  const first = world.socket;
  await world.pass(49_000);
  first.hears({ t: "ping", n: 1, at: 1_767_960_000_000 });
  await world.pass(49_900);
  expect(connection.state.at).toBe("live");
  await world.pass(200);
  expect(first.closed).toBe(true);
  expect(connection.state.at).toBe("waiting");
});

test("what an abandoned socket still says is not heard", async () => {
  const { world, heard } = await live();
  const first = world.socket;
  first.drops();
  await world.pass(500);
  first.hears({ t: "typing" });
  expect(heard).toEqual(["welcome"]);
});

test("a drain moves the client at a moment of its own, while it stays live", async () => {
  const { world, connection } = await live();
  world.luck = [0.25];
  const first = world.socket;
  first.hears({ t: "drain", after_ms: 2_000 });
  await world.pass(1_400);
  expect(connection.state.at).toBe("live");
  expect(first.closed).toBe(false);
  await world.pass(200);
  expect(first.closed).toBe(true);
  expect(world.sockets).toHaveLength(2);
});

test("a node that closes while it drains is not asked again before the time it named", async () => {
  const { world, connection } = await live();
  world.luck = [0.5];
  world.socket.hears({ t: "drain", after_ms: 4_000 });
  await world.pass(10);
  world.socket.drops();
  expect(connection.state).toEqual({ at: "waiting", until: 5_000, failures: 1 });
});

test("a ticket that is not given is asked for again", async () => {
  let asked = 0;
  const { world, connection } = connect({
    ticket: async () => {
      asked += 1;
      if (asked < 3) throw new Error("503");
      return "ticket-0123456789";
    },
  });
  connection.start();
  await world.pass(2_000);
  expect(asked).toBe(3);
  expect(world.sockets).toHaveLength(1);
});

test("a refusal for good stops everything until somebody starts it", async () => {
  const { world, connection } = connect({
    ticket: async () => {
      throw new Refused("not for this store");
    },
  });
  connection.start();
  await world.pass(60_000);
  expect(connection.state).toEqual({ at: "stopped", why: "not for this store" });
  expect(world.sockets).toHaveLength(0);
});

test("a gateway that never welcomes is given up after ten seconds", async () => {
  const { world, connection } = connect();
  connection.start();
  await world.pass(0);
  world.socket.open();
  await world.pass(9_900);
  expect(connection.state.at).toBe("connecting");
  await world.pass(200);
  expect(connection.state.at).toBe("waiting");
});

test("waking ends a wait at once", async () => {
  const { world, connection } = await live();
  world.luck = [0.999];
  for (let round = 0; round < 6; round += 1) {
    world.socket.drops();
    await world.pass(8_000);
  }
  world.socket.drops();
  const sockets = world.sockets.length;
  connection.wake();
  await world.pass(0);
  expect(world.sockets).toHaveLength(sockets + 1);
});

test("what is not our wire is a reason to reconnect, not to raise", async () => {
  const { world, connection } = await live();
  world.socket.hearsText("<html>captive portal</html>");
  expect(connection.state.at).toBe("waiting");
});

test("stopping closes the socket and nothing follows", async () => {
  const { world, connection } = await live();
  connection.stop();
  await world.pass(120_000);
  expect(world.sockets).toHaveLength(1);
  expect(world.socket.closed).toBe(true);
  expect(connection.state).toEqual({ at: "stopped", why: null });
});
