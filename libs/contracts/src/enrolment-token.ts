import { z } from 'zod';
import { Enrolment } from './vocabulary/enrolment.ts';

const TokenContent = Enrolment.omit({ token: true }).extend({ v: z.literal(1) });
/** Before anything of a token is believed: the form is of this version. */
const AnyVersion = z.object({ v: z.int() });

/** One line that carries credentials: base64url of JSON, with the version of its form. */
export function enrolmentToken(credentials: Omit<Enrolment, 'token'>): string {
  return Buffer.from(JSON.stringify({ v: 1, ...credentials })).toString('base64url');
}

/** Reads a token, blanks and line breaks around it left out. Of one that cannot be read it tells why, never what it holds. */
export function readEnrolmentToken(
  text: string,
): { ok: true; credentials: Omit<Enrolment, 'token'> } | { ok: false; problem: string } {
  const line = text.trim();
  if (line === '') return { ok: false, problem: 'the token is empty' };
  if (!/^[A-Za-z0-9_-]+$/.test(line)) return { ok: false, problem: 'a token is one line of letters, digits, - and _' };
  const content = parsed(Buffer.from(line, 'base64url').toString());
  const version = AnyVersion.safeParse(content).data?.v;
  if (version === undefined) return { ok: false, problem: 'the token is not whole, or is none' };
  if (version !== 1) return { ok: false, problem: `the token is of form ${version}, which needs a newer agent` };
  const known = TokenContent.safeParse(content);
  if (!known.success) {
    const fields = known.error.issues.map(({ path }) => path.join('.')).join(', ');
    return { ok: false, problem: `the token is damaged: ${fields} cannot be read` };
  }
  const { v: _, ...credentials } = known.data;
  return { ok: true, credentials };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
