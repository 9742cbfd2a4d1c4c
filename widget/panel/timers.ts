/** Timers by name: setting one anew forgets the one before. */

import type { World } from "../link/connection";

export class Timers {
  #world: World;
  #held = new Map<string, unknown>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Null milliseconds: never. */
  after(name: string, ms: number | null, task: () => void = () => undefined): void {
    this.#world.clearTimeout(this.#held.get(name));
    this.#held.delete(name);
    if (ms !== null) this.#held.set(name, this.#world.setTimeout(task, ms));
  }
}
