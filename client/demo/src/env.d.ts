declare module '*.css';

interface Window {
  /** The call of this page, for tests and for the curious. */
  tritone?: import('../../sdk/index.ts').TritoneRoom;
}
