import type { Collection } from '@vfleet/documents/documents';
import { z } from 'zod';

/** The administrator every installation has. */
export const ADMIN = 'admin@internal';

const User = z.object({ name: z.string(), passwordHash: z.string() });
export type User = z.infer<typeof User>;

/** Who may log in, by name. */
export const users: Collection<User> = { name: 'users', schema: User, schemaVersion: 1, keys: {} };
