import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { initials } from "../../widget/link/initials";
import type { Colleague } from "../../widget/link/protocol.gen";
import { type Around, nameOf, worth } from "../src/together/attention";
import { standing, until } from "../src/together/duty";
import { hue } from "../src/together/face";
import { watchIdle } from "../src/together/idle";
import { oneTab } from "../src/together/one-tab";
import { matching, NOBODY } from "../src/together/people";
import { keptWishes } from "../src/together/wishes";
import { MINUTE, NOON, row } from "./scene";

const ADA: Colleague = {
  agent_id: "ada",
  name: "Ada Moreau",
  duty: "online",
  connected: true,
  face: null,
  until: null,
  by_schedule: false,
};
const BO: Colleague = { ...ADA, agent_id: "bo", name: "Bo Lind-Östberg", duty: "away" };
const CY: Colleague = { ...ADA, agent_id: "cy", name: "Cy O'Neil" };
const DI: Colleague = { ...ADA, agent_id: "di", name: "Di Bo", connected: false };

describe("whom a conversation can be given to", () => {
  const ids = (asked: string, assignee: string | null) =>
    matching(asked, ADA, [DI, BO, CY], assignee).map((whom) =>
      whom === NOBODY ? NOBODY : whom.agent_id,
    );
  test("Ada stands first, then who is online, away, and not here", () => {
    expect(ids("", null)).toEqual(["ada", "cy", "bo", "di"]);
  });
  test("whoever has it is left out, and nobody may have it", () => {
    expect(ids("", "cy")).toEqual(["ada", "bo", "di", NOBODY]);
  });
  test("any word of a name finds it, with or without its marks", () => {
    expect(ids("ost", null)).toEqual(["bo"]);
    expect(ids("bo", null)).toEqual(["bo", "di"]);
    expect(ids("nei cy", null)).toEqual(["cy"]);
    expect(ids("zz", null)).toEqual([]);
  });
});

describe("how long a duty is picked for", () => {
  const at = (text: string) => new Date(text).getTime();
  test("an hour is an hour, and for good has no end", () => {
    expect(until("hour", NOON)).toBe(NOON + 60 * MINUTE);
    expect(until("on", NOON)).toBeNull();
  });
  test("tomorrow begins in the morning, also for whoever works past midnight", () => {
    expect(until("tomorrow", at("2026-05-12T17:00"))).toBe(at("2026-05-13T06:00"));
    expect(until("tomorrow", at("2026-05-13T00:30"))).toBe(at("2026-05-13T06:00"));
    expect(until("tomorrow", at("2026-05-13T05:00"))).toBe(at("2026-05-14T06:00"));
  });
  test("a colleague's state is told with its end, and one who is not here is just that", () => {
    expect(standing(BO, NOON)).toBe("Away");
    expect(standing({ ...BO, until: NOON + MINUTE }, NOON)).toMatch(/^Away until \d/);
    expect(standing({ ...DI, until: NOON }, NOON)).toBe("Not here");
  });
});

test("initials stand for any name, on a colour that stays", () => {
  expect(initials("Ada Moreau")).toBe("AM");
  expect(initials("佐藤")).toBe("佐");
  expect(initials("  ")).toBe("");
  expect(hue("ada")).toBe(hue("ada"));
  expect(new Set(["06ga1", "06ga2", "06ga3", "06ga4"].map(hue)).size).toBe(4);
});

describe("what is worth a word outside the window", () => {
  const around: Around = { self: "ada", duty: "online", inSight: null, now: NOON };
  const old = row({ conversation_id: "c1", unread: 1 });
  const more = { ...old, unread: 2 };

  test("a shopper wrote to Ada, or to nobody yet", () => {
    expect(worth(old, more, around)?.why).toBe("message");
    expect(worth(old, { ...more, assignee_id: "ada" }, { ...around })?.why).toBe("yours");
    const mine = { ...old, assignee_id: "ada" };
    expect(worth(mine, { ...mine, unread: 2 }, around)?.why).toBe("message");
  });
  test("what is a colleague's, or has only been read, is none of it", () => {
    const bos = { ...old, assignee_id: "bo" };
    expect(worth(bos, { ...bos, unread: 2 }, around)).toBeNull();
    expect(worth(more, old, around)).toBeNull();
    expect(worth(old, { ...old, presence: "reading" }, around)).toBeNull();
  });
  test("nothing is said of what Ada looks at, nor while she is not to be disturbed", () => {
    expect(worth(old, more, { ...around, inSight: "c1" })).toBeNull();
    expect(worth(old, more, { ...around, duty: "do_not_disturb" })).toBeNull();
    expect(worth(old, more, { ...around, duty: "away" })?.why).toBe("message");
  });
  test("a row that was not known is news only when it is young", () => {
    expect(worth(null, more, { ...around, now: NOON + MINUTE / 2 })?.why).toBe("message");
    expect(worth(null, more, { ...around, now: NOON + 2 * MINUTE })).toBeNull();
  });
  test("a note that names Ada is, once, whoever has the conversation", () => {
    const bos = { ...old, assignee_id: "bo" };
    const named = { ...bos, mentions: [{ agent_id: "ada", place: "p1", seen: false }] };
    expect(worth(bos, named, around)?.why).toBe("mention");
    expect(worth(named, { ...named, unread: 2 }, around)).toBeNull();
    const again = { ...bos, mentions: [{ agent_id: "ada", place: "p2", seen: false }] };
    expect(worth(named, again, around)?.why).toBe("mention");
  });
});

