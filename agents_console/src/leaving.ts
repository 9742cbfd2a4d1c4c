/** Asks before somebody leaves what they have not saved; one screen at a time has something to say. */

export interface Keeper {
  /** What would happen if they left; it happens at once, or when they have said so. */
  ask(go: () => void): void;
  /** The address has changed already. True: it was put back, and nobody is to follow it. */
  stays(): boolean;
}

let keeper: Keeper | null = null;

/** Null: nothing is unsaved any more. */
export function keepHere(by: Keeper | null): void {
  keeper = by;
}

export function leave(go: () => void): void {
  if (keeper) keeper.ask(go);
  else go();
}

export function staysHere(): boolean {
  return keeper?.stays() ?? false;
}
