/**
 * Small text files below one directory, named by relative paths. A write is durable when it resolves, and atomic: a
 * reader, also after a crash or a loss of power, finds the old text or the new one. What the disk refuses throws.
 */
export type AtomicFiles = {
  /** Where the files are, for messages to people. */
  readonly dir: string;
  /** The text, or null when there is no such file. */
  read(path: string): Promise<string | null>;
  /** `secret`: nobody but the owner can read it, at any moment. */
  write(path: string, text: string, as?: 'secret'): Promise<void>;
  /** Durable as a write is; removing what is not there is no error. */
  remove(path: string): Promise<void>;
  /** Names of the files in a folder, in no order; empty when there is no such folder. */
  list(folder: string): Promise<string[]>;
};