describe("of several tabs one speaks", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** The locks of one browser: a name is free or somebody's. */
  function browsersLocks(): LockManager {
    const held = new Set<string>();
    const request = async (
      name: string,
      _: LockOptions,
      then: (lock: Lock | null) => Promise<void> | undefined,
    ) => {
      if (held.has(name)) return then(null);
      held.add(name);
      await then({ name, mode: "exclusive" });
      held.delete(name);
    };
    return { request } as unknown as LockManager;
  }
  const news = nameOf({ why: "message", row: row({ conversation_id: "c1" }) });

  test("whichever is first, however late the others hear of it, and each time anew", () => {
    const locks = browsersLocks();
    const said: string[] = [];
    const tabs = ["one", "two", "three"].map((name) => ({ name, tab: oneTab("ada", locks) }));
    for (const { name, tab } of tabs) {
      tab.once(news, () => said.push(name));
      vi.advanceTimersByTime(10_000);
    }
    expect(said).toEqual(["one"]);
    for (const { name, tab } of tabs.reverse()) tab.once("another", () => said.push(name));
    vi.advanceTimersByTime(1_000);
    expect(said).toEqual(["one", "three"]);
  });
  test("what one of them has before Ada's eyes, none of the others tells", () => {
    const locks = browsersLocks();
    const said: string[] = [];
    const [seen, hidden] = [oneTab("ada", locks), oneTab("ada", locks)];
    hidden.once(news, () => said.push("hidden first"));
    seen.hush(news);
    vi.advanceTimersByTime(1_000);
    seen.hush("another");
    hidden.once("another", () => said.push("hidden after"));
    vi.advanceTimersByTime(1_000);
    expect(said).toEqual([]);
  });
  test("a tab that is left says nothing any more", () => {
    const said: string[] = [];
    const tab = oneTab("ada", browsersLocks());
    tab.once(news, () => said.push("left"));
    tab.stop();
    vi.advanceTimersByTime(1_000);
    expect(said).toEqual([]);
  });
  test("without locks the one that can be seen speaks", () => {
    const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    const said: string[] = [];
    const tab = () => oneTab("ada", undefined);
    tab().once(news, () => said.push("hidden"));
    seen.mockReturnValue("visible");
    tab().once(news, () => said.push("visible"));
    seen.mockRestore();
    expect(said).toEqual(["visible"]);
  });
});

describe("idle hands", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const watch = (minutes: number, idle: () => boolean) =>
    watchIdle({ minutes: () => minutes, idle, name: "touched", shelf: localStorage });

  test("nothing happens by itself unless Ada wished so", () => {
    const idle = vi.fn(() => true);
    const stop = watch(0, idle);
    vi.advanceTimersByTime(10 * 60 * MINUTE);
    expect(idle).not.toHaveBeenCalled();
    stop();
  });
  test("after so many minutes once, and again only after she came back", () => {
    const idle = vi.fn(() => true);
    const stop = watch(15, idle);
    vi.advanceTimersByTime(14 * MINUTE);
    dispatchEvent(new Event("keydown"));
    vi.advanceTimersByTime(14 * MINUTE);
    expect(idle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60 * MINUTE);
    expect(idle).toHaveBeenCalledTimes(1);
    dispatchEvent(new Event("keydown"));
    vi.advanceTimersByTime(16 * MINUTE);
    expect(idle).toHaveBeenCalledTimes(2);
    stop();
  });
  test("what could not be said is tried again", () => {
    const idle = vi.fn(() => idle.mock.calls.length > 2);
    const stop = watch(15, idle);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(idle).toHaveBeenCalledTimes(3);
    stop();
  });
  test("a hand in another tab is hers as well", () => {
    const idle = vi.fn(() => true);
    const stop = watch(15, idle);
    vi.advanceTimersByTime(14 * MINUTE);
    localStorage.setItem("touched", String(Date.now()));
    vi.advanceTimersByTime(14 * MINUTE);
    expect(idle).not.toHaveBeenCalled();
    stop();
  });
});

test("what Ada wants here is kept here, and Bo has his own", () => {
  localStorage.clear();
  keptWishes("ada", localStorage).keep({ sound: true });
  expect(keptWishes("ada", localStorage).now.value).toMatchObject({ sound: true, notify: false });
  expect(keptWishes("bo", localStorage).now.value.sound).toBe(false);
  localStorage.setItem("onethread.attention.bo", "{");
  expect(keptWishes("bo", localStorage).now.value.sound).toBe(false);
});
