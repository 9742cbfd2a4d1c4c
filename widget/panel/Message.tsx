import { useHouse } from "./context";
import { Face } from "./Header";
import { filing, refusing, wording } from "./parts";
import type { Bubble, Group } from "./timeline";

interface Props {
  group: Group;
  /** Told below the last own message only. */
  receipt: string | null;
}

export function MessageGroup({ group, receipt }: Props) {
  const { tongue } = useHouse();
  const { words, say } = tongue;
  const files = filing.use(group.bubbles.some((bubble) => bubble.files.length > 0));
  const last = group.bubbles.at(-1);
  const at = last?.at ?? 0;
  const mark = group.own && group.channel !== "chat" ? words[group.channel] : null;
  const name = group.own ? words.you : group.name;
  return (
    <div class={group.own ? "group own" : "group"}>
      {group.bubbles.map((bubble) => (
        <div class="row" key={bubble.key} data-seq={bubble.seq}>
          <span class="hush">{say(words.saidAt, { name, time: tongue.time(bubble.at) })}</span>
          {bubble.body && (
            <div
              class={`bubble${bubble === last ? " tip" : ""}${bubble.fresh ? " fresh" : ""}`}
              dir="auto"
              title={tongue.full(bubble.at)}
            >
              <Body text={bubble.body} own={group.own} />
            </div>
          )}
          {files && <files.Files files={bubble.files} stored={bubble.seq > 0} />}
          {bubble.letter?.state === "failed" && <Failure bubble={bubble} />}
        </div>
      ))}
      <p class="caption">
        {!group.own && (
          <span class="by" title={group.name}>
            <Face name={group.name} face={group.face} />
            <bdi class="name">{group.name}</bdi>
          </span>
        )}
        {mark && <span class="mark">{mark}</span>}
        {last?.letter?.state !== "failed" && (
          <time dateTime={new Date(at).toISOString()} title={tongue.full(at)}>
            {tongue.time(at)}
          </time>
        )}
        {receipt && <span>{receipt}</span>}
      </p>
    </div>
  );
}

/** Until it is known what its signs mean, and where there are none, words are words. */
function Body({ text, own }: { text: string; own: boolean }) {
  const part = wording.use(/:\/\/|[*_`[]|^[-•\d]/m.test(text));
  return part ? <part.Words text={text} own={own} /> : <>{text}</>;
}

function Failure({ bubble }: { bubble: Bubble }) {
  const { room, tongue } = useHouse();
  const { words } = tongue;
  const why = bubble.letter?.why;
  const part = refusing.use(!!why);
  return (
    <div class="failure" role="alert">
      <p>
        {words.failed} {why && part && <part.Why of={why} />}
      </p>
      <button type="button" class="link" onClick={() => room.retry(bubble.key)}>
        {words.retry}
      </button>
      <button type="button" class="link" onClick={() => room.remove(bubble.key)}>
        {words.discard}
      </button>
    </div>
  );
}
