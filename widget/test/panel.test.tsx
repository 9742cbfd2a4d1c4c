// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { App } from "../panel/App";
import { HouseContext } from "../panel/context";
import { keepIn } from "../panel/keep";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import {
  arrives,
  entry,
  FIRST_MESSAGE,
  LEAVES_ADDRESS,
  REFUSED_MESSAGE,
  SYSTEM,
  UNTOLD,
  VERA,
  WELCOME,
} from "./golden";
import { english, FakeWorld, joined, noKeep, noLinks, partsCome } from "./world";

let app: HTMLElement;

// They are fetched on demand; here they came at once.
beforeAll(partsCome);

beforeEach(() => {
  app = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, app);
  app.remove();
});

async function panel(welcome = WELCOME) {
  const world = new FakeWorld();
  const closed: unknown[] = [];
  let made = 2;
  const room = new Room({
    boot: {
      key: "acme",
      name: "Acme",
      accent: "#2f5d50",
      language: "en",
      greeting: "Hi! Ask us anything.",
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
    tell: (says) => says.close && closed.push(says),
    unreadWords: String,
    world,
    date: () => entry(1).at,
    cmid: () => {
      made += 1;
      return `cmid-vera-${made}`;
    },
    zone: "Europe/Berlin",
  });
  const house = {
    room,
    tongue: english,
    name: "Acme",
    greeting: "Hi! Ask us anything.",
    alone: false,
    key: "acme",
    keep: noKeep,
    links: noLinks,
    join: joined,
    part: () => null,
  };
  await act(() => {
    render(
      <HouseContext.Provider value={house}>
        <App />
      </HouseContext.Provider>,
      app,
    );
  });
  await act(async () => {
    room.paged({ open: true, kept: false, focus: true, leaving: false, url: "", title: "" });
    await world.pass(0);
    world.socket.open();
    world.socket.hears(welcome);
  });
  const hears = (...frames: unknown[]) =>
    act(() => {
      for (const frame of frames) world.socket.hears(frame);
    });
  return { room, world, hears, closed };
}

function one<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
  const found = app.querySelector<Kind>(selector);
  if (!found) throw new Error(`nothing matches ${selector} in ${app.innerHTML}`);
  return found;
}

function field(label: string): HTMLInputElement {
  const found = [...app.querySelectorAll("label")].find((each) => each.textContent === label);
  if (!found) throw new Error(`no field ${label}`);
  const inner = found.querySelector("input");
  return inner ?? one<HTMLInputElement>(`[id="${found.htmlFor}"]`);
}

function button(name: string): HTMLButtonElement {
  const found = [...app.querySelectorAll("button")].find(
    (each) => (each.ariaLabel ?? each.getAttribute("aria-label") ?? each.textContent) === name,
  );
  if (!found) throw new Error(`no button ${name} in ${app.innerHTML}`);
  return found;
}

const type = (box: HTMLInputElement | HTMLTextAreaElement, text: string) =>
  act(() => {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
const press = (box: HTMLElement, key: string, part: KeyboardEventInit = {}) =>
  act(() => {
    box.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...part }),
    );
  });
