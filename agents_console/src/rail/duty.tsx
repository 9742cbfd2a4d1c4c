import { useId } from "preact/hooks";
import { useRoom } from "../context";
import { say } from "../words";

/** The presence switch, with what it means for shoppers in words. */
export function DutySwitch() {
  const { desk } = useRoom();
  const id = useId();
  const online = desk.duty.value === "online";
  return (
    <div class="duty">
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={online}
        aria-label={say("duty.online")}
        aria-describedby={id}
        onClick={() => desk.switchDuty(online ? "away" : "online")}
      >
        <span class="switch-knob" />
      </button>
      <p id={id} class="duty-words">
        {say(online ? "duty.seen" : "duty.hidden")}
      </p>
    </div>
  );
}
