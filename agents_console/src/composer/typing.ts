/** Says "typing" now and then while keys are pressed, and "stopped" once. */

/** The other side forgets after six seconds, so this is often enough. */
const REPEAT_MS = 3_000;
const STOPPED_MS = 5_000;

export interface Typing {
  /** A key was pressed; `words`: something is left in the field. */
  key(words: boolean): void;
  stop(): void;
}

export function createTyping(tell: (on: boolean) => void): Typing {
  let toldAt: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    clearTimeout(timer);
    if (toldAt !== null) tell(false);
    toldAt = null;
  }

  return {
    stop,
    key(words) {
      if (!words) return stop();
      clearTimeout(timer);
      timer = setTimeout(stop, STOPPED_MS);
      const present = performance.now();
      if (toldAt !== null && present - toldAt < REPEAT_MS) return;
      toldAt = present;
      tell(true);
    },
  };
}
