/** Drawings of 20 by 20, decoration only: whoever shows one gives the words. */

export function Icon({ d }: { d: string }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

export const CloseIcon = () => <Icon d="m5 5 10 10M15 5 5 15" />;
export const SendIcon = () => <Icon d="M3.5 10 3 3.5 17 10 3 16.5 3.5 10H10" />;
export const ClipIcon = () => (
  <Icon d="m15.5 9.5-5.6 5.6a3.4 3.4 0 0 1-4.8-4.8l6-6a2.3 2.3 0 0 1 3.2 3.2l-6 6a1 1 0 0 1-1.6-1.6L12 6.6" />
);
export const DownIcon = () => <Icon d="M10 4v12m-5-5 5 5 5-5" />;
export const PhoneIcon = () => <Icon d="M6 2.5h8v15H6ZM9 15h2" />;
/** The thread, with a knot in it. */
export const KnotIcon = () => <Icon d="M2 10h4c5 0 7-6 4-6s-1 6 4 6h4" />;
