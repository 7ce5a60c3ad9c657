import { ROUTES } from '@vfleet/contracts/rest';
import type { AskRoute, Representation } from '@vfleet/contracts/rest/route';

export type BodyRoute = AskRoute & { answer: Representation & { kind: 'resource' } };

const PARAMS: Readonly<Record<string, string>> = { host: 'h-alpha', nic: 'enp5s0f0', vfsConfig: 'vfsConfig' };

/** Every route that takes a body, by name. */
export const BODY_ROUTES: readonly [string, BodyRoute][] = Object.entries(ROUTES).flatMap(([name, route]) =>
  route.kind === 'ask' && route.takesBody && route.answer.kind === 'resource'
    ? [[name, route as unknown as BodyRoute]]
    : [],
);

/** The root element of a route's body in XML. */
export function rootOf({ bodyAs, answer }: BodyRoute): string {
  return bodyAs?.root ?? answer.root;
}

/** A path of a route: a host and an interface that are there, and entities that are not. */
export function pathOf({ path }: BodyRoute): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => PARAMS[name] ?? 'a-1');
}
