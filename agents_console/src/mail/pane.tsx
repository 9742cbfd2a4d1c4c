import { Later } from "../desk/later";

export function MailPane({ storeId }: { storeId: string }) {
  return (
    <Later id="mail" fetch={() => import("./screen")}>
      {({ MailScreen }) => <MailScreen storeId={storeId} />}
    </Later>
  );
}
