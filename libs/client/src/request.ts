import type { AskRoute, LocalRoute, Representation, Route } from '@vfleet/contracts/rest/route';
import type { z } from 'zod';

/** The fields of a schema as a caller gives them; no demand at all where there are none. */
type Fields<Schema extends z.ZodObject> = keyof Schema['shape'] extends never ? unknown : z.input<Schema>;

/** What a caller gives for a route: its parameters and query by name, and the body if it takes one. */
export type InputOf<Row> =
  Row extends AskRoute<infer Params, infer Query, infer Body>
    ? Fields<Params> & Fields<Query> & (keyof Body['shape'] extends never ? unknown : { body: z.input<Body> })
    : Row extends LocalRoute<Representation, infer Query>
      ? Fields<Query>
      : unknown;

/** The path and query of a request. Throws when a name cannot stand in a URL: its entity has an id that can. */
export function targetOf(route: Route, input: Readonly<Record<string, unknown>>): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, String(input[name])));
  const query = new URLSearchParams();
  for (const name of Object.keys(route.query.shape)) {
    if (input[name] !== undefined) query.set(name, String(input[name]));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

function segment(name: string, value: string): string {
  if (value === '' || value === '.' || value === '..')
    throw new Error(`${name}: "${value}" cannot stand in a URL; use the id`);
  return encodeURIComponent(value);
}
