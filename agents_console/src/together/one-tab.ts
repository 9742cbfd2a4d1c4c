/**
 * Of a person's tabs that hear the same, one speaks: whichever first takes the browser's lock on it.
 *
 * A tab keeps the lock for longer than any other is late, and gives it back when it closes or
 * crashes. Notifications need a page that came safely, and there the locks are, too.
 */

/** What is before somebody's eyes in one tab takes precedence: the others let it go first. */
const WAIT_MS = 150;
const KEPT_MS = 60_000;

export interface OneTab {
  /** Calls `act` here when this is the tab that speaks. */
  once(name: string, act: () => void): void;
  /** What is before somebody's eyes in this tab is told by none of the others. */
  hush(name: string): void;
  stop(): void;
}

/** Without locks, the tab that is looked at speaks. */
export function oneTab(shared: string, locks: LockManager | undefined = navigator.locks): OneTab {
  const waiting = new Set<ReturnType<typeof setTimeout>>();
  function take(name: string, act: () => void): void {
    void locks?.request(`${shared}.${name}`, { ifAvailable: true }, (lock) => {
      if (!lock) return;
      act();
      return new Promise<void>((free) => setTimeout(free, KEPT_MS));
    });
  }
  return {
    once(name, act) {
      if (locks) {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          take(name, act);
        }, WAIT_MS);
        waiting.add(timer);
      } else if (document.visibilityState === "visible") act();
    },
    hush: (name) => take(name, () => {}),
    stop() {
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}
