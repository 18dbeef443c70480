import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { ToastProvider } from './ui/Toasts.tsx';
import './styles/base.css';
import './styles/controls.css';
import './styles/lobby.css';
import './styles/call.css';
import './styles/tile.css';
import './styles/transcript.css';
import './styles/motion.css';

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <ToastProvider>
      <App />
    </ToastProvider>,
  );
}
