// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import catalogue from "../../gateway/services/words/en.json";
import type { AddressFact, Forms, Question, RatingAsked } from "../link/protocol.gen";
import { App } from "../panel/App";
import { HouseContext } from "../panel/context";
import { keepIn } from "../panel/keep";
import { forming } from "../panel/parts";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import { arrives, entry, SYSTEM, VERA, WELCOME } from "./golden";
import { english, FakeWorld, joined, noKeep, noLinks, partsCome } from "./world";

const NONE: Forms = {
  t: "forms",
  before: true,
  offline: false,
  questions: [],
  rating: null,
  transcript: null,
  words: catalogue.forms,
};
const ORDER: Question = {
  id: "order",
  kind: "text",
  ask: "Which order is it?",
  needed: false,
  choices: [],
};
const TOPIC: Question = {
  id: "topic",
  kind: "choice",
  ask: "What is it about?",
  needed: true,
  choices: ["Returns", "Other"],
};
const MAIL: Question = { ...ORDER, id: "mail", kind: "email", ask: "Where can we write to?" };
const RATING: RatingAsked = { seq: 4, steps: 5, comment: true, score: null, said: "" };
const SENTENCE = {
  id: "email.support.en.1",
  channel: "email",
  text: "Acme may e-mail me answers.",
  prefixes: [],
  home: true,
} as const;
const MAILBOX: AddressFact = {
  address_id: "ad2",
  channel: "email",
  value: "v•••@shopper.example",
  proven: false,
  consented: true,
  stopped: false,
  failed: null,
  failed_at: null,
  proven_at: null,
  code_sent: false,
  sentence: null,
  consented_at: null,
};
const CLOSED = {
  ...WELCOME,
  staff: [],
  sentences: [SENTENCE],
  expected: { back_at: 1_763_800_000_000, usual_ms: null },
};
const HELLO = arrives(entry(1, { author: VERA, body: "Is the blue one back?" }));
const TAKEN = {
  t: "ack",
  cmid: "cmid-vera-1",
  conversation_id: "cv1",
  entry_id: "en1",
  seq: 1,
  at: 1_763_719_260_000,
  dup: false,
};
const REFUSED = {
  t: "error",
  code: "bad_input",
  message: "this does not look like an e-mail address",
  about: "leave_address",
  cmid: null,
};
const DONE = arrives(entry(2, { kind: "event", event: "resolved", author: SYSTEM, body: null }));

let app: HTMLElement;

beforeAll(async () => {
  await partsCome();
  await forming.load();
});

beforeEach(() => {
  app = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, app);
  app.remove();
});

async function panel(welcome: object, ...frames: unknown[]) {
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
    } as never,
    ticket: async () => "ticket-0123456789",
    drawer: drawerIn(
      keepIn(() => {
        throw new Error("no storage");
      }),
      "acme",
    ),
    tell: () => undefined,
    unreadWords: String,
    world,
    date: () => 1_000,
    cmid: () => "cmid-vera-1",
    zone: "Europe/Berlin",
  });
  const house = {
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
  const hears = async (...more: unknown[]) => {
    for (const frame of more) await act(() => world.socket.hears(frame));
  };
  await hears(...frames);
  return { room, world, hears };
}

function one<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
  const found = app.querySelector<Kind>(selector);
  if (!found) throw new Error(`nothing matches ${selector} in ${app.innerHTML}`);
  return found;
}

function labelled<Kind extends HTMLElement = HTMLInputElement>(words: string): Kind {
  const label = [...app.querySelectorAll("label")].find((each) =>
    each.textContent?.includes(words),
  );
  const control = label?.querySelector("input, textarea") ?? (label as HTMLLabelElement)?.control;
  if (!control) throw new Error(`nothing is called ${words} in ${app.innerHTML}`);
  return control as Kind;
}

function button(words: string): HTMLButtonElement {
  const found = [...app.querySelectorAll("button")].find((each) => each.textContent === words);
  if (!found) throw new Error(`no button ${words} in ${app.innerHTML}`);
  return found;
}

const press = (words: string) => act(() => button(words).click());

const types = (words: string, text: string) =>
  act(() => {
    const control = labelled(words);
    control.value = text;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });

