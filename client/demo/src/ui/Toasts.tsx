import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from 'react';
import { Icon } from './Icon.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'error';
}

type ShowToast = (text: string, tone?: Toast['tone']) => void;

const SHOWN_MS = { info: 4_000, error: 9_000 };
const MAX_TOASTS = 4;

const ToastContext = createContext<ShowToast>(() => {});

export function useToast(): ShowToast {
  return use(ToastContext);
}

/** Short messages that go by themselves. Two of the same text are one. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(0);
  const remove = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const show = useCallback<ShowToast>(
    (text, tone = 'info') => {
      nextId.current += 1;
      const toast = { id: nextId.current, text, tone };
      setToasts((shown) => [...shown.filter((other) => other.text !== text), toast].slice(-MAX_TOASTS));
      setTimeout(() => remove(toast.id), SHOWN_MS[tone]);
    },
    [remove],
  );
  const stack = useMemo(
    () => (
      <div className="toasts">
        <div role="status">{toasts.filter(({ tone }) => tone === 'info').map((toast) => item(toast, remove))}</div>
        <div role="alert">{toasts.filter(({ tone }) => tone === 'error').map((toast) => item(toast, remove))}</div>
      </div>
    ),
    [toasts, remove],
  );
  return (
    <ToastContext value={show}>
      {children}
      {stack}
    </ToastContext>
  );
}

function item({ id, text, tone }: Toast, remove: (id: number) => void): ReactNode {
  return (
    <div key={id} className="toast" data-tone={tone}>
      {tone === 'error' && <Icon name="warning" size={18} />}
      <p>{text}</p>
      <button type="button" className="quiet" aria-label="Dismiss" onClick={() => remove(id)}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
