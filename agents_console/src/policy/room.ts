/** The policy screen at work: what is in force, what somebody is making of it, and what is wrong. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Api, ApiError } from "../api";
import { plainly } from "../desk/plainly";
import { say as sayConsole } from "../words";
import { changes } from "./changes";
import { type Draft, same, toDocument, toDraft } from "./document";
import { type Kinds, kindsOf } from "./kinds";
import { type Problems, seen, type Told, together } from "./problems";
import { type OldFact, type PolicyFact, type Requests, requests } from "./requests";

/** Long enough that somebody who types is not asked about each letter. */
const CHECK_AFTER_MS = 350;

export type Saved = "saved" | "conflict" | "wrong" | "refused";

export interface Room {
  readonly requests: Requests;
  readonly storeId: string;
  readonly fact: Signal<PolicyFact>;
  /** What is being edited. */
  readonly draft: Signal<Draft>;
  /** An old version that is looked at instead. */
  readonly looking: Signal<OldFact | null>;
  /** What the screen shows: the draft, or the old version. */
  readonly shown: ReadonlySignal<Draft>;
  /** Nothing can be changed: somebody only looks. */
  readonly locked: ReadonlySignal<boolean>;
  readonly dirty: ReadonlySignal<boolean>;
  readonly problems: ReadonlySignal<Problems>;
  /** What would change, in words. */
  readonly changes: ReadonlySignal<readonly string[]>;
  readonly kinds: ReadonlySignal<Kinds>;
  edit(change: (draft: Draft) => Partial<Draft>): void;
  set(name: string, value: unknown): void;
  /** What the gateway says of the draft, at once. */
  check(): Promise<void>;
  /** `words` come with a refusal. */
  save(draft: Draft): Promise<{ readonly how: Saved; readonly words: string }>;
  discard(): void;
  stop(): void;
}

/** Unsaved work outlives a session that ends in the middle of it: it is there at the next sign-in. */
const kept = new Map<string, { readonly version: number; readonly draft: Draft }>();

export async function openRoom(api: Api, storeId: string, agentId: string): Promise<Room> {
  const asked = requests(api.ask, storeId);
  return makeRoom(asked, await asked.look(), storeId, agentId);
}

function makeRoom(asked: Requests, first: PolicyFact, storeId: string, agentId: string): Room {
  const place = `${agentId} ${storeId}`;
  const before = kept.get(place);
  const fact = signal(first);
  const base = computed(() => toDraft(fact.value.document));
  const draft = signal(before?.version === first.version ? before.draft : base.value);
  const looking = signal<OldFact | null>(null);
  const told = signal<readonly Told[]>([]);
  const kinds = computed(() => kindsOf(fact.value.schema.properties));
  const dirty = computed(() => !same(draft.value, base.value));
  const problems = computed(() =>
    together(seen(draft.value, kinds.value), told.value, draft.value),
  );
  const old = computed(() => looking.value && toDraft(looking.value.document));
  let asking = 0;

  async function check(): Promise<void> {
    asking += 1;
    const mine = asking;
    const answer = await asked.check(toDocument(draft.value)).catch(() => null);
    // Not reached: what is known stays, and saving will say so. Overtaken: the later one counts.
    if (answer && mine === asking) told.value = answer.ok ? [] : answer.errors;
  }

  const stopChecking = effect(() => {
    const now = draft.value;
    if (now === base.peek()) {
      told.value = [];
      return;
    }
    kept.set(place, { version: fact.peek().version, draft: now });
    if (!fact.peek().may_change) return;
    const timer = setTimeout(() => void check(), CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  });

  async function refused(error: unknown): Promise<{ how: Saved; words: string }> {
    const code = error instanceof ApiError ? error.code : "";
    if (code === "conflict") {
      // The draft stays; the list of changes tells how it differs from what is in force now.
      fact.value = await asked.look();
      return { how: "conflict", words: "" };
    }
    if (code === "bad_policy") {
      await check();
      return { how: "wrong", words: "" };
    }
    return { how: "refused", words: words(error) };
  }

  function take(newer: PolicyFact): void {
    fact.value = newer;
    looking.value = null;
    discard();
  }

  function discard(): void {
    asking += 1;
    kept.delete(place);
    draft.value = base.value;
  }

  return {
    requests: asked,
    storeId,
    fact,
    draft,
    looking,
    shown: computed(() => old.value ?? draft.value),
    locked: computed(() => !fact.value.may_change || looking.value !== null),
    dirty,
    problems: computed(() => (looking.value ? NOTHING : problems.value)),
    changes: computed(() => changes(base.value, draft.value, kinds.value)),
    kinds,
    edit(change) {
      draft.value = { ...draft.value, ...change(draft.value) };
    },
    set(name, value) {
      draft.value = { ...draft.value, fields: { ...draft.value.fields, [name]: value } };
    },
    check,
    async save(wanted) {
      try {
        take(await asked.put(toDocument(wanted), fact.value.version));
        return { how: "saved", words: "" };
      } catch (error) {
        return refused(error).catch((another: unknown) => ({
          how: "refused" as const,
          words: words(another),
        }));
      }
    },
    discard,
    stop() {
      stopChecking();
      if (!dirty.value) kept.delete(place);
    },
  };
}

/** A refusal in words; what is no refusal is a mistake of ours, and stays one. */
export function words(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  return error.status === 0 ? sayConsole("error.unreachable") : plainly(error);
}

const NOTHING: Problems = new Map();
