/** Merge two shoppers: whom with, what it would make of them, and only then. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { ShopperFact } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { useOnce } from "../once";
import { say as sayDesk } from "../words";
import { Find } from "./find";
import { linesOf, warnings, whyElder } from "./preview";
import { type Preview, refused, type ShopperRequests } from "./requests";
import { say } from "./words";

interface Props {
  shopper: ShopperFact;
  /** Who was chosen before; null: they are looked for first. */
  chosen: string | null;
  requests: ShopperRequests;
  onClose(): void;
}

export function MergeDialog({ shopper, chosen, requests, onClose }: Props) {
  const [other, setOther] = useState(chosen);
  // Who is merged into somebody else is another id at once, and the dialog is about who they were.
  const [mine] = useState(shopper);
  const name = mine.name || sayDesk("shopper.unnamed");
  if (other === null) {
    return (
      <Dialog title={say("find.title", { name })} onClose={onClose}>
        <Find self={mine.shopper_id} requests={requests} onChoose={setOther} />
      </Dialog>
    );
  }
  return (
    <Agree
      key={other}
      mine={mine.shopper_id}
      other={other}
      requests={requests}
      onElse={() => setOther(null)}
      onClose={onClose}
    />
  );
}

interface AgreeProps {
  mine: string;
  other: string;
  requests: ShopperRequests;
  onElse(): void;
  onClose(): void;
}

function Agree({ mine, other, requests, onElse, onClose }: AgreeProps) {
  const { desk } = useRoom();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [wrong, setWrong] = useState("");
  const [busy, once] = useOnce();
  const look = () =>
    requests.preview(mine, other).then(setPreview, (error) => setWrong(refused(error)));
  // Once for each pair: the requests are made anew whenever this is drawn.
  useEffect(() => void look(), [mine, other]);
  // The way on is at hand once all is said; what has it before is the way out.
  const agree = useRef<HTMLButtonElement>(null);
  useEffect(() => agree.current?.focus({ preventScroll: true }), [preview !== null]);
  const names = {
    elder: preview?.elder.name ?? "",
    younger: preview?.younger.name ?? "",
  };
  const merge = async () => {
    if (!preview) return;
    // It can be taken back wherever one is by then.
    const storeId = desk.thread.value?.storeId ?? "";
    try {
      const { merge_id: mergeId } = await requests.merge(mine, other, preview.seen);
      onClose();
      const undo = () => {
        desk.deciding.value = { what: "part", storeId, mergeId };
      };
      desk.toast.value = { words: say("merge.done", names), undo };
    } catch (error) {
      setWrong(refused(error));
      await look();
    }
  };
  const title = preview ? say("merge.title", names) : say("merge.looking");
  return (
    <Dialog title={title} wide onClose={onClose}>
      <div class="decide">
        {preview && <Both preview={preview} />}
        {wrong && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <p class="dialog-acts">
          <button type="button" class="button" onClick={onElse}>
            {say("merge.else")}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {say("merge.cancel")}
          </button>
          {preview && (
            <button
              type="button"
              class="primary"
              ref={agree}
              aria-disabled={busy}
              onClick={() => void once(merge)}
            >
              {say("merge.do")}
            </button>
          )}
        </p>
      </div>
    </Dialog>
  );
}

function Both({ preview }: { preview: Preview }) {
  const told = warnings(preview);
  const elder = preview.elder.name;
  return (
    <>
      <table class="merge-table" aria-label={say("merge.table")}>
        <thead>
          <tr>
            <td />
            <th scope="col">
              <bdi>{elder}</bdi>
            </th>
            <th scope="col">
              <bdi>{preview.younger.name}</bdi>
            </th>
            <th scope="col">{say("merge.will")}</th>
          </tr>
        </thead>
        <tbody>
          {linesOf(preview).map(({ what, ...cells }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <Cell label={elder} words={cells.elder} />
              <Cell label={preview.younger.name} words={cells.younger} />
              <Cell label={say("merge.will")} words={cells.made} />
            </tr>
          ))}
        </tbody>
      </table>
      <p>{whyElder(preview)}</p>
      {told.length > 0 && (
        <section class="merge-told">
          <h3>{say("merge.know")}</h3>
          <ul>
            {told.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      <p class="muted">{say("merge.apart")}</p>
      <p class="muted">{say("merge.undo", { elder })}</p>
    </>
  );
}

/** On a narrow screen the columns stand below each other, and each says whose it is. */
function Cell({ label, words }: { label: string; words: readonly string[] }) {
  return (
    <td data-of={label}>
      {words.map((each) => (
        <bdi key={each}>{each}</bdi>
      ))}
    </td>
  );
}
