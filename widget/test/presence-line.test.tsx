// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Colleague, Expected, Welcome } from "../link/protocol.gen";
import { HouseContext } from "../panel/context";
import { Header } from "../panel/Header";
import { keepIn } from "../panel/keep";
import { lasting, whenAnswered } from "../panel/PresenceLine";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import { tongue } from "../panel/words";
import ar from "../panel/words/ar.json";
import de from "../panel/words/de.json";
import en from "../panel/words/en.json";
import { UNTOLD, WELCOME } from "./golden";
import { FakeWorld, joined, noKeep, noLinks } from "./world";

const FRIDAY = new Date(2026, 0, 9, 12, 0).getTime();
const HOUR = 3_600_000;
const NEVER: Expected = { back_at: null, usual_ms: null };
const english = tongue("en", en.panel);

function told(expected: Partial<Expected>, language = english): string {
  // Between the digits and "AM" stands a space that only calendars know.
  return whenAnswered(language, { ...NEVER, ...expected }, FRIDAY).replace(/\u202f/g, " ");
}

describe("while nobody is there", () => {
  test("a store that is closed says when it is back", () => {
    expect(told({ back_at: FRIDAY + 2 * HOUR })).toBe("We are back today at 2:00 PM");
    expect(told({ back_at: FRIDAY + 69 * HOUR })).toBe("We are back on Monday at 9:00 AM");
    expect(told({ back_at: FRIDAY + 21 * HOUR })).toBe("We are back on Saturday at 9:00 AM");
  });

  test("a weekday a week ahead is told by its date", () => {
    const next = new Date(2026, 0, 16, 9, 0).getTime();
    expect(told({ back_at: next })).toBe("We are back on Friday, January 16 at 9:00 AM");
  });

  test("a moment that has passed is promised no more", () => {
    expect(told({ back_at: FRIDAY - 1, usual_ms: 12 * 60_000 })).toBe(
      "Usually answers within 12 min",
    );
    expect(told({ back_at: FRIDAY - 1 })).toBe(en.panel.away);
  });

  test("an open store says how long it usually takes, or keeps to what is certain", () => {
    expect(told({ usual_ms: 12 * 60_000 })).toBe("Usually answers within 12 min");
    expect(told({})).toBe("Nobody is here right now; your message is kept, and we will answer");
  });

  test("it is told in the store's language", async () => {
    const german = tongue("de", de.panel);
    expect(told({ back_at: FRIDAY + 69 * HOUR }, german)).toBe(
      "Wir sind am Montag um 9:00 wieder da",
    );
    const arabic = tongue("ar", ar.panel);
    expect(told({ usual_ms: 12 * 60_000 }, arabic)).toContain("يصل الرد عادةً خلال");
    expect(told({}, arabic)).toBe("لا أحد هنا الآن؛ رسالتك محفوظة وسنجيبك");
  });

  test("every language says all of it with the same values", () => {
    for (const { panel: words } of [de, ar]) {
      for (const key of [
        "away",
        "usually",
        "usuallyHere",
        "usuallyHereMany",
        "backToday",
        "backOn",
      ] as const) {
        const wanted = en.panel[key].match(/\{\w+\}/g) ?? [];
        expect([...(words[key].match(/\{\w+\}/g) ?? [])].sort()).toEqual([...wanted].sort());
      }
    }
  });
});

test.each([
  [1, "1 min"],
  [60_000, "1 min"],
  [60_001, "2 min"],
  [59 * 60_000, "59 min"],
  [59 * 60_000 + 1, "1 hr"],
  [90 * 60_000, "2 hr"],
  [47 * HOUR, "47 hr"],
  [49 * HOUR, "3 days"],
])("%d ms are told as %s, never as less than they are", (ms, words) => {
  expect(lasting(ms, "en")).toBe(words);
});

describe("below the store's name", () => {
  let app: HTMLElement;

  beforeEach(() => {
    vi.useFakeTimers({ now: FRIDAY, toFake: ["Date"] });
    app = document.body.appendChild(document.createElement("div"));
  });

  afterEach(() => {
    render(null, app);
    app.remove();
    vi.useRealTimers();
  });

  async function header(part: Partial<Welcome>) {
    const world = new FakeWorld();
    const room = new Room({
      boot: {
        key: "acme",
        name: "Acme",
        accent: "#2f5d50",
        language: "en",
        greeting: "",
        alone: false,
        origins: [],
        socket: "ws://gateway/ws/shopper",
      },
      ticket: async () => "ticket-0123456789",
      drawer: drawerIn(
        keepIn(() => {
          throw new Error("no storage");
        }),
        "acme",
      ),
      tell: () => {},
      unreadWords: String,
      world,
      date: () => FRIDAY,
      cmid: () => "cmid-vera-1",
      zone: "Europe/Berlin",
    });
    await act(() => {
      render(
        <HouseContext.Provider
          value={{
            room,
            tongue: english,
            name: "Acme",
            greeting: "",
            alone: false,
            key: "acme",
            keep: noKeep,
            links: noLinks,
            join: joined,
            part: () => null,
          }}
        >
          <Header />
        </HouseContext.Provider>,
        app,
      );
    });
    await act(async () => {
      room.paged({ open: true, kept: false, focus: true, leaving: false, url: "", title: "" });
      await world.pass(0);
      world.socket.open();
      world.socket.hears({ ...WELCOME, ...part });
    });
    const line = () => app.querySelector(".who p")?.textContent;
    return { line, hears: (frame: unknown) => act(() => world.socket.hears(frame)) };
  }

  const agents = (...names: string[]): Colleague[] =>
    names.map((name, index) => ({
      agent_id: `ag${index}`,
      name,
      duty: "online",
      connected: true,
      ...UNTOLD,
    }));

  test("stands who is there and how long they usually take", async () => {
    const { line } = await header({ staff: agents("Ada", "Ben") });
    expect(line()).toBe("Usually answers within 12 min · Ada, Ben");
  });

  test("stand three names and a word for the others", async () => {
    const staff = agents("Ada", "Ben", "Cleo", "Dora");
    const { line } = await header({ staff });
    expect(line()).toBe("Usually answers within 12 min · Ada, Ben, Cleo and others");
  });

  test("who is there and too new to tell how long answers soon", async () => {
    const { line } = await header({ staff: agents("Ada"), expected: NEVER });
    expect(line()).toBe("Answers soon · Ada");
  });

  test("it changes when the last agent goes and the store closes", async () => {
    const { line, hears } = await header({ staff: agents("Ada") });
    await hears({ t: "staff", staff: [], expected: { ...NEVER, back_at: FRIDAY + HOUR } });
    expect(line()).toMatch(/^We are back today at 1:00/);
    await hears({ t: "staff", staff: [], expected: NEVER });
    expect(line()).toBe(en.panel.away);
  });
});
