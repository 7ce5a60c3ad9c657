import { type Document, deserialize, serialize } from 'bson';

/** What a command failed with, in MongoDB's own codes. */
export type Failure = { ok: 0; errmsg: string; code: number; codeName: string; errorLabels?: string[] };

export const WRITE_CONFLICT = 112;
export const LOCK_TIMEOUT = 24;
const INTERNAL_ERROR = 1;
const BAD_VALUE = 2;

/** PostgreSQL's SQLSTATE to MongoDB's code. DocumentDB's own states are M and the index of the code in its table. */
const CODE_OF_STATE: Record<string, number> = {
  M0000: 1,
  M0001: 2,
  M0003: 9,
  M0004: 14,
  M0005: 15,
  M0008: 26,
  M0009: 27,
  M000A: 28,
  M000D: 40,
  M000E: 43,
  M000F: 48,
  M000G: 52,
  M000M: 66,
  M000N: 67,
  M000O: 68,
  M000P: 72,
  M000Q: 73,
  M000R: 85,
  M000S: 86,
  M000U: 115,
  M000Z: 166,
  M0012: 197,
  M0016: 263,
  M001B: 10334,
  M001C: 11000,
  M00CO: 121,
  M00EX: 50,
  M00F1: WRITE_CONFLICT,
  M007U: 40324,
  M0088: 40415,
  '23505': 11000,
  '40001': WRITE_CONFLICT,
  '40P01': WRITE_CONFLICT,
  '55P03': WRITE_CONFLICT,
  '57014': 50,
};

const NAME_OF_CODE: Record<number, string> = {
  1: 'InternalError',
  2: 'BadValue',
  9: 'FailedToParse',
  [LOCK_TIMEOUT]: 'LockTimeout',
  26: 'NamespaceNotFound',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  [WRITE_CONFLICT]: 'WriteConflict',
  115: 'CommandNotSupported',
  121: 'DocumentValidationFailure',
  251: 'NoSuchTransaction',
  11000: 'DuplicateKey',
};

export function failure(code: number, errmsg: string, errorLabels?: string[]): Failure {
  const codeName = NAME_OF_CODE[code] ?? `Location${code}`;
  return { ok: 0, errmsg, code, codeName, ...(errorLabels ? { errorLabels } : {}) };
}

/** A fault of PostgreSQL. In a transaction, a conflict or a lost connection tells the driver to try all of it again. */
export function failureOf(error: unknown, { inTransaction }: { inTransaction: boolean }): Failure {
  const { code: state, message } = error as { code?: string; message: string };
  const code = codeOf(state);
  const transient = inTransaction && (code === WRITE_CONFLICT || /^(08|57P)/.test(state ?? ''));
  return failure(code, message, transient ? ['TransientTransactionError'] : undefined);
}

/** DocumentDB leaves SQLSTATEs, packed into numbers, in the write errors of a reply; MongoDB's codes take their place. */
export function withMongoCodes(reply: Buffer): { reply: Buffer; firstError?: { code: number; errmsg: string } } {
  if (!reply.includes('writeErrors')) return { reply };
  const document = deserialize(reply, { promoteValues: false });
  const errors: Document[] = document.writeErrors ?? [];
  for (const error of errors) {
    const packed = Number(error.code);
    if (packed > 0xffffff) error.code = codeOf(unpacked(packed));
    if (/Duplicate key violation/.test(error.errmsg)) error.errmsg = `E11000 duplicate key error: ${error.errmsg}`;
  }
  const first = errors[0];
  return {
    reply: Buffer.from(serialize(document)),
    ...(first ? { firstError: { code: Number(first.code), errmsg: String(first.errmsg) } } : {}),
  };
}

function codeOf(state: string | undefined): number {
  return CODE_OF_STATE[state ?? ''] ?? (state?.startsWith('M') ? BAD_VALUE : INTERNAL_ERROR);
}

/** MAKE_SQLSTATE of PostgreSQL: five characters, six bits each, the first one lowest. */
function unpacked(packed: number): string {
  return Array.from({ length: 5 }, (_, i) => String.fromCharCode(48 + ((packed >> (6 * i)) & 63))).join('');
}
