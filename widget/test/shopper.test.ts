import { expect, test } from "vitest";
import { put } from "../link/outbox";
import type { Forms, Say, Welcome } from "../link/protocol.gen";
import { answering, hear, resumeFrom, TYPING_MS, unread, waitingSince } from "../link/shopper";
import {
  arrives,
  entry,
  FIRST_MESSAGE,
  fold,
  LEAVES_ADDRESS,
  RESOLVED_AND_BACK,
  SAYS,
  UNTOLD,
  VERA,
  WELCOME,
} from "./golden";

test("Vera's first message is acknowledged, shown once, seen and answered", () => {
  const asked = SAYS.find((frame): frame is Say => frame.t === "send") as Say;
  const { view: welcomed } = fold(FIRST_MESSAGE.slice(0, 1));
  const written = { ...welcomed, outbox: put(welcomed.outbox, asked, 1) };
  const acked = fold(FIRST_MESSAGE.slice(1, 2), written).view;
  expect(acked.outbox).toMatchObject([{ state: "sent", seq: 1 }]);
  const { view } = fold(FIRST_MESSAGE.slice(2), acked);
  expect(view.outbox).toEqual([]);
  expect(view.log?.entries.map((one) => one.body)).toEqual([
    "Is the blue one back?",
    "Looking now.",
  ]);
  expect(view.log?.seenStaff).toBe(1);
  expect(unread(view)).toBe(1);
});

test("typing lasts six seconds, and ends when the words arrive", () => {
  const typing = fold(FIRST_MESSAGE.slice(0, 5), undefined, 100).view.typing;
  expect(typing).toEqual({ name: "Ada", until: 100 + TYPING_MS });
  expect(fold(FIRST_MESSAGE).view.typing).toBeNull();
});

test("the next hello resumes from the last entry held", () => {
  expect(resumeFrom(fold(FIRST_MESSAGE).view)).toEqual({ epoch: 7, seq: 4, entry_id: "en4" });
  expect(resumeFrom(fold([WELCOME]).view)).toBeNull();
});

test("Vera leaves her number, mistypes the code and is proven", () => {
  const { view: coded } = fold(LEAVES_ADDRESS.slice(0, 2));
  expect(coded.addresses).toMatchObject([{ code_sent: true, proven: false }]);
  expect(coded.refusal).toMatchObject({ about: "give_code", message: expect.any(String) });
  const { view } = fold(LEAVES_ADDRESS.slice(2), coded);
  expect(view.addresses).toMatchObject([{ code_sent: false, proven: true }]);
});

test("nobody answers when all are away or gone", () => {
  const { view } = fold(FIRST_MESSAGE);
  expect(answering(view).map((agent) => agent.name)).toEqual(["Ada"]);
  const away = { agent_id: "ag1", name: "Ada", duty: "away", connected: true, ...UNTOLD } as const;
  const gone = {
    agent_id: "ag2",
    name: "Sam",
    duty: "online",
    connected: false,
    ...UNTOLD,
  } as const;
  const expected = { back_at: 1_763_719_200_000, usual_ms: null };
  const heard = hear(view, { t: "staff", staff: [away, gone], expected }, 0).view;
  expect(answering(heard)).toEqual([]);
  expect(heard.expected).toEqual(expected);
});

test("a shopper waits from the first message that nobody has answered", () => {
  const { view } = fold([
    ...FIRST_MESSAGE,
    arrives(entry(5, { prev: 4, author: VERA })),
    arrives(entry(6, { author: VERA })),
  ]);
  expect(waitingSince(view)).toBe(entry(5).at);
  expect(waitingSince(fold(FIRST_MESSAGE).view)).toBeNull();
});

test("another shopper's session shows nothing of the former", () => {
  const { view } = fold(FIRST_MESSAGE);
  const stranger: Welcome = { ...WELCOME, shopper_id: "sh2", conversation_id: "cv9" };
  expect(hear(view, stranger, 0).view.log).toBeNull();
});

test("nor what the former was asked, and said", () => {
  const forms: Forms = {
    t: "forms",
    before: true,
    offline: false,
    questions: [],
    rating: { seq: 4, steps: 5, comment: true, score: 2, said: "It came late" },
    transcript: null,
    words: {},
  };
  const { view } = fold([...FIRST_MESSAGE, forms]);
  expect(hear(view, { ...WELCOME, shopper_id: "sh2" }, 0).view.forms).toBeNull();
  expect(hear(view, WELCOME, 0).view.forms).toBe(forms);
});

test("a frame that this client does not know changes nothing", () => {
  const { view } = fold(FIRST_MESSAGE);
  const unknown = { t: "confetti" } as never;
  expect(hear(view, unknown, 0)).toEqual({ view, gap: false });
  expect(hear(view, RESOLVED_AND_BACK[3] as never, 0).view).toBe(view);
});
