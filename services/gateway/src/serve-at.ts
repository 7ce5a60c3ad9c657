import type { Route } from '@vfleet/contracts/rest/route';
import type { FastifyInstance } from 'fastify';

/** The path of a route as fastify spells it, within the prefix that the scope already has. */
export function urlIn(scope: FastifyInstance, { path }: Route): string {
  return path.slice(scope.prefix.length).replace(/\{(\w+)\}/g, ':$1');
}
