/** Who put which version in force and when; any of them can be looked at and restored. */

import { useSignal } from "@preact/signals";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { useOnce } from "../once";
import { ago, full, now } from "../time";
import { changes } from "./changes";
import { usePolicy } from "./context";
import { toDraft } from "./document";
import type { OldFact, VersionFact } from "./requests";
import { words } from "./room";
import { ChangeList } from "./save";
import { capital, say } from "./words";

/** Every store's: nobody put it in force. */
const FIRST = 1;

export function VersionsDialog({ onClose }: { onClose(): void }) {
  const { room } = usePolicy();
  const notice = useSignal("");
  const { version: inForce, versions } = room.fact.value;
  const look = async (version: number) => {
    try {
      room.looking.value = await room.requests.old(version);
      onClose();
    } catch (error) {
      notice.value = words(error);
    }
  };
  return (
    <Dialog title={say("versions.title")} onClose={onClose}>
      {notice.value && (
        <p class="notice" role="alert">
          {notice.value}
        </p>
      )}
      <ol class="versions">
        {versions.map((each) => (
          <VersionItem
            key={each.version}
            fact={each}
            inForce={each.version === inForce}
            onLook={() => void look(each.version)}
          />
        ))}
      </ol>
    </Dialog>
  );
}

interface ItemProps {
  fact: VersionFact;
  inForce: boolean;
  onLook(): void;
}

function VersionItem({ fact, inForce, onLook }: ItemProps) {
  const { version, at, by, same_as } = fact;
  return (
    <li>
      <div>
        <p>
          <strong>{say("versions.n", { n: version })}</strong>
          {inForce && <span class="tag good">{say("versions.now")}</span>}
        </p>
        <p class="muted small">
          <time dateTime={new Date(at).toISOString()} title={full(at)}>
            {version === FIRST
              ? say("versions.first")
              : say("versions.by", {
                  who: capital(by || say("operator")),
                  ago: ago(at, now.value),
                })}
          </time>
        </p>
        {same_as !== null && <p class="muted small">{say("versions.same", { n: same_as })}</p>}
      </div>
      {!inForce && (
        <button
          type="button"
          class="button"
          aria-label={say("versions.look", { n: version })}
          onClick={onLook}
        >
          {say("versions.look.short")}
        </button>
      )}
    </li>
  );
}

/** What the screen says while an old version is on it. */
export function LookingBar({ old }: { old: OldFact }) {
  const { room } = usePolicy();
  const asking = useSignal(false);
  return (
    <section class="looking" aria-label={say("versions.n", { n: old.version })}>
      <p role="status">
        {old.version === FIRST
          ? say("looking.first")
          : say("looking", {
              n: old.version,
              who: old.by || say("operator"),
              ago: ago(old.at, now.value),
            })}
      </p>
      <button type="button" class="button" onClick={() => (room.looking.value = null)}>
        {say("looking.back")}
      </button>
      {room.fact.value.may_change && (
        <button type="button" class="primary" onClick={() => (asking.value = true)}>
          {say("looking.restore")}
        </button>
      )}
      {asking.value && <RestoreDialog old={old} onClose={() => (asking.value = false)} />}
    </section>
  );
}

function RestoreDialog({ old, onClose }: { old: OldFact; onClose(): void }) {
  const { desk } = useRoom();
  const { room } = usePolicy();
  const [busy, once] = useOnce();
  const notice = useSignal("");
  const restored = toDraft(old.document);
  const differs = changes(toDraft(room.fact.value.document), restored, room.kinds.value);
  const restore = async () => {
    const { how, words: refusal } = await room.save(restored);
    const { version, by } = room.fact.value;
    if (how === "saved") {
      desk.toast.value = {
        words: say("restore.done", { n: version, old: old.version }),
        undo: null,
      };
    } else if (how === "conflict") {
      notice.value = say("save.conflict", { who: by || say("operator"), n: version });
    } else notice.value = refusal || [...room.problems.value.values()].join(" ");
  };
  return (
    <Dialog title={say("restore.title", { n: old.version })} onClose={onClose}>
      {notice.value && (
        <p class="notice" role="alert">
          {notice.value}
        </p>
      )}
      <ChangeList changes={differs} />
      <p class="muted">{say("restore.says")}</p>
      {room.dirty.value && <p class="notice">{say("restore.unsaved")}</p>}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {say("save.cancel")}
        </button>
        <button
          type="button"
          class="primary"
          aria-disabled={busy}
          onClick={() => void once(restore)}
        >
          {busy ? say("save.busy") : say("restore.go", { n: old.version })}
        </button>
      </footer>
    </Dialog>
  );
}
