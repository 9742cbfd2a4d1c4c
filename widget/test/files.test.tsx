// @vitest-environment happy-dom
/** The files of messages: their place is known at once, their links are good for minutes. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "../link/protocol.gen";
import { HouseContext } from "../panel/context";
import { Files } from "../panel/Files";
import { keepIn } from "../panel/keep";
import { linker } from "../panel/links";
import { tongue } from "../panel/words";
import en from "../panel/words/en.json";

const PHOTO: Attachment = {
  id: "f1",
  name: "shoe.jpg",
  type: "image/jpeg",
  size: 340_000,
  width: 1200,
  height: 800,
};
const LABEL: Attachment = {
  id: "f2",
  name: "label.pdf",
  type: "application/pdf",
  size: 2_400_000,
  width: null,
  height: null,
};

const asked: unknown[] = [];
let answer: () => Response;
const keep = keepIn(() => {
  throw new Error("no storage in this frame");
});
const links = linker("pk_acme", keep, async (url, init) => {
  asked.push([url, JSON.parse(String(init?.body))]);
  return answer();
});
const home = document.createElement("div");

const given = (n: number) =>
  new Response(
    JSON.stringify({
      links: {
        f1: { whole: `/files/f1.${n}`, small: `/files/f1.small.${n}` },
        f2: { whole: `/files/f2.${n}`, small: null },
      },
      good_for_ms: 600_000,
    }),
  );

async function drawn(...files: Attachment[]): Promise<void> {
  const house = { room: { state: { pictures: {} } }, links, tongue: tongue("en", en.panel) };
  await act(() =>
    render(
      // biome-ignore lint/suspicious/noExplicitAny: files ask nothing else of the house
      <HouseContext.Provider value={house as any}>
        <Files files={files} stored />
      </HouseContext.Provider>,
      home,
    ),
  );
  await pass(0);
}

const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  answer = () => given(1);
  keep.set("onethread:pk_acme:session", "a session");
});
afterEach(() => {
  render(null, home);
  vi.useRealTimers();
});

test("a picture has its place before it is here, and a file its name and size", async () => {
  answer = () => new Response("{}", { status: 503 });
  await drawn(PHOTO, LABEL);
  const picture = home.querySelector("img");
  expect([picture?.width, picture?.height, picture?.alt]).toEqual([240, 160, "shoe.jpg"]);
  expect(picture?.hasAttribute("src")).toBe(false);
  expect(home.textContent).toBe("label.pdf2.4 MB");
});

test("links are asked for with the session, and anew before they are over", async () => {
  await drawn(PHOTO, LABEL);
  const body = { key: "pk_acme", session: "a session", ids: ["f1", "f2"] };
  expect(asked).toEqual([["/widget/files/links", body]]);
  expect(home.querySelector("img")?.getAttribute("src")).toBe("/files/f1.small.1");
  answer = () => given(2);
  await pass(540_000);
  expect(asked.length).toBe(2);
  const links = [...home.querySelectorAll("a")].map((each) => each.getAttribute("href"));
  expect(links).toEqual(["/files/f1.2", "/files/f2.2"]);
});

test("a failure is tried again in a minute, and a message that is gone asks nothing", async () => {
  answer = () => new Response("{}", { status: 503 });
  await drawn(LABEL);
  expect(home.querySelector("a")?.hasAttribute("href")).toBe(false);
  answer = () => given(1);
  await pass(60_000);
  expect(home.querySelector("a")?.getAttribute("href")).toBe("/files/f2.1");
  render(null, home);
  await pass(3_600_000);
  expect(asked.length).toBe(2);
});

test("a message without files asks for nothing", async () => {
  await drawn();
  expect(asked).toEqual([]);
});
