import { z } from 'zod';

/** A network label: networks that carry it are allowed or attached together. Safe in a URL, and in host tools. */
export const Label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/, 'letters, digits, - and _; at most 50');
export type Label = z.infer<typeof Label>;

/** A label as a resource of its own. */
export const LabelResource = z.object({ id: Label });
export type LabelResource = z.infer<typeof LabelResource>;