const composer = () => one<HTMLTextAreaElement>("textarea[aria-label='Write a message']");
const log = () => one("[role=log][aria-label=Conversation]");
const submit = () =>
  act(() => {
    one(".card form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });

test("an empty conversation greets, says who is there, and asks for nothing", async () => {
  await panel();
  expect(one("h1").textContent).toBe("Acme support");
  expect(one(".who p").textContent).toBe("Usually answers within 12 min · Ada");
  expect(one(".greeting").textContent).toBe("Hi! Ask us anything.");
  expect(app.querySelectorAll("input:not([hidden])")).toHaveLength(0);
  expect(log().getAttribute("aria-live")).toBe("polite");
});

test("when nobody is there the panel says so and what to do", async () => {
  await panel({ ...WELCOME, staff: [], expected: { back_at: null, usual_ms: null } });
  expect(one(".who p").textContent).toBe(
    "Nobody is here right now; your message is kept, and we will answer",
  );
  expect(one(".greeting .quiet").textContent).toMatch(/leave your number or e-mail/);
});

test("Enter sends, Shift+Enter and a composing input method do not", async () => {
  const { world } = await panel();
  await type(composer(), "Is the blue one back?");
  await press(composer(), "Enter", { shiftKey: true });
  await press(composer(), "Enter", { isComposing: true });
  expect(world.socket.of("send")).toEqual([]);
  await press(composer(), "Enter");
  expect(world.socket.of("send")).toMatchObject([{ body: "Is the blue one back?" }]);
  expect(composer().value).toBe("");
  expect(log().textContent).toContain("Is the blue one back?");
  expect(one(".own .caption").textContent).toContain("Sending…");
});

test("a message too long to be taken cannot be sent", async () => {
  await panel();
  await type(composer(), "😀".repeat(10_000));
  expect(button("Send").disabled).toBe(false);
  await type(composer(), "a".repeat(10_003));
  expect(button("Send").disabled).toBe(true);
  expect(one(".composer .problem").textContent).toBe("That is 3 characters too many.");
});

test("the last own message tells how far it came", async () => {
  const { hears } = await panel();
  await hears(...FIRST_MESSAGE.slice(1, 3));
  expect(one(".own .caption").textContent).toContain("Sent");
  await hears(FIRST_MESSAGE[3]);
  expect(one(".own .caption").textContent).toContain("Seen");
});

test("a refused message says why and can be tried again or removed", async () => {
  const { hears, world } = await panel();
  await type(composer(), "Hello");
  await press(composer(), "Enter");
  await hears(...REFUSED_MESSAGE);
  expect(one(".failure").textContent).toMatch(/^Not sent\. That was a lot at once\./);
  await act(() => button("Try again").click());
  expect(world.socket.of("send").map((frame) => frame.cmid)).toEqual([
    "cmid-vera-3",
    "cmid-vera-3",
  ]);
  await hears(...REFUSED_MESSAGE);
  await act(() => button("Remove").click());
  expect(log().textContent).not.toContain("Hello");
});

test("words that look like markup are shown as words, and links open elsewhere", async () => {
  const { hears } = await panel();
  const body = "<img src=x onerror=alert(1)> https://acme.example/x";
  await hears(arrives(entry(1, { body })));
  expect(app.querySelector("img")).toBeNull();
  expect(one(".bubble[title]").textContent).toBe(body);
  const link = one<HTMLAnchorElement>(".bubble a");
  expect([link.target, link.rel]).toEqual(["_blank", "noopener noreferrer nofollow ugc"]);
});

test("the thread shows where it went by SMS and what came back that way", async () => {
  const { hears } = await panel();
  await hears(
    arrives(entry(1, { body: "Yes!" })),
    arrives(
      entry(2, {
        kind: "event",
        event: "carried",
        data: { channel: "sms", seqs: [1] },
        author: SYSTEM,
        body: null,
      }),
    ),
    arrives(entry(3, { author: VERA, channel: "sms", body: "Perfect, thx" })),
  );
  expect(one(".knot").textContent).toMatch(/^by SMS \d/);
  expect(one(".own .mark").textContent).toBe("SMS");
});

test("Vera leaves her number step by step, and mistakes are told in place", async () => {
  const { hears, world } = await panel({ ...WELCOME, staff: [] });
  expect(app.querySelector(".card")).toBeNull();
  await hears(arrives(entry(1, { author: VERA })));
  expect(one(".card h2").textContent).toBe(
    "Nobody is here right now. We can text or e-mail you the answer.",
  );
  expect(one(".consent").textContent).toBe(WELCOME.sentences[0]?.text);

  await type(field("Mobile number"), "call me");
  await submit();
  expect(one(".card [role=alert]").textContent).toMatch(/does not look like a mobile number/);
  expect(world.socket.of("leave_address")).toEqual([]);

  await type(field("Mobile number"), "+44 7700 900001");
  expect(app.querySelector(".card [role=alert]")).toBeNull();
  await submit();
  expect(world.socket.of("leave_address")).toMatchObject([
    { channel: "sms", value: "+44 7700 900001", sentence_id: "sms-v1" },
  ]);
  expect(button("Text me the answer").disabled).toBe(true);

  await hears(LEAVES_ADDRESS[0]);
  expect(one(".card").textContent).toContain("We texted a code to ••• 01. Type it here, or just");
  await type(field("Code"), "999 999");
  await submit();
  expect(world.socket.of("give_code")).toMatchObject([{ address_id: "ad1", code: "999999" }]);
  await hears(LEAVES_ADDRESS[1]);
  expect(one(".card [role=alert]").textContent).toBe("This is not the code. Please look again.");
  await type(field("Code"), "123456");
  await submit();
  await hears(LEAVES_ADDRESS[2]);
  expect(one(".card").textContent).toBe("We will text ••• 01 when you are away.");
});

test("choosing e-mail asks for a mailbox and shows what is agreed to by mail", async () => {
  const { hears, world } = await panel({ ...WELCOME, staff: [] });
  await hears(arrives(entry(1, { author: VERA })));
  await act(() => one<HTMLInputElement>(".ways label:last-child input").click());
  expect(one(".consent").textContent).toBe(WELCOME.sentences[1]?.text);
  await type(field("E-mail address"), "vera@acme.example");
  await submit();
  expect(world.socket.of("leave_address")).toMatchObject([
    { channel: "email", value: "vera@acme.example", sentence_id: "email-v1" },
  ]);
});

test("not now is taken for an answer, and the way back is in the header", async () => {
  const { hears } = await panel({ ...WELCOME, staff: [] });
  await hears(arrives(entry(1, { author: VERA })));
  await act(() => button("Not now").click());
  expect(app.querySelector(".card")).toBeNull();
  await act(() => button("How we reach you").click());
  expect(field("Mobile number")).toBeTruthy();
  await press(document.body, "Escape");
  expect(composer()).toBeTruthy();
});

test("the draft survives a look at how we reach you", async () => {
  const { hears } = await panel();
  await hears(arrives(entry(1, { author: VERA })));
  await type(composer(), "Half a thou");
  await act(() => button("How we reach you").click());
  await act(() => button("Back to the conversation").click());
  expect(composer().value).toBe("Half a thou");
});

test("the line over the composer tells the truth about the connection", async () => {
  const { room, world } = await panel();
  const line = () => one(".line").textContent;
  expect(line()).toBe("");
  await act(() => world.socket.drops());
  expect(line()).toBe("Reconnecting…");
  await act(() => room.networked(false));
  expect(line()).toMatch(/^You are offline/);
});

test("Escape shuts the panel", async () => {
  const { closed } = await panel();
  await press(document.body, "Escape");
  expect(closed).toEqual([{ close: true }]);
});

test("every control has a name", async () => {
  const { hears } = await panel({ ...WELCOME, staff: [] });
  await hears(arrives(entry(1, { author: VERA })));
  for (const control of app.querySelectorAll("button, input:not([hidden]), textarea")) {
    const label = control.closest("label") ?? app.querySelector(`label[for="${control.id}"]`);
    const name = control.getAttribute("aria-label") ?? label?.textContent ?? control.textContent;
    expect(name?.trim(), control.outerHTML).not.toBe("");
  }
});

test("a message that was refused does not hide that the one before was seen", async () => {
  const { hears, room } = await panel();
  await hears(arrives(entry(1, { author: VERA })), {
    t: "seen",
    conversation_id: "cv1",
    side: "staff",
    seq: 1,
  });
  await act(() => room.write("And in red?"));
  await press(composer(), "Enter");
  await hears({ ...REFUSED_MESSAGE[0], cmid: "cmid-vera-3" });
  expect([...app.querySelectorAll(".own .caption")].map((each) => each.textContent)).toEqual([
    expect.stringMatching(/Seen$/),
    "",
  ]);
});

test("who answered has a face at their words, told once to who cannot see it", async () => {
  const { hears } = await panel();
  await hears(arrives(entry(1)));
  const by = one(".caption .by");
  expect(by.textContent).toBe("AAda");
  expect(one(".caption .face").getAttribute("aria-hidden")).toBe("true");
  expect(app.querySelector(".face img")).toBeNull();
});

test("a picture covers the initials, which stay behind it", async () => {
  const { hears } = await panel();
  const ada = { side: "staff", id: "ag1", name: "Ada", face: "/faces/0a1b" } as const;
  await hears(arrives(entry(1, { author: ada })), {
    t: "staff",
    staff: [
      { ...UNTOLD, agent_id: "ag1", name: "Ada", duty: "online", connected: true, face: ada.face },
    ],
    expected: { back_at: null, usual_ms: null },
  });
  for (const place of ["header .face", ".caption .face"]) {
    expect(one(place).textContent).toBe("A");
    expect(one(`${place} img`).getAttribute("src")).toBe("/faces/0a1b");
    expect(one(`${place} img`).getAttribute("alt")).toBe("");
  }
});

test("a network that lets nothing through is told apart from a hiccup", async () => {
  const { world } = await panel();
  const line = () => one(".line").textContent;
  await act(async () => world.socket.drops());
  expect(line()).toBe("Reconnecting…");
  for (let n = 0; n < 5; n += 1) {
    await act(async () => {
      await world.pass(16_000);
      world.socket.drops();
    });
  }
  expect(line()).toMatch(/sign in first\? What you write is kept\./);
});

test("the sheet has the sound too, and it stays as it was put", async () => {
  const { room } = await panel();
  await act(() => room.showReach(true));
  const box = field("Sound when an answer comes");
  expect(box.checked).toBe(true);
  await act(() => box.click());
  expect(room.state.mute).toBe(true);
});

test("what Vera wrote before she signed in stands in the thread as soon as it is there", async () => {
  const { hears } = await panel();
  const data = { conversation_id: "cv0", number: 2, seq: 2 };
  await hears(
    arrives(entry(1, { author: VERA, body: "From my laptop: is it back?" })),
    arrives(entry(2, { kind: "event", event: "merged", author: SYSTEM, data, prev: 1 })),
  );
  const said = entry(2, { author: VERA, body: "From my phone: still there?", prev: 0 });
  await hears({ t: "page", conversation_id: "cv0", entries: [said], complete: true });
  expect(log().textContent).toContain("From my phone: still there?");
});
