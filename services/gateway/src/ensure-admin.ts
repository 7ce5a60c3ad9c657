import type { Documents } from '@vfleet/documents/documents';
import { hashPassword, isPassword, type ScryptCost } from './password-hash.ts';
import { ADMIN, type User } from './users.ts';

const ATTEMPTS = 5;

/**
 * Sees to it that the administrator can log in. A password that was set wins and replaces the stored hash; without one
 * the stored hash holds; without either a password is made and announced. Of several gateways that start at once one
 * makes it, and only that one announces it.
 */
export async function ensureAdmin({
  documents,
  adminPassword,
  newPassword,
  announce,
  cost,
}: {
  documents: Documents<User>;
  adminPassword: string | undefined;
  newPassword: () => string;
  announce: (text: string) => void;
  cost?: ScryptCost | undefined;
}): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const stored = await documents.get(ADMIN);
    if (stored && adminPassword === undefined) return;
    if (stored && adminPassword !== undefined && (await isPassword(adminPassword, stored.body.passwordHash))) return;
    const password = adminPassword ?? newPassword();
    const outcome = await documents.put({
      id: ADMIN,
      expectedVersion: stored?.version ?? 0,
      body: { name: ADMIN, passwordHash: await hashPassword(password, cost) },
      answers: [],
      unpublished: [],
    });
    if (!outcome.ok) continue;
    if (adminPassword === undefined) {
      announce(
        `Login: ${ADMIN}, password: ${password}\nIt is shown this once; set VFLEET_ADMIN_PASSWORD to have another.`,
      );
    }
    return;
  }
  throw new Error(`${ADMIN} was changed by others ${ATTEMPTS} times in a row`);
}
