import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npx vite client/demo` serves the page with hot reload beside a running server. */
const server = process.env.TRITONE_URL ?? 'http://localhost:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: {
        calls: `${import.meta.dirname}/index.html`,
        studio: `${import.meta.dirname}/studio/index.html`,
      },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/docs': server,
      '/socket.io': { target: server, ws: true },
    },
  },
});
