import { useHouse, useRoom } from "./context";
import type { Asked } from "./state";

/** Why a form did not go through: what we noticed, else what the gateway said; null when it did. */
export function useProblem(about: Asked, own: string | null): string | null {
  const { words } = useHouse().tongue;
  const { view, problem } = useRoom();
  if (own) return own;
  if (view.refusal?.about === about) return sentence(view.refusal.message);
  return problem ? words[problem] : null;
}

export function Problem({ text }: { text: string | null }) {
  return text ? (
    <p class="problem" role="alert" dir="auto">
      {text}
    </p>
  ) : null;
}

/** "this is not the code; look again" as a line of its own. */
export function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
