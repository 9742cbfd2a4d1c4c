/**
 * Small things kept in the browser, with memory as the last home.
 *
 * A framed page may be refused all storage, and then every call raises: nothing here depends on it.
 */

export interface Keep {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

/** Whether anything stays here when the page is left. */
export function stays(storage: () => Storage): boolean {
  try {
    return storage().length >= 0;
  } catch {
    return false;
  }
}

export function keepIn(storage: () => Storage): Keep {
  const memory = new Map<string, string>();
  return {
    get(name) {
      try {
        return storage().getItem(name);
      } catch {
        return memory.get(name) ?? null;
      }
    },
    set(name, value) {
      if (value === null) memory.delete(name);
      else memory.set(name, value);
      try {
        if (value === null) storage().removeItem(name);
        else storage().setItem(name, value);
      } catch {
        // Refused or full: memory has it for as long as this page lives.
      }
    },
  };
}
