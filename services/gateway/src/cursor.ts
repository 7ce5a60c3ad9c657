/** The longest cursor an owner's page request takes. */
const LONGEST = 500;

/** Makes the opaque cursor that a list's callers get out of its owner's, bound to the list. */
export function cursorOut(list: string, cursor: string): string {
  return Buffer.from(JSON.stringify([list, cursor])).toString('base64url');
}

/** Opens a cursor of this list; undefined when it is none. */
export function cursorIn(list: string, text: string): string | undefined {
  try {
    const [of, cursor] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    const plain = typeof cursor === 'string' && /^\P{C}+$/u.test(cursor) && cursor.length <= LONGEST;
    return of === list && plain ? cursor : undefined;
  } catch {
    return undefined; // the text is no JSON, or no list: a cursor of somebody else
  }
}
