// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import { Words } from "../panel/wording";

const home = document.createElement("div");

async function shown(text: string, own = false): Promise<HTMLElement> {
  await act(() => render(<Words text={text} own={own} />, home));
  return home;
}

afterEach(() => act(() => render(null, home)));

test("what Ada made stand out does, and what she links leads there", async () => {
  const bubble = await shown("*Yes*, _in_ `38`: [this one](https://acme.example/blue)\n- a\n- b");
  expect(bubble.querySelector("strong")?.textContent).toBe("Yes");
  expect(bubble.querySelector("em")?.textContent).toBe("in");
  expect(bubble.querySelector("code")?.textContent).toBe("38");
  expect(bubble.querySelectorAll("ul li")).toHaveLength(2);
  const link = bubble.querySelector("a");
  expect(link?.getAttribute("href")).toBe("https://acme.example/blue");
  expect(link?.getAttribute("rel")).toContain("noopener");
});

test("what Vera typed stays as she typed it, but for addresses", async () => {
  const bubble = await shown("*Yes* https://acme.example/x", true);
  expect(bubble.querySelector("strong")).toBeNull();
  expect(bubble.textContent).toBe("*Yes* https://acme.example/x");
  expect(bubble.querySelector("a")?.textContent).toBe("https://acme.example/x");
});

test.each([
  "<img src=x onerror=alert(1)>",
  "*<script>alert(1)</script>*",
  "[x](javascript:alert(1))",
  "[x](https://acme.example/'onclick='alert(1))",
  "`<svg onload=alert(1)>`",
])("%s is words", async (text) => {
  const bubble = await shown(text);
  expect(bubble.querySelector("img, script, svg, [onclick]")).toBeNull();
  for (const link of bubble.querySelectorAll("a")) expect(link.protocol).toMatch(/^https?:$/);
});
