import { createRoot } from 'react-dom/client';
import { ToastProvider } from '../ui/Toasts.tsx';
import { Studio } from './Studio.tsx';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/tile.css';
import '../styles/motion.css';
import '../styles/studio.css';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <ToastProvider>
      <Studio />
    </ToastProvider>,
  );
}
