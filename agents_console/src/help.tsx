import { Dialog } from "./dialog";
import { KEYS } from "./keyboard";
import { say } from "./words";

export function HelpDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={say("keys.title")} wide onClose={onClose}>
      <dl class="keys">
        {KEYS.map(({ keys, word }) => (
          <div key={word}>
            <dt>
              {keys.map((combination) => (
                <span class="combination" key={combination}>
                  {combination.split(" ").map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </span>
              ))}
            </dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
