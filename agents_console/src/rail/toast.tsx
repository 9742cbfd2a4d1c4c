import { useEffect } from "preact/hooks";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { say } from "../words";

const SHOWN_MS = 10_000;

/** What has just been done, and how to undo it. */
export function ToastBar() {
  const { desk } = useRoom();
  const toast = desk.toast.value;
  const close = () => {
    desk.toast.value = null;
  };
  useEffect(() => {
    if (!toast || toast.stays) return;
    const timer = setTimeout(() => {
      if (desk.toast.value === toast) desk.toast.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, desk]);
  return (
    <div class="toasts" role="status">
      {toast && (
        <div class="toast">
          <span>{toast.words}</span>
          {toast.undo && (
            <button
              type="button"
              class="plain strong"
              aria-keyshortcuts="z"
              onClick={() => {
                close();
                toast.undo?.();
              }}
            >
              {say("toast.undo")} <kbd>z</kbd>
            </button>
          )}
          <button
            type="button"
            class="plain square"
            aria-label={say("dialog.close")}
            onClick={close}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
