/** HTTP status, what a person reads, and what they can do about it. `title` never changes between refusals of one code. */
export type RefusalRow = { status: number; title: string; remedy: string };
