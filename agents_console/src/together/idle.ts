/** Whoever wished so is away after some minutes without a key or a touch, in any tab of theirs. */

const LOOK_MS = 20_000;
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

interface IdleOptions {
  /** 0: never. */
  minutes(): number;
  /** Nobody has touched anything for so long; called until it is true, once in each such while. */
  idle(): boolean;
  readonly name: string;
  readonly shelf: Storage | null;
}

/** The latest touch is shared by the tabs of a browser, where they may share anything. */
export function watchIdle({ minutes, idle, name, shelf }: IdleOptions): () => void {
  let last = Date.now();
  let written = 0;
  let told = false;
  const touched = () => {
    last = Date.now();
    told = false;
    if (last - written < LOOK_MS / 4) return;
    written = last;
    try {
      shelf?.setItem(name, String(last));
    } catch {
      // Each tab goes by itself then.
      return;
    }
  };
  const look = () => {
    const elsewhere = Number(shelf?.getItem(name) ?? 0);
    if (elsewhere > last) {
      last = elsewhere;
      told = false;
    }
    const after = minutes() * 60_000;
    if (after === 0 || told || Date.now() - last < after) return;
    told = idle();
  };
  for (const each of TOUCHES) addEventListener(each, touched, { passive: true });
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    for (const each of TOUCHES) removeEventListener(each, touched);
  };
}
