/** Every drawing of the console: strokes in the colour of the text around them. */

const PATHS = {
  chat: "M4 5h16v11.5H9.5L4 20.5z",
  sms: "M8 2.5h8A1.5 1.5 0 0 1 17.5 4v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.2h2",
  email: "M3 5.5h18v13H3zM3 7l9 6.5L21 7",
  whatsapp:
    "M4 20l1.3-4A8 8 0 1 1 8.2 19zM9 8.5c0 4 3 6.5 6 6.5v-2l-2-.7-1 1c-1-.5-1.8-1.5-2.2-2.5l.9-1L10 8z",
  push: "M6 17h12l-1.6-2.4V10a4.4 4.4 0 0 0-8.8 0v4.6zM10 20h4",
  app: "M5 5h5v5H5zM14 5h5v5h-5zM5 14h5v5H5zM16.5 13.5v6M13.5 16.5h6",
  open: "M4 13l2.6-8h10.8L20 13v6H4zM4 13h5l1 2.6h4l1-2.6h5",
  mine: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
  unassigned:
    "M10 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 19.5a6.5 6.5 0 0 1 9.5-5.7M18 13.5v6M15 16.5h6",
  resolved: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.4l2.8 2.8 5.2-6",
  mentions: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1",
  snoozed: "M12 21a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM9.5 10h5l-5 6h5M4 6l3-3M20 6l-3-3",
  unreachable: "M4 5h16v11.5H9.5L4 20.5zM9 8l6 5.5M15 8l-6 5.5",
  label: "M4 4h8l8 8-8 8-8-8zM8 8h.1",
  blocked: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.8 5.8l12.4 12.4",
  merge: "M5 4v4.5a5 5 0 0 0 5 5h9M5 20v-1.5a5 5 0 0 1 5-5M15.5 9.5l4 4-4 4",
  narrow: "M4 6h16M7 12h10M10 18h4",
  reopen: "M4.5 5v5h5M4.8 10a8 8 0 1 1-.6 4.5",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.4 15.4L20 20",
  help: "M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1.1-1.3 2.1M12 17.4v.1",
  warn: "M12 4L2.6 20h18.8zM12 10v4.6M12 17.3v.1",
  leave: "M14 4h5v16h-5M9.5 8L5.5 12l4 4M6 12h9",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5",
  down: "M12 5v13M6 12.5l6 6 6-6",
  up: "M6 15l6-6 6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5V12l3 2",
  more: "M5.5 12h.1M12 12h.1M18.5 12h.1",
  date: "M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8",
  policy: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  grip: "M9 6h.1M15 6h.1M9 12h.1M15 12h.1M9 18h.1M15 18h.1",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  bin: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
  plus: "M12 5v14M5 12h14",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  canned: "M4 5h16v11.5H9.5L4 20.5zM8.5 9h7M8.5 12.5h4.5",
  clip: "M19 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-8 8a1.6 1.6 0 0 1-2.2-2.2l7.3-7.4",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: what it means is always said in words beside it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={`icon icon-${name}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The thread's line, closing into a speech bubble in a single stroke. */
export const MARK =
  "M6 3v21.2c0 2.6 2 3.3 3.6 1.6L14 21.5h5a7.5 7.5 0 0 0 7.5-7.5v0A7.5 7.5 0 0 0 19 6.5h-5.5A7.5 7.5 0 0 0 6 14";

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path d={MARK} />
    </svg>
  );
}