const picks = (words: string) => act(() => labelled(words).click());

const submits = () =>
  act(() => {
    one<HTMLFormElement>("form.asks").dispatchEvent(
      new Event("submit", { bubbles: true, cancelable: true }),
    );
  });

/** The composer, unless the style of what is held keeps it from sight. */
const composer = () => app.querySelector(".panel:not(:has(.holds)) .composer");

describe("before the first message", () => {
  test("a store without forms asks nothing", async () => {
    await panel(WELCOME);
    expect(app.querySelector(".asks")).toBeNull();
    expect(composer()).not.toBeNull();
  });

  test("a question stands in the conversation and hinders nobody who just writes", async () => {
    const { world } = await panel(WELCOME, { ...NONE, questions: [ORDER] });
    expect(composer()).not.toBeNull();
    await types(ORDER.ask, " A-1042 ");
    await submits();
    expect(world.socket.of("answer")).toEqual([
      { t: "answer", question: "order", value: "A-1042" },
    ]);
  });

  test("one that may be skipped is, and the next one comes", async () => {
    const { world, hears } = await panel(WELCOME, { ...NONE, questions: [ORDER, TOPIC] });
    expect(app.textContent).not.toContain(TOPIC.ask);
    await press("Skip");
    expect(world.socket.of("answer")).toEqual([{ t: "answer", question: "order", value: null }]);
    await hears({ ...NONE, questions: [TOPIC] });
    expect(one("legend").textContent).toBe(TOPIC.ask);
  });

  test("one that is needed keeps the composer back until it is answered", async () => {
    const { world, hears } = await panel(WELCOME, { ...NONE, questions: [TOPIC] });
    expect(composer()).toBeNull();
    expect([...app.querySelectorAll("button")].map((each) => each.textContent)).not.toContain(
      "Skip",
    );
    await submits();
    expect(one("[role=alert]").textContent).toBe("Please pick one.");
    await picks("Returns");
    expect(app.querySelector("[role=alert]")).toBeNull();
    await submits();
    expect(world.socket.of("answer")[0]).toMatchObject({ value: "Returns" });
    await hears(NONE);
    expect(composer()).not.toBeNull();
  });

  test("who was at the composer is at the question that holds it, and then back", async () => {
    const { hears } = await panel(WELCOME);
    const textarea = one(".composer textarea");
    await act(() => textarea.focus());
    await hears({ ...NONE, questions: [TOPIC] });
    await act(async () => undefined);
    expect(document.activeElement).toBe(labelled("Returns"));
    await hears(NONE);
    expect(document.activeElement).toBe(textarea);
  });

  test("what the gateway refuses is said beside the field, and what was typed stays", async () => {
    const { hears } = await panel(WELCOME, { ...NONE, questions: [ORDER] });
    await types(ORDER.ask, "A-1042");
    await submits();
    expect(button("Next").disabled).toBe(true);
    await hears({
      t: "error",
      code: "too_many",
      message: "these are too many answers at once; try again later",
      about: "answer",
      cmid: null,
    });
    expect(one("[role=alert]").textContent).not.toBe("");
    expect(labelled(ORDER.ask).value).toBe("A-1042");
    expect(button("Next").disabled).toBe(false);
  });

  test("an address is asked for only once there is something to answer", async () => {
    const { hears, world } = await panel(
      { ...WELCOME, sentences: [SENTENCE] },
      { ...NONE, questions: [MAIL] },
    );
    expect(app.textContent).not.toContain(MAIL.ask);
    await hears(HELLO);
    expect(one(".asks h2").textContent).toBe(MAIL.ask);
    expect(app.textContent).toContain(SENTENCE.text);
    await types("E-mail address", "vera@shopper.example");
    await act(() => {
      one<HTMLFormElement>(".asks form").dispatchEvent(
        new Event("submit", { bubbles: true, cancelable: true }),
      );
    });
    expect(world.socket.of("leave_address")[0]).toMatchObject({
      channel: "email",
      value: "vera@shopper.example",
      sentence_id: SENTENCE.id,
    });
  });
});

