/**
 * What agents type to make words stand out: `*bold*`, `_italic_`, `` `code` ``, links and lists.
 *
 * Pure, and linear in the length of the text: any string is read, nothing of it is HTML, and a link
 * is http, https, mailto or tel. `gateway/core/marks.py` reads the same for mails and texts; both
 * are held to `tests/corpus/marks.json`.
 */

export interface Mark {
  readonly is: "b" | "i" | "code" | "a";
  readonly of: readonly Piece[];
  /** Of a link. */
  readonly href?: string;
}

export type Piece = string | Mark;

/** Lines as they are, with their breaks; or a list. */
export interface Block {
  readonly is: "text" | "ul" | "ol";
  /** One for lines, else one for each item. */
  readonly of: readonly (readonly Piece[])[];
  /** What its items are numbered as. */
  readonly numbers?: readonly number[];
}

const GAP = "\\x00-\\x20\\xa0\\u2000-\\u200b\\u2028\\u2029\\u3000";
/** Never with a name before the host: that reads as the one place and leads to another. */
const ADDRESS = new RegExp(`https?://(?![^/?#${GAP}]*@)[^${GAP}<>"'\`\\\\[\\]{}|^]+`, "iy");
const NAMED = new RegExp(
  `\\[([^[\\]]+)\\]\\((https?://(?![^/?#${GAP}]*@)[^${GAP}<>"'\`\\\\[\\]{}|^()]+|mailto:[^${GAP}<>"'()[\\]]+|tel:[0-9+-]+)\\)`,
  "iy",
);
/** A sentence's own punctuation after an address is not part of it. */
const TAIL = ".,;:!?…*_~)";
/** Characters of an address that names nothing yet. */
const SHORTEST = 8;
const ITEM = /^(?:[-*•]|(\d{1,3})[.)]) +(?=[^ ])/;
const WORD = /[\p{L}\p{N}]/u;
const BLANK = new RegExp(`[${GAP}]`);

export function blocks(text: string): readonly Block[] {
  const lines = text.split("\n");
  const found: Block[] = [];
  let plain: string[] = [];
  const flush = () => {
    if (plain.length) found.push({ is: "text", of: [pieces(plain.join("\n"))] });
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const items: RegExpExecArray[] = [];
    for (;;) {
      const item = ITEM.exec(lines[at + items.length] ?? "");
      if (!item || (items[0] && !items[0][1] !== !item[1])) break;
      items.push(item);
    }
    const [first] = items;
    // One line alone may begin with a dash or a number for any other reason.
    if (!first || items.length < 2) {
      plain.push(lines[at] ?? "");
      at += 1;
      continue;
    }
    flush();
    const of = items.map(([sign], n) => pieces((lines[at + n] ?? "").slice(sign.length)));
    if (first[1]) found.push({ is: "ol", of, numbers: items.map((each) => Number(each[1])) });
    else found.push({ is: "ul", of });
    at += items.length;
  }
  flush();
  return found;
}

/** What a shopper wrote: nothing but addresses is more than words. */
export function addresses(text: string): readonly Piece[] {
  return pieces(text, true);
}

function pieces(text: string, plain = false): readonly Piece[] {
  const out: Piece[] = [];
  /** Where in `out` a mark was begun: nothing is closed across what encloses it, or a line. */
  const begun = new Map<string, number>();
  let noTick = -1;
  let from = 0;
  const push = (to: number) => {
    if (to > from) out.push(text.slice(from, to));
  };
  for (let at = 0; at < text.length; ) {
    const sign = text[at] as string;
    let mark: Mark | null = null;
    let end = at + 1;
    if (plain && sign !== "h" && sign !== "H") {
      at = end;
      continue;
    }
    if (sign === "\n") begun.clear();
    else if (sign === "`" && at > noTick) {
      const close = text.indexOf("`", at + 1);
      const line = text.indexOf("\n", at);
      if (close < 0 || (line >= 0 && line < close)) noTick = close < 0 ? text.length : close - 1;
      else if (close > at + 1) {
        mark = { is: "code", of: [text.slice(at + 1, close)] };
        end = close + 1;
      }
    } else if (sign === "[") {
      NAMED.lastIndex = at;
      const link = NAMED.exec(text);
      if (link && !link[1]?.includes("\n")) {
        mark = { is: "a", of: [link[1] as string], href: link[2] as string };
        end = NAMED.lastIndex;
      }
    } else if ((sign === "h" || sign === "H") && !isWord(text, at - 1)) {
      ADDRESS.lastIndex = at;
      const href = trimmed(ADDRESS.exec(text)?.[0] ?? "");
      if (href.length > SHORTEST) {
        mark = { is: "a", of: [href], href };
        end = at + href.length;
      }
    } else if (sign === "*" || sign === "_") {
      // "**bold**" is what many type who mean the same.
      const width = text[at + 1] === sign ? 2 : 1;
      const name = sign.repeat(width);
      const opener = begun.get(name);
      end = at + width;
      if (opener !== undefined && closes(text, at, width)) {
        push(at);
        const inner = out.splice(opener + 1);
        if (inner.length) {
          out[opener] = { is: sign === "*" ? "b" : "i", of: inner };
          from = end;
          for (const [other, place] of begun) if (place >= opener) begun.delete(other);
        } else from = at;
      } else if (opens(text, at, width)) {
        push(at);
        begun.set(name, out.length);
        out.push(name);
        from = end;
      }
      at = end;
      continue;
    }
    if (mark) {
      push(at);
      out.push(mark);
      from = end;
    }
    at = end;
  }
  push(text.length);
  return joined(out);
}

/** A loop, for a pattern would look at each of a thousand dots as where the tail may begin. */
function trimmed(address: string): string {
  let end = address.length;
  // "(see https://a.example/b)" closes its own bracket, "https://a.example/b_(c)" the address's.
  let spare = 0;
  for (const sign of address) spare += sign === ")" ? 1 : sign === "(" ? -1 : 0;
  for (; end > 0 && TAIL.includes(address[end - 1] as string); end -= 1) {
    if (address[end - 1] !== ")") continue;
    if (spare <= 0) break;
    spare -= 1;
  }
  return address.slice(0, end);
}

function opens(text: string, at: number, width: number): boolean {
  const next = text[at + width];
  return !isWord(text, at - 1) && next !== undefined && !BLANK.test(next) && next !== text[at];
}

function closes(text: string, at: number, width: number): boolean {
  return !BLANK.test(text[at - 1] ?? " ") && !isWord(text, at + width);
}

function isWord(text: string, at: number): boolean {
  return WORD.test(text[at] ?? "");
}

/** Signs that came to nothing are words again. */
function joined(found: readonly Piece[]): readonly Piece[] {
  const out: Piece[] = [];
  for (const each of found) {
    const last = out.at(-1);
    if (typeof each === "string" && typeof last === "string") out[out.length - 1] = last + each;
    else out.push(typeof each === "string" ? each : { ...each, of: joined(each.of) });
  }
  return out;
}
