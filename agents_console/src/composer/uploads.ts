/**
 * Files that somebody is about to send, per conversation: on their way up, here, or refused.
 *
 * They live in memory alone. What was uploaded and never sent is forgotten by the gateway.
 */

import { type Signal, signal } from "@preact/signals";
import type { Attachment } from "../../../widget/link/protocol.gen";
import { ApiError } from "../api";
import { plainly } from "../desk/plainly";
import { say } from "../words";

/** The gateway refuses more of either. */
export const MOST_FILES = 10;
export const MOST_BYTES = 25_000_000;

export interface Upload {
  readonly key: number;
  readonly file: File;
  /** A picture of this browser's own memory. */
  readonly preview: string | null;
  /** How much of it is up, 0 to 1. */
  readonly part: number;
  /** Set once the gateway has it. */
  readonly here: Attachment | null;
  /** Why it will not be sent, in words. */
  readonly refused: string | null;
}

/** Sends one file up; `told` hears how much of it is there, 0 to 1. */
export type SendUp = (
  storeId: string,
  file: File,
  told: (part: number) => void,
  signal: AbortSignal,
) => Promise<Attachment>;

export interface Uploads {
  readonly all: Signal<ReadonlyMap<string, readonly Upload[]>>;
  of(conversationId: string): readonly Upload[];
  add(storeId: string, conversationId: string, files: readonly File[]): void;
  again(storeId: string, conversationId: string, key: number): void;
  remove(conversationId: string, key: number): void;
  /** What is here goes into a message: its files, which wait no longer. */
  take(conversationId: string): readonly Attachment[];
  /** A message was given up: its files wait again. */
  giveBack(conversationId: string, ids: readonly string[]): void;
  /** What the files of an own message are, as long as its entry does not tell. */
  named(ids: readonly string[]): readonly Attachment[];
  clear(): void;
}

export function createUploads(sendUp: SendUp): Uploads {
  const all = signal<ReadonlyMap<string, readonly Upload[]>>(new Map());
  const stops = new Map<number, AbortController>();
  const sent = new Map<string, Upload>();
  let last = 0;

  const of = (id: string) => all.value.get(id) ?? [];
  function set(id: string, uploads: readonly Upload[]): void {
    const next = new Map(all.value);
    if (uploads.length > 0) next.set(id, uploads);
    else next.delete(id);
    all.value = next;
  }
  function change(id: string, key: number, to: Partial<Upload>): void {
    set(
      id,
      of(id).map((each) => (each.key === key ? { ...each, ...to } : each)),
    );
  }

  async function begin(storeId: string, id: string, { key, file }: Upload): Promise<void> {
    const stop = new AbortController();
    stops.set(key, stop);
    const told = (part: number) => change(id, key, { part });
    try {
      const here = await sendUp(storeId, file, told, stop.signal);
      change(id, key, { here, part: 1 });
    } catch (error) {
      const known = error instanceof ApiError && error.status > 0;
      const refused = known ? plainly(error) : say("files.broken");
      change(id, key, { refused });
    } finally {
      stops.delete(key);
    }
  }

  return {
    all,
    of,
    add(storeId, id, files) {
      const fresh = files.map((file, n): Upload => {
        last += 1;
        const full = of(id).length + n >= MOST_FILES;
        const refused = full
          ? say("files.many", { n: MOST_FILES })
          : file.size > MOST_BYTES
            ? say("files.large", { n: MOST_BYTES / 1_000_000 })
            : file.size === 0
              ? say("files.empty")
              : null;
        const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
        return { key: last, file, preview, part: 0, here: null, refused };
      });
      set(id, [...of(id), ...fresh]);
      for (const each of fresh) if (each.refused === null) void begin(storeId, id, each);
    },
    again(storeId, id, key) {
      change(id, key, { refused: null, part: 0 });
      const upload = of(id).find((each) => each.key === key);
      if (upload) void begin(storeId, id, upload);
    },
    remove(id, key) {
      stops.get(key)?.abort();
      const gone = of(id).find((each) => each.key === key);
      if (gone?.preview) URL.revokeObjectURL(gone.preview);
      set(
        id,
        of(id).filter((each) => each.key !== key),
      );
    },
    take(id) {
      const ready = of(id).filter((each) => each.here !== null);
      for (const each of ready) if (each.here) sent.set(each.here.id, each);
      set(id, []);
      return ready.flatMap((each) => each.here ?? []);
    },
    giveBack(id, ids) {
      set(id, [...ids.flatMap((each) => sent.get(each) ?? []), ...of(id)]);
    },
    named: (ids) => ids.flatMap((each) => sent.get(each)?.here ?? []),
    clear() {
      for (const stop of stops.values()) stop.abort();
      for (const each of [...all.value.values()].flat()) {
        if (each.preview) URL.revokeObjectURL(each.preview);
      }
      all.value = new Map();
      sent.clear();
    },
  };
}
