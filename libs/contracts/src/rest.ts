import { hostRoutes } from './rest/hosts.ts';
import { nicRoutes } from './rest/nics.ts';
import { productRoutes } from './rest/product.ts';
import type { Route } from './rest/route.ts';
import { vfsConfigRoutes } from './rest/vfs-configs.ts';

/** Every route of the product's own API, by the name of its operation. Gateway, OpenAPI and client are made from it. */
export const ROUTES = { ...productRoutes, ...hostRoutes, ...nicRoutes, ...vfsConfigRoutes } as const satisfies Record<
  string,
  Route
>;

export type RouteName = keyof typeof ROUTES;
