import { Later } from "../desk/later";

export function CannedPane({ storeId }: { storeId: string }) {
  return (
    <Later id="canned" fetch={() => import("./screen")}>
      {({ CannedScreen }) => <CannedScreen storeId={storeId} />}
    </Later>
  );
}
