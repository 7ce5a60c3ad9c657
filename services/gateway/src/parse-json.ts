/** No resource is nested half as deep; the limit keeps what walks the value from running out of stack. */
const DEEPEST = 64;

/**
 * Parses JSON. Throws an error that says where it is none, and on a name that stands twice in an object: of two values
 * two readers could take two different ones. JSON.parse takes the last without a word, so names are looked at apart.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseDuplicates(text);
  return value;
}

/** Walks the tokens of a text that is JSON: only strings, brackets and commas tell where names stand. */
function refuseDuplicates(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let nameIsNext = false;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g)) {
    switch (token) {
      case '{':
      case '[':
        if (open.length >= DEEPEST) throw new Error('the values are nested too deeply');
        open.push(token === '{' ? new Set() : undefined);
        nameIsNext = token === '{';
        break;
      case '}':
      case ']':
        open.pop();
        nameIsNext = false;
        break;
      case ',':
        nameIsNext = open.at(-1) !== undefined;
        break;
      default:
        if (nameIsNext) addName(open.at(-1), token);
        nameIsNext = false;
    }
  }
}

/** Two spellings of one name, such as `a` and `\u0061`, are one name. */
function addName(names: Set<string> | undefined, token: string): void {
  const name = JSON.parse(token) as string;
  if (names?.has(name)) throw new Error(`the name ${token} stands twice in an object`);
  names?.add(name);
}
