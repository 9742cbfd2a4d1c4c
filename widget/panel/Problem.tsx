import { useHouse, useRoom } from "./context";
import { sentence } from "./sentence";
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
