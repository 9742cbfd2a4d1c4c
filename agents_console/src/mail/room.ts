/** The mail screen at work: what holds, what somebody is writing, and how a mail of it looks. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Api, ApiError } from "../api";
import { plainly } from "../desk/plainly";
import { say as sayConsole } from "../words";
import { type MailFact, type PreviewFact, type Requests, requests, type Wording } from "./requests";

/** Long enough that somebody who types is not answered letter by letter. */
const PREVIEW_AFTER_MS = 300;

export type Saved = "saved" | "conflict" | "refused";

export interface Room {
  readonly fact: Signal<MailFact>;
  readonly words: Signal<Wording>;
  readonly language: Signal<string>;
  /** The conversation that the preview is of; null for a made-up one. */
  readonly number: Signal<number | null>;
  readonly preview: Signal<PreviewFact | null>;
  /** Why there is no preview, in words. */
  readonly failed: Signal<string>;
  readonly dirty: ReadonlySignal<boolean>;
  /** What is wrong with a part in the language that is shown. */
  wrong(part: string): string;
  write(part: string, text: string): void;
  save(): Promise<{ readonly how: Saved; readonly words: string }>;
  setLogo(picture: string | null): Promise<string>;
  discard(): void;
  stop(): void;
}

export async function openRoom(api: Api, storeId: string): Promise<Room> {
  const asked = requests(api.ask, storeId);
  return makeRoom(asked, await asked.look());
}

function makeRoom(asked: Requests, first: MailFact): Room {
  const fact = signal(first);
  const words = signal<Wording>(first.words);
  const language = signal(first.language);
  const number = signal<number | null>(null);
  const preview = signal<PreviewFact | null>(null);
  const failed = signal("");
  const dirty = computed(() => !same(words.value, fact.value.words));
  let asking = 0;

  async function look(wanted: Wording, tag: string, which: number | null): Promise<void> {
    asking += 1;
    const mine = asking;
    try {
      const found = await asked.preview(tag, wanted, which);
      if (mine !== asking) return;
      preview.value = found;
      failed.value = "";
    } catch (error) {
      if (mine === asking) failed.value = plain(error);
    }
  }

  let shown = false;
  const stop = effect(() => {
    const [wanted, tag, which] = [words.value, language.value, number.value];
    const timer = setTimeout(() => void look(wanted, tag, which), shown ? PREVIEW_AFTER_MS : 0);
    shown = true;
    return () => clearTimeout(timer);
  });

  return {
    fact,
    words,
    language,
    number,
    preview,
    failed,
    dirty,
    wrong(part) {
      const name = `${language.value}.${part}`;
      return preview.value?.broken[name] ?? "";
    },
    write(part, text) {
      const tag = language.value;
      const { [part]: _, ...others } = words.value[tag] ?? {};
      words.value = { ...words.value, [tag]: text ? { ...others, [part]: text } : others };
    },
    async save() {
      const sent = words.value;
      try {
        fact.value = await asked.put(sent, fact.value.words);
        // What was written meanwhile is not saved yet, and stays.
        if (words.value === sent) words.value = fact.value.words;
        return { how: "saved", words: "" };
      } catch (error) {
        if (error instanceof ApiError && error.code === "conflict") {
          fact.value = await asked.look().catch(() => fact.value);
          return { how: "conflict", words: "" };
        }
        return { how: "refused", words: plain(error) };
      }
    },
    async setLogo(picture) {
      try {
        const { logo } = await asked.logo(picture);
        fact.value = { ...fact.value, logo };
        await look(words.value, language.value, number.value);
        return "";
      } catch (error) {
        return plain(error);
      }
    },
    discard() {
      words.value = fact.value.words;
    },
    stop() {
      asking += 1;
      stop();
    },
  };
}

/** A refusal in words; what is no refusal is a mistake of ours, and stays one. */
export function plain(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  return error.status === 0 ? sayConsole("error.unreachable") : plainly(error);
}

/** Whether two wordings say the same; a language without words is none. */
export function same(one: Wording, other: Wording): boolean {
  return flat(one) === flat(other);
}

function flat(words: Wording): string {
  const all = Object.entries(words).flatMap(([tag, parts]) =>
    Object.entries(parts)
      .filter(([, text]) => text.trim())
      .map(([part, text]) => [tag, part, text.trim()]),
  );
  return JSON.stringify(all.sort());
}
