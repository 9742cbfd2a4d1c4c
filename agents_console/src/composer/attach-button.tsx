import { useRef } from "preact/hooks";
import { Icon } from "../icons";
import { say } from "../words";

export function AttachButton({ onFiles }: { onFiles(files: FileList | null): boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles(event.currentTarget.files);
          // The same file again is a change again.
          event.currentTarget.value = "";
        }}
      />
      <button
        type="button"
        class="plain attach"
        aria-label={say("composer.attach")}
        title={say("composer.attach")}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
    </>
  );
}
