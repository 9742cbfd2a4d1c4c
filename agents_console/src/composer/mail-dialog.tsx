/** Fetches the look at an answer as a mail when somebody first wants one. */

import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import type { Thread } from "../thread/thread";
import { say as sayAll } from "../words";
import { say } from "./words";

type MailModule = typeof import("./mail-look");

interface MailDialogProps {
  thread: Thread;
  text: string;
  onClose(): void;
}

export function MailDialog({ thread, text, onClose }: MailDialogProps) {
  const [look, setLook] = useState<MailModule | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    import("./mail-look").then(setLook, () => setBroken(true));
  }, []);
  return (
    <Dialog title={say("mail.title")} wide onClose={onClose}>
      {look ? (
        <look.MailLook thread={thread} text={text} />
      ) : (
        <p class="muted" role={broken ? "alert" : "status"}>
          {broken ? sayAll("error.unreachable") : say("mail.loading")}
        </p>
      )}
    </Dialog>
  );
}
