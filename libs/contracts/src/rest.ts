import { auditRoutes } from './rest/audit.ts';
import { clusterRoutes } from './rest/clusters.ts';
import { hostRoutes } from './rest/hosts.ts';
import { networkRoutes } from './rest/networks.ts';
import { nicNetworkRoutes } from './rest/nic-networks.ts';
import { nicRoutes } from './rest/nics.ts';
import { operationRoutes } from './rest/operations.ts';
import { productRoutes } from './rest/product.ts';
import { qosRoutes } from './rest/qos.ts';
import type { Route } from './rest/route.ts';
import { vfsConfigDriftRoutes } from './rest/vfs-config-drift.ts';
import { vfsConfigNetworkRoutes } from './rest/vfs-config-networks.ts';
import { vfsConfigRoutes } from './rest/vfs-configs.ts';
import { vmRoutes } from './rest/vms.ts';
import { vnicProfileRoutes } from './rest/vnic-profiles.ts';
import { vnicRoutes } from './rest/vnics.ts';

/** Every route of the product's own API, by the name of its operation. Gateway, OpenAPI and client are made from it. */
export const ROUTES = {
  ...productRoutes,
  ...hostRoutes,
  ...nicRoutes,
  ...nicNetworkRoutes,
  ...vfsConfigRoutes,
  ...vfsConfigDriftRoutes,
  ...vfsConfigNetworkRoutes,
  ...clusterRoutes,
  ...networkRoutes,
  ...qosRoutes,
  ...vnicProfileRoutes,
  ...vmRoutes,
  ...vnicRoutes,
  ...operationRoutes,
  ...auditRoutes,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
