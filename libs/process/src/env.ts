import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** The environment cannot be used. The message has a line for every variable at fault, with its remedy, and no values. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Reads the variables that `schema` declares; all others are left alone. An empty variable counts as absent.
 * What `NAME` does not hold is read from the file that `NAME_FILE` names, without its last newline: so secrets
 * stay out of the environment. A variable's `.describe()` text is the remedy shown when it is wrong.
 * Throws EnvironmentError naming every variable that is missing or wrong, never a value.
 */
export function readEnv<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<Shape>> {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name] || fromFile(name, env, problems);
    if (value) given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success && problems.length === 0) return parsed.data;
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0] ?? 'environment');
    if (problems.some((problem) => problem.startsWith(`${name}: `))) continue;
    problems.push(given[name] === undefined ? missing(name, schema) : `${name}: ${message}.${remedy(name, schema)}`);
  }
  throw new EnvironmentError(['The environment is not usable.', ...problems].join('\n  '));
}

function fromFile(name: string, env: NodeJS.ProcessEnv, problems: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    problems.push(
      `${name}: ${name}_FILE names a file that cannot be read (${code}). Correct the path or its permissions.`,
    );
    return undefined;
  }
}

function missing(name: string, schema: z.ZodObject): string {
  return `${name}: is missing. Set ${name}, or ${name}_FILE to a file that holds it.${remedy(name, schema)}`;
}

function remedy(name: string, schema: z.ZodObject): string {
  const description = (schema.shape[name] as z.ZodType | undefined)?.description;
  return description ? ` It is ${description}.` : '';
}
