import { Logo } from '../ui/Logo.tsx';

export function Joining({ room }: { room: string }) {
  return (
    <main className="notice-page" aria-busy="true">
      <Logo size={44} />
      <h1>Joining {room}</h1>
      <p role="status">Connecting to the server…</p>
      <div className="progress" aria-hidden="true" />
    </main>
  );
}
