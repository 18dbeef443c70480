/** Three notes, three voices. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M8 13v6" stroke="var(--logo-1)" />
      <path d="M16 6v20" stroke="var(--logo-2)" />
      <path d="M24 10v12" stroke="var(--logo-3)" />
    </svg>
  );
}
