/** Pages asked for and not here yet, each with the conversations that were heard of meanwhile. */

export interface Ask {
  /** The first page: it replaces what its view held. */
  readonly fresh: boolean;
  /** What a row said of these since then may be newer than what the page says. */
  readonly newer: Set<string>;
}

export class Asked {
  /** By shelf, in the order in which they were asked for, which is that of the answers. */
  readonly #waiting = new Map<string, Ask[]>();

  add(key: string, fresh: boolean): void {
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), { fresh, newer: new Set() }]);
  }

  waits(key: string): boolean {
    return (this.#waiting.get(key)?.length ?? 0) > 0;
  }

  heardOf(conversationId: string): void {
    for (const asks of this.#waiting.values()) {
      for (const ask of asks) ask.newer.add(conversationId);
    }
  }

  /** The page that was asked for first of those that are not here. */
  arrived(key: string): Ask {
    return this.#waiting.get(key)?.shift() ?? { fresh: true, newer: new Set() };
  }

  clear(): void {
    this.#waiting.clear();
  }
}
