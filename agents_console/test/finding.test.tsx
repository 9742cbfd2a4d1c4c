import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { onlookers, told } from "../src/thread/onlookers";
import { plainWords } from "../src/thread/plain-words";
import { dayOf, fieldDay, longDay } from "../src/time";
import { answers, atVeras, BO, find, home, press, settle, Wire } from "./house";
import { NOON, Pen } from "./scene";

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  location.hash = "";
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const HERS = "/api/stores/acme/conversations/c1";

const key = async (name: string) => {
  await act(() => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  });
  await settle();
};

async function goTo(day: string): Promise<void> {
  const field = find<HTMLInputElement>("input[type=date]");
  await act(() => {
    field.value = day;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await press("dialog [type=submit]");
}

function talk(): Pen {
  const pen = new Pen();
  pen.vera("Is the blue one back?");
  pen.ada("Let me see");
  pen.vera("Thank you");
  return pen;
}

const focused = () => document.activeElement?.getAttribute("data-seq");

describe("going to a date", () => {
  const march = new Date(2026, 2, 3).getTime();
  const asks = (told: object) => answers.set(`${HERS}/day?begins=${march}`, [200, told]);

  test("leads to the first words of that day and says no more", async () => {
    await atVeras(talk());
    asks({ seq: 2, at: march + 3_600_000, over: false });
    await key("d");
    await goTo("2026-03-03");
    await settle();
    expect([location.hash, focused()]).toEqual(["#/open/acme/c1/2", "2"]);
    expect(document.querySelector("dialog")).toBeNull();
    expect(find(".toasts").textContent).toBe("");
  });

  test("where nothing was written that day, the next one is told by its name", async () => {
    await atVeras(talk());
    asks({ seq: 3, at: march + 3 * 86_400_000, over: false });
    await key("d");
    await goTo("2026-03-03");
    await settle();
    expect(focused()).toBe("3");
    const words = find(".toasts").textContent;
    expect(words).toContain(`written on ${longDay(march)}`);
    expect(words).toContain(`next day with anything: ${longDay(march + 3 * 86_400_000)}`);
  });

  test("after the end it leads to the last words, and says so", async () => {
    await atVeras(talk());
    asks({ seq: 3, at: march - 86_400_000, over: true });
    await key("d");
    await goTo("2026-03-03");
    await settle();
    expect(find(".toasts").textContent).toContain(
      `the last that was, on ${longDay(march - 86_400_000)}`,
    );
  });

  test("the same day a second time leads there again", async () => {
    await atVeras(talk());
    asks({ seq: 2, at: march, over: false });
    for (const _ of [1, 2]) {
      await key("d");
      await goTo("2026-03-03");
      await settle();
      expect(focused()).toBe("2");
      await act(() => find("[role=log]").focus());
    }
  });

  test("whoever shuts the dialog before it is found is taken nowhere", async () => {
    await atVeras(talk());
    let tell = (_: [number, object]) => {};
    const found = new Promise<[number, object]>((done) => {
      tell = done;
    });
    answers.set(`${HERS}/day?begins=${march}`, found);
    await key("d");
    await goTo("2026-03-03");
    await press("dialog button[aria-label=Close]");
    tell([200, { seq: 2, at: march + 86_400_000, over: false }]);
    await settle();
    expect([location.hash, find(".toasts").textContent]).toEqual(["#/open/acme/c1", ""]);
  });

  test("no day, and a gateway that is not there, are told in the dialog", async () => {
    await atVeras(talk());
    await key("d");
    await press("dialog [type=submit]");
    expect(find("dialog [role=alert]").textContent).toBe("Pick a day first.");
    await goTo("2026-03-03");
    expect(find("dialog [role=alert]").textContent).not.toBe("");
    expect(location.hash).toBe("#/open/acme/c1");
  });

  test.each(["2026-03-03", "0099-12-31", "2024-02-29"])("%s is a day of the field", (value) => {
    expect(fieldDay(dayOf(value) ?? 0)).toBe(value);
  });
  test.each(["", "2026", "x-y-z"])("%o is none", (value) => {
    expect(dayOf(value)).toBeNull();
  });
});

describe("all files", () => {
  const file = (n: number, over: object = {}, picture = false) => ({
    file: {
      id: `f${n}`,
      name: picture ? `shoe${n}.png` : `order${n}.pdf`,
      type: picture ? "image/png" : "application/pdf",
      size: 12_000,
      width: picture ? 640 : null,
      height: picture ? 480 : null,
    },
    seq: n,
    at: NOON,
    side: "shopper",
    author: "Vera",
    note: false,
    ...over,
  });

  test("stand with who sent them, open, and lead to where they were sent", async () => {
    await atVeras(talk());
    answers.set(`${HERS}/files`, [
      200,
      {
        files: [file(3, {}, true), file(2, { author: "Ada", side: "staff", note: true })],
        before: null,
      },
    ]);
    await key("f");
    expect(find<HTMLImageElement>(".gallery img").getAttribute("src")).toBe(
      "/api/stores/acme/files/f3?small",
    );
    expect(find("a[download]").getAttribute("download")).toBe("order2.pdf");
    expect(find(".gallery-files").textContent).toContain("in a note");
    await press("button[aria-label^='Show order2.pdf where it was sent: Ada']");
    await settle();
    expect([document.querySelector("dialog"), focused()]).toEqual([null, "2"]);
  });

  test("older ones come when they are asked for, also after a page that failed", async () => {
    await atVeras(talk());
    answers.set(`${HERS}/files`, [200, { files: [file(3)], before: "3.f3" }]);
    await key("f");
    await act(() => find(".gallery button", "Show older files").focus());
    await press(".gallery button", "Show older files");
    expect(document.activeElement?.textContent).toBe("Try again");
    expect(find(".gallery [role=alert]").textContent).not.toBe("");
    answers.set(`${HERS}/files?before=3.f3`, [200, { files: [file(1)], before: null }]);
    await press(".gallery button", "Try again");
    expect(document.querySelectorAll(".gallery-files li")).toHaveLength(2);
    expect(find(".gallery").textContent).not.toContain("Show older");
  });

  test("where there is none, it says what would be here", async () => {
    await atVeras(talk());
    answers.set(`${HERS}/files`, [200, { files: [], before: null }]);
    await press("button[aria-label='Find in this conversation']");
    await press("[role=menuitem]", "All files");
    expect(find(".gallery").textContent).toContain("Nobody has sent a file");
  });
});

describe("who else looks", () => {
  const cleo = { ...BO, agent_id: "cleo", name: "Cleo" };
  const bo = { side: "staff", name: BO.name, until: 0 } as const;

  test("Bo opens it, writes, and goes again", async () => {
    const wire = await atVeras(talk());
    const looking = (...ids: string[]) =>
      wire.tell({ t: "looking", conversation_id: "c1", agent_ids: ids });
    await looking("ada", "bo");
    expect(find(".onlookers").textContent).toContain("Bo Lind is looking");
    const types = { t: "typing", conversation_id: "c1", side: "staff", name: "Bo Lind" } as const;
    await wire.tell({ ...types, agent_id: "bo", on: true });
    expect(find(".onlookers").textContent).toContain("Bo Lind is writing an answer");
    await settle(7_000);
    expect(find(".onlookers").textContent).toContain("is looking");
    await looking("ada");
    expect(find(".onlookers").textContent).toBe("");
  });

  test("without a connection nobody knows who looks", async () => {
    const wire = await atVeras(talk());
    await wire.tell({ t: "looking", conversation_id: "c1", agent_ids: ["bo"] });
    await act(() => wire.onclose?.());
    await settle(500);
    expect(find(".onlookers").textContent).toBe("");
  });

  test("of several, whoever writes is named, and oneself never is", () => {
    const looking = ["ada", "bo", "cleo"];
    expect(told(onlookers({ looking, typing: [] }, [BO, cleo]))).toBe(
      "Bo Lind and 1 more are looking",
    );
    const writes = [{ ...bo, agentId: "cleo", name: "Cleo" }];
    expect(told(onlookers({ looking, typing: writes }, [BO, cleo]))).toBe(
      "Cleo is writing an answer",
    );
    const namesake = { ...BO, agent_id: "another-bo" };
    const typing = [{ ...bo, agentId: "bo", name: "Bo Lind" }];
    const found = onlookers({ looking: ["bo", "another-bo"], typing }, [namesake, BO]);
    expect(found.map(({ colleague, writes: w }) => [colleague.agent_id, w])).toEqual([
      ["bo", true],
      ["another-bo", false],
    ]);
    expect(onlookers({ looking: ["ada"], typing: [] }, [BO])).toEqual([]);
  });
});

test.each([
  [
    "The **supplier** says `Tuesday`\n- or _Friday_\n- or never",
    "The supplier says Tuesday or Friday or never",
  ],
  ["see [the sizes](https://shop.example/sizes)", "see the sizes"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["", ""],
])("%s is shown as %s in a list", (typed, shown) => {
  expect(plainWords(typed)).toBe(shown);
});
