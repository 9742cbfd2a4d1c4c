/**
 * Of a person's tabs that hear the same, one speaks.
 *
 * Each says a random number for what it heard and waits a moment; the lowest speaks. Whoever hears
 * of it only after another has said a number is late and keeps still. Nobody is elected, so no tab
 * that froze or crashed takes the others' voice along.
 */

const WAIT_MS = 150;
const KEPT = 50;

interface Claim {
  readonly name: string;
  readonly number: number;
}

export interface OneTab {
  /** Calls `act` here when this is the tab that speaks. */
  once(name: string, act: () => void): void;
  stop(): void;
}

/** Without a channel between the tabs, the one that is looked at speaks. */
export function oneTab(channel: string, number = Math.random): OneTab {
  if (typeof BroadcastChannel === "undefined") {
    return {
      once(_name, act) {
        if (document.visibilityState === "visible") act();
      },
      stop() {},
    };
  }
  const air = new BroadcastChannel(channel);
  const lowest = new Map<string, number>();
  const note = ({ name, number: claimed }: Claim) => {
    lowest.set(name, Math.min(lowest.get(name) ?? 1, claimed));
    const [oldest] = lowest.keys();
    if (lowest.size > KEPT && oldest !== undefined) lowest.delete(oldest);
  };
  air.onmessage = ({ data }: MessageEvent<Claim>) => note(data);
  return {
    once(name, act) {
      if (lowest.has(name)) return;
      const claim = { name, number: number() };
      note(claim);
      air.postMessage(claim);
      setTimeout(() => {
        if (lowest.get(name) === claim.number) act();
      }, WAIT_MS);
    },
    stop: () => air.close(),
  };
}