test("questions for later wait until she has written", async () => {
  const later = { ...NONE, before: false, questions: [TOPIC] };
  const { hears } = await panel(WELCOME, later);
  expect(composer()).not.toBeNull();
  expect(app.querySelector(".asks")).toBeNull();
  await hears(HELLO);
  expect(one("legend").textContent).toBe(TOPIC.ask);
  expect(composer()).not.toBeNull();
});

describe("when the store is shut", () => {
  const offline = { ...NONE, offline: true };
  const leaves = () =>
    act(() => {
      one<HTMLFormElement>(".asks form").dispatchEvent(
        new Event("submit", { bubbles: true, cancelable: true }),
      );
    });

  test("the message and the address go as they always do, the message first", async () => {
    const { world, hears } = await panel(CLOSED, offline);
    expect(composer()).toBeNull();
    await types("Your question", "Is the blue one back?");
    await types("E-mail address", "vera@shopper.example");
    await leaves();
    const said = world.socket.said.map((frame) => frame.t);
    expect(said.indexOf("send")).toBeLessThan(said.indexOf("leave_address"));
    expect(world.socket.of("send")[0]).toMatchObject({ body: "Is the blue one back?" });
    await hears(HELLO, {
      t: "addresses",
      addresses: [MAILBOX],
      preference: [],
    });
    expect(composer()).not.toBeNull();
    expect(app.textContent).toContain("Is the blue one back?");
    expect(app.querySelector(".asks")).toBeNull();
  });

  test("without a question nothing is left", async () => {
    const { world } = await panel(CLOSED, offline);
    await types("E-mail address", "vera@shopper.example");
    await leaves();
    expect(world.socket.of("leave_address")).toEqual([]);
    expect(one("[role=alert]").textContent).toBe("Please write your question first.");
    expect(document.activeElement).toBe(labelled("Your question"));
  });

  test("a refused address loses neither the message nor what was typed", async () => {
    const { world, hears } = await panel(CLOSED, offline);
    await types("Your question", "Is the blue one back?");
    await types("E-mail address", "vera@shopper.exampel");
    await leaves();
    await hears(HELLO, REFUSED);
    expect(world.socket.of("send")).toHaveLength(1);
    expect(labelled("E-mail address").value).toBe("vera@shopper.exampel");
    await leaves();
    expect(world.socket.of("leave_address")).toHaveLength(2);
    expect(world.socket.of("send")).toHaveLength(1);
  });

  test("who would rather leave none after that is done with it", async () => {
    const { hears } = await panel(CLOSED, offline);
    await types("Your question", "Is the blue one back?");
    await types("E-mail address", "vera@shopper.exampel");
    await leaves();
    await hears(HELLO, REFUSED);
    await press("Not now");
    expect(app.querySelector(".card")).toBeNull();
    expect(composer()).not.toBeNull();
  });

  test("a refused address keeps nobody from saying how it went", async () => {
    const { hears } = await panel(CLOSED, offline);
    await types("Your question", "Is the blue one back?");
    await types("E-mail address", "vera@shopper.exampel");
    await leaves();
    await hears(HELLO, TAKEN, REFUSED, DONE, { ...offline, rating: RATING });
    expect(one("legend").textContent).toBe("How did it go?");
  });

  test("who leaves no address is heard all the same", async () => {
    const { world } = await panel(CLOSED, offline);
    await types("Your question", "Is the blue one back?");
    await press("Send it without");
    expect(world.socket.of("send")).toHaveLength(1);
    expect(world.socket.of("leave_address")).toEqual([]);
    expect(composer()).not.toBeNull();
  });

  test("while somebody is there, or the store is open, it is the usual panel", async () => {
    await panel({ ...CLOSED, staff: WELCOME.staff }, offline);
    expect(composer()).not.toBeNull();
    expect(app.querySelector(".asks")).toBeNull();
  });
});

