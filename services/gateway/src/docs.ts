import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { openapiDocument } from '@vfleet/contracts/openapi';
import { ROUTES } from '@vfleet/contracts/rest';
import type { FastifyInstance } from 'fastify';

/** Serves the pages that show the OpenAPI document; they load nothing from elsewhere. */
export async function serveDocs(scope: FastifyInstance): Promise<void> {
  await scope.register(swagger, { mode: 'static', specification: { document: openapiDocument() as never } });
  await scope.register(swaggerUi, { routePrefix: ROUTES.showDocs.path, uiConfig: { validatorUrl: null } });
}
