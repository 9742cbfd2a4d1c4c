import type { ComponentChildren } from "preact";
import { useRoom } from "../context";
import { Problem } from "../Problem";

interface Form {
  /** What says what is wrong goes by this. */
  readonly id: string;
  readonly problem: string | null;
  /** What its button says, once there is something to send. */
  readonly go: string | false;
  readonly onGo: () => void;
  /** The way out of it, if there is one. */
  readonly out: string | false;
  readonly onOut: () => void;
  readonly children: ComponentChildren;
}

/** A form of the store's: what is asked, what is wrong with the answer, and what can be done. */
export function Asks({ id, problem, go, onGo, out, onOut, children }: Form) {
  const { asked } = useRoom();
  const idle = asked !== null;
  return (
    <form
      class="card asks"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onGo();
      }}
    >
      {children}
      <div id={id}>
        <Problem text={problem} />
      </div>
      <div class="acts">
        {go && (
          <button type="submit" class="primary" disabled={idle}>
            {go}
          </button>
        )}
        {out && (
          <button type="button" class="link" disabled={idle} onClick={onOut}>
            {out}
          </button>
        )}
      </div>
    </form>
  );
}
