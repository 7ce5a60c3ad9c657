import type { XmlElement } from './xml-element.ts';

/** What an administrator gave, as text and as it was read; null where a VM has no definition. */
export type Definition = { source: string; root: XmlElement } | { unreadable: string } | null;
