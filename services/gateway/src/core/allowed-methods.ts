import type { Route } from '@vfleet/contracts/rest/route';

/** The methods that the routes know at a path (without query; a slash at its end does not count), empty when it is nobody's. */
export function allowedMethods(routes: readonly Route[], path: string): string[] {
  const here = routes.filter((route) => pattern(route.path).test(path));
  const methods = new Set<string>(here.map(({ method }) => method));
  if (here.some((route) => route.method === 'GET' && hasHead(route))) methods.add('HEAD');
  return [...methods].sort();
}

/** Whether a GET also answers HEAD: not where the answer never ends. */
export function hasHead(route: Route): boolean {
  return !(route.kind === 'local' && route.answer.kind === 'media' && route.answer.mediaType === 'text/event-stream');
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`);
}