describe("when it is done", () => {
  test("she is asked how it went, and says it with a comment", async () => {
    const { world, hears } = await panel(WELCOME, NONE, HELLO, DONE);
    expect(world.socket.of("ask_forms").length).toBeGreaterThan(0);
    await hears({ ...NONE, rating: RATING });
    expect(composer()).not.toBeNull();
    expect(one("legend").textContent).toBe("How did it go?");
    expect(app.querySelectorAll(".step")).toHaveLength(5);
    await picks("Very good");
    await types("What should we know?", "Quick!");
    await submits();
    expect(world.socket.of("rate")).toEqual([{ t: "rate", seq: 4, score: 5, comment: "Quick!" }]);
    await hears({ ...NONE, rating: { ...RATING, score: 5, said: "Quick!" } });
    expect(app.textContent).toContain("You can change this for a day.");
    await press("Change");
    expect(labelled("Very good").checked).toBe(true);
    expect(labelled("What should we know?").value).toBe("Quick!");
  });

  test("she is asked also when she was looking at how we reach her meanwhile", async () => {
    const { room, world, hears } = await panel(WELCOME, NONE, HELLO);
    await act(() => room.showReach(true));
    await hears(DONE);
    const before = world.socket.of("ask_forms").length;
    await act(() => room.showReach(false));
    expect(world.socket.of("ask_forms")).toHaveLength(before + 1);
  });

  test("what the store no longer asks is gone when she opens the panel again", async () => {
    const { room, world, hears } = await panel(WELCOME, { ...NONE, questions: [ORDER] });
    expect(app.textContent).toContain("Which order is it?");
    await act(() => room.paged({ ...room.state.page, open: false }));
    const before = world.socket.of("ask_forms").length;
    await act(() => room.paged({ ...room.state.page, open: true }));
    expect(world.socket.of("ask_forms")).toHaveLength(before + 1);
    await hears(NONE);
    expect(app.textContent).not.toContain("Which order is it?");
    expect(composer()).not.toBeNull();
  });

  test("not now is an answer too", async () => {
    const { world } = await panel(WELCOME, NONE, HELLO, DONE, { ...NONE, rating: RATING });
    await press("Not now");
    expect(world.socket.of("rate")).toEqual([{ t: "rate", seq: 4, score: null, comment: "" }]);
  });

  test("two steps are two", async () => {
    await panel(WELCOME, NONE, HELLO, DONE, { ...NONE, rating: { ...RATING, steps: 2 } });
    const steps = [...app.querySelectorAll(".step")].map((each) => each.textContent);
    expect(steps).toEqual(["Bad", "Good"]);
  });
});

describe("the conversation by mail", () => {
  const offered = (part: object) => ({
    ...NONE,
    transcript: { address_id: "ad2", to: MAILBOX.value, proven: true, sent_at: null, ...part },
  });
  const sheet = async (transcript: object, addresses: AddressFact[]) => {
    const found = await panel({ ...WELCOME, addresses, sentences: [SENTENCE] }, transcript, HELLO);
    await act(() => found.room.showReach(true));
    return found;
  };

  test("goes to a proven address at once", async () => {
    const { world, hears } = await sheet(offered({}), [{ ...MAILBOX, proven: true }]);
    await press(`Send it to ${MAILBOX.value}`);
    expect(world.socket.of("transcript")).toEqual([{ t: "transcript", address_id: "ad2" }]);
    await hears(offered({ sent_at: 1_763_719_200_000 }));
    expect(app.textContent).toContain(`It is on its way to ${MAILBOX.value}`);
  });

  test("to any other after the code, without asking twice", async () => {
    const { world, hears } = await sheet(offered({ proven: false }), [MAILBOX]);
    expect(app.textContent).toContain("a code comes there first");
    await press(`Send it to ${MAILBOX.value}`);
    await hears(
      { t: "addresses", addresses: [{ ...MAILBOX, code_sent: true }], preference: [] },
      offered({ proven: false }),
    );
    await types("Code", "123456");
    await act(() => button("Confirm").click());
    expect(world.socket.of("give_code")).toHaveLength(1);
    await hears(
      { t: "addresses", addresses: [{ ...MAILBOX, proven: true }], preference: [] },
      offered({}),
    );
    expect(world.socket.of("transcript")).toHaveLength(2);
  });

  test("needs an address first", async () => {
    await sheet(offered({ address_id: null, to: "", proven: false }), []);
    expect(app.textContent).toContain("Leave an e-mail address above first.");
  });
});
