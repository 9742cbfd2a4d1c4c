// @vitest-environment happy-dom
/** Files picked, pasted and dropped: how far they are, what is refused, and what goes with the words. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { App } from "../panel/App";
import { HouseContext } from "../panel/context";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import { MOST_BYTES, MOST_FILES } from "../panel/Tray";
import { WELCOME } from "./golden";
import { english, FakeWorld, joined, noKeep, noLinks, partsCome } from "./world";

/** The network's end of an upload. */
class Line {
  static readonly all: Line[] = [];
  readonly upload: { onprogress?: (event: unknown) => void } = {};
  readonly headers: Record<string, string> = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  status = 0;
  response: unknown = null;
  responseType = "";
  url = "";
  file: File | null = null;

  constructor() {
    Line.all.push(this);
  }

  open(_method: string, url: string): void {
    this.url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  send(file: File): void {
    this.file = file;
  }

  abort(): void {
    this.onabort?.();
  }

  async carries(loaded: number, total: number): Promise<void> {
    await act(() => this.upload.onprogress?.({ lengthComputable: true, loaded, total }));
  }

  async answers(status: number, response: unknown): Promise<void> {
    this.status = status;
    this.response = response;
    await act(async () => this.onload?.());
  }

  async breaks(): Promise<void> {
    await act(async () => this.onerror?.());
  }
}

let app: HTMLElement;
let room: Room;
let world: FakeWorld;

beforeAll(partsCome);

beforeEach(async () => {
  Line.all.length = 0;
  vi.stubGlobal("XMLHttpRequest", Line);
  app = document.body.appendChild(document.createElement("div"));
  world = new FakeWorld();
  let made = 0;
  room = new Room({
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
    drawer: drawerIn(noKeep, `uploads${Math.random()}`),
    tell: () => undefined,
    unreadWords: String,
    world,
    date: () => 1_763_719_200_000,
    cmid: () => {
      made += 1;
      return `cmid-files-${made}`;
    },
    zone: null,
  });
  const house = {
    room,
    key: "acme",
    keep: noKeep,
    tongue: english,
    name: "Acme",
    greeting: "",
    alone: false,
    links: noLinks,
    join: joined,
    part: () => null,
  };
  await act(() =>
    render(
      <HouseContext.Provider value={house}>
        <App />
      </HouseContext.Provider>,
      app,
    ),
  );
  await act(async () => {
    room.paged({ open: true, kept: false, focus: true, leaving: false, url: "", title: "" });
    await world.pass(0);
    world.socket.open();
    world.socket.hears(WELCOME);
  });
});

afterEach(() => {
  render(null, app);
  app.remove();
  vi.unstubAllGlobals();
});

const file = (name: string, type = "image/png", size = 3) =>
  Object.defineProperty(new File(["boo"], name, { type }), "size", { value: size });

/** Files in what a browser's event carries. */
const holding = (type: string, name: "clipboardData" | "dataTransfer", files: File[]) =>
  Object.assign(new Event(type, { bubbles: true, cancelable: true }), {
    [name]: { files, types: ["Files"] },
  });

async function picks(...files: File[]): Promise<void> {
  const input = app.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
  Object.defineProperty(input, "files", { value: files, configurable: true });
  await act(() => void input.dispatchEvent(new Event("change", { bubbles: true })));
}

const rows = () => [...app.querySelectorAll(".upload")];
const send = () => app.querySelector<HTMLButtonElement>(".send") as HTMLButtonElement;
const line = (n: number) => Line.all[n] as Line;
const BOOTS = {
  id: "f1",
  name: "boots.png",
  type: "image/png",
  size: 3,
  width: 640,
  height: 360,
};
const press = (name: string) =>
  act(() => app.querySelector<HTMLButtonElement>(`button[aria-label="${name}"]`)?.click());

test("a picture that Vera picks goes up, shows how far it is, and goes with her words", async () => {
  await picks(file("boots.png"));
  expect(line(0).url).toBe("/widget/files?key=acme&name=boots.png");
  expect(app.querySelector(".upload img")?.getAttribute("src")).toMatch(/^blob:/);
  await line(0).carries(30, 120);
  expect(app.querySelector("progress")?.getAttribute("aria-label")).toBe("boots.png, 25% there");
  await act(() => room.write("These?"));
  expect(send().disabled).toBe(true);
  await line(0).answers(201, BOOTS);
  expect(app.querySelector("progress")).toBeNull();
  expect(send().disabled).toBe(false);
  await act(() => send().click());
  expect(world.socket.of("send")).toMatchObject([{ body: "These?", attachments: ["f1"] }]);
  expect(rows()).toHaveLength(0);
  expect(app.querySelector(".own .bubble")?.textContent).toBe("These?");
});

test("a file alone is a message too", async () => {
  await picks(file("boots.png"));
  await line(0).answers(201, BOOTS);
  await act(() => send().click());
  expect(world.socket.of("send")).toMatchObject([{ body: "", attachments: ["f1"] }]);
});

test("what is pasted and what is dropped goes up as well", async () => {
  const box = app.querySelector("textarea") as HTMLTextAreaElement;
  const paste = holding("paste", "clipboardData", [file("image.png")]);
  await act(() => void box.dispatchEvent(paste));
  expect(paste.defaultPrevented).toBe(true);
  await act(() => void window.dispatchEvent(holding("dragover", "dataTransfer", [])));
  expect(app.querySelector(".drop")?.textContent).toBe("Drop files here to add them");
  await act(
    () =>
      void window.dispatchEvent(
        holding("drop", "dataTransfer", [file("a.pdf", "application/pdf")]),
      ),
  );
  expect(app.querySelector(".drop")).toBeNull();
  expect(Line.all.map((each) => each.file?.name)).toEqual(["image.png", "a.pdf"]);
});

test("pasted words are no files", async () => {
  const box = app.querySelector("textarea") as HTMLTextAreaElement;
  const paste = holding("paste", "clipboardData", []);
  await act(() => void box.dispatchEvent(paste));
  expect(paste.defaultPrevented).toBe(false);
});

test("what the gateway refuses says why, and can be tried again or left out", async () => {
  await picks(file("boots.png"));
  await line(0).answers(429, { code: "too_many", message: "", why: "many_files" });
  expect(app.querySelector(".upload .problem")?.textContent).toBe(
    "These are many files. Please try again in an hour.",
  );
  await press("Send boots.png up again");
  expect(Line.all).toHaveLength(2);
  await line(1).breaks();
  expect(app.querySelector(".upload .problem")?.textContent).toBe(
    "It did not get here. Please try again.",
  );
  // It does not hold up the words.
  await act(() => room.write("Never mind the picture"));
  await act(() => send().click());
  expect(world.socket.of("send")).toMatchObject([{ attachments: [] }]);
  expect(rows()).toHaveLength(1);
  await press("Remove boots.png");
  expect(rows()).toHaveLength(0);
});

test("what can never be sent is told before a byte of it goes up", async () => {
  await picks(file("film.mov", "video/quicktime", MOST_BYTES + 1), file("nothing.txt", "", 0));
  expect(rows().map((row) => row.querySelector(".problem")?.textContent)).toEqual([
    "Too large: 25 MB at most.",
    "This file is empty.",
  ]);
  await picks(...Array.from({ length: MOST_FILES }, (_, n) => file(`${n}.png`)));
  expect(Line.all).toHaveLength(MOST_FILES - 2);
  expect(rows().at(-1)?.querySelector(".problem")?.textContent).toBe(
    `One message takes ${MOST_FILES} files.`,
  );
});

test("a file that is left out on its way is given up, and nothing is said of it", async () => {
  await picks(file("boots.png"));
  await press("Remove boots.png");
  expect(rows()).toHaveLength(0);
  await line(0).answers(201, BOOTS);
  expect(room.state.uploads).toEqual([]);
});
