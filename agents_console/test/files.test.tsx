// @vitest-environment happy-dom
/** Ada's files: on their way up, in her message, and those of a message that she reads. */

import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "../../widget/link/protocol.gen";
import { ApiError } from "../src/api";
import { createUploads, MOST_BYTES, MOST_FILES } from "../src/composer/uploads";
import { fitted } from "../src/thread/attachments";
import { atVeras, find, home, settle, Wire, write } from "./house";
import { Pen } from "./scene";

const LABEL: Attachment = {
  id: "f1",
  name: "label.pdf",
  type: "application/pdf",
  size: 2_400_000,
  width: null,
  height: null,
};

/** The network under an upload: told how far it is, and answered by hand. */
class Request {
  static all: Request[] = [];
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  readonly headers: Record<string, string> = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  status = 0;
  responseText = "";
  path = "";
  constructor() {
    Request.all.push(this);
  }
  open(_method: string, path: string): void {
    this.path = path;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(): void {}
  abort(): void {
    this.onabort?.();
  }
  async answers(status: number, body: unknown): Promise<void> {
    this.status = status;
    this.responseText = JSON.stringify(body);
    await act(() => this.onload?.());
    await settle();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  vi.stubGlobal("XMLHttpRequest", Request);
  Request.all.length = 0;
  document.body.append(home);
});
afterEach(() => {
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function pastes(...files: File[]): Promise<void> {
  const event = new Event("paste", { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { files } });
  await act(() => void find("#composer").dispatchEvent(event));
}

const pdf = () => new File(["%PDF-1.7"], "label.pdf", { type: "application/pdf" });

test("Ada pastes a file, and it goes with her words once it is up", async () => {
  const wire = await atVeras(new Pen());
  await pastes(pdf());
  const request = Request.all[0];
  expect(request?.path).toBe("/api/stores/acme/files?name=label.pdf");
  expect(request?.headers).toEqual({ "X-Onethread-CSRF": "token" });
  await act(() => request?.upload.onprogress?.({ loaded: 1, total: 4 }));
  expect(find<HTMLProgressElement>("progress").value).toBe(0.25);
  await write("Here is the label");
  expect(wire.said.some((frame) => frame.t === "send")).toBe(false);
  await request?.answers(201, LABEL);
  await write("Here is the label");
  expect(wire.last("send").attachments).toEqual(["f1"]);
  expect(find(".letter .files").textContent).toContain("label.pdf");
  expect(document.querySelector(".enclosed")).toBe(null);
});

test("a file alone is a message", async () => {
  const wire = await atVeras(new Pen());
  await pastes(pdf());
  await Request.all[0]?.answers(201, LABEL);
  await write("");
  expect([wire.last("send").body, wire.last("send").attachments]).toEqual(["", ["f1"]]);
});

test("a refused file holds the message back until it is gone", async () => {
  const wire = await atVeras(new Pen());
  await pastes(pdf());
  await Request.all[0]?.answers(503, { code: "storage_refused", message: "" });
  expect(find("[role=alert]").textContent).toContain("Try again");
  await write("Here is the label");
  expect(wire.said.some((frame) => frame.t === "send")).toBe(false);
  await act(() => find('[aria-label="Remove label.pdf"]').click());
  await write("Here is the label");
  expect(wire.last("send").attachments).toEqual([]);
});

test("what came with a message is a picture with its place, or a row to download", async () => {
  const pen = new Pen();
  const photo = { ...LABEL, id: "f2", name: "shoe.jpg", width: 1200, height: 800 };
  pen.vera("", { attachments: [LABEL, photo] });
  await atVeras(pen);
  const picture = find<HTMLImageElement>(".picture img");
  expect(picture.getAttribute("src")).toBe("/api/stores/acme/files/f2?small");
  expect([picture.width, picture.height]).toEqual([320, 213]);
  expect(find("a.file").getAttribute("href")).toBe("/api/stores/acme/files/f1");
  expect(find("a.file").textContent).toContain("label.pdf");
  expect(document.querySelector(".message .bubble")).toBe(null);
});

test("what the gateway would refuse is not sent up", () => {
  const sent: File[] = [];
  const uploads = createUploads((_store, file) => {
    sent.push(file);
    return new Promise(() => {});
  });
  const large = Object.defineProperty(pdf(), "size", { value: MOST_BYTES + 1 });
  uploads.add("acme", "c1", [large, new File([], "nothing.txt")]);
  expect(uploads.of("c1").every((each) => each.refused !== null)).toBe(true);
  uploads.add("acme", "c1", Array.from({ length: MOST_FILES }, pdf));
  expect(sent.length).toBe(MOST_FILES - 2);
});

test("the files of a message that was given up wait again", async () => {
  const uploads = createUploads(async () => LABEL);
  uploads.add("acme", "c1", [pdf()]);
  await vi.advanceTimersByTimeAsync(1);
  expect(uploads.take("c1")).toEqual([LABEL]);
  expect([uploads.of("c1").length, uploads.named(["f1"])]).toEqual([0, [LABEL]]);
  uploads.giveBack("c1", ["f1"]);
  expect(uploads.take("c1")).toEqual([LABEL]);
});

test("an upload that broke off says so and can be tried again", async () => {
  let broken = true;
  const uploads = createUploads(async () => {
    if (broken) throw new ApiError(0, "unreachable", "");
    return LABEL;
  });
  uploads.add("acme", "c1", [pdf()]);
  await vi.advanceTimersByTimeAsync(1);
  expect(uploads.of("c1")[0]?.refused).toBe("The upload broke off.");
  broken = false;
  uploads.again("acme", "c1", uploads.of("c1")[0]?.key ?? 0);
  await vi.advanceTimersByTimeAsync(1);
  expect(uploads.take("c1")).toEqual([LABEL]);
});

test("a picture's place is no larger than there is room", () => {
  expect(fitted(4096, 2)).toEqual({ width: 320, height: 1 });
});
