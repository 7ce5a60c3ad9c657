import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { BODY_EXAMPLES } from './openapi/examples.ts';
import { bodyNameOf } from './openapi/schemas.ts';
import { openapiDocument } from './openapi.ts';
import type { AskRoute } from './rest/route.ts';
import { ROUTES } from './rest.ts';

type Operation = {
  operationId: string;
  security?: unknown[];
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
  requestBody?: { content: Record<string, unknown> };
};
const document = openapiDocument() as {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { xml?: { name: string }; properties: Record<string, Record<string, unknown>> }>;
  };
};
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

describe('the OpenAPI document', () => {
  it('is the one that is committed; `vitest run -u` writes it again', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../generated/openapi.json');
  });

  it('is valid OpenAPI 3.1 with references that resolve', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document) as never);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
    expect(() => validator.resolveRefs()).not.toThrow();
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = (ref ?? '')
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(target, ref).toBeDefined();
    }
  });

  it('has an operation for every route', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ROUTES).sort());
  });

  it('gives and takes every resource in JSON and XML, and problems in both', () => {
    for (const operation of operations) {
      const route = ROUTES[operation.operationId as keyof typeof ROUTES];
      if (route.kind === 'local' && route.answer.kind === 'media') continue;
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const expected =
          Number(status) < 400
            ? ['application/json', 'application/xml']
            : ['application/problem+json', 'application/problem+xml'];
        if (status !== '204') expect(Object.keys(content ?? {})).toEqual(expected);
      }
      if (operation.requestBody)
        expect(Object.keys(operation.requestBody.content)).toEqual(['application/json', 'application/xml']);
    }
  });

  it('names the XML root of a resource, and the items of its lists', () => {
    const { VfsConfig, HostList } = document.components.schemas;
    expect(VfsConfig?.xml).toEqual({ name: 'vfs_config' });
    expect(VfsConfig?.properties.networks).toMatchObject({
      xml: { wrapped: true },
      items: { xml: { name: 'network' } },
    });
    expect(HostList?.xml).toEqual({ name: 'hosts' });
    expect(HostList?.properties.items).toMatchObject({ xml: { wrapped: false }, items: { xml: { name: 'host' } } });
  });

  it('takes read-only fields so that a body that was read can be put back, and no others', () => {
    const change = document.components.schemas.VfsConfigChange as Record<string, unknown> & {
      properties: Record<string, unknown>;
    };
    expect(change.additionalProperties).toBe(false);
    const shown = Object.keys(document.components.schemas.VfsConfig?.properties ?? {});
    expect(Object.keys(change.properties).sort()).toEqual([...shown, 'plan_token'].sort());
    expect(change.properties.max_num_of_vfs).toMatchObject({ readOnly: true });
    expect(change.properties.num_of_vfs).not.toHaveProperty('readOnly');
  });

  it('is closed further in as well, with what a GET shows there', () => {
    const { NewQos, NewVnicProfile, NewAllowedNetwork, VnicChange, Reference } = document.components.schemas as Record<
      string,
      { properties: Record<string, { anyOf?: unknown[] }>; additionalProperties?: boolean }
    >;
    expect(NewQos?.properties.inbound?.anyOf?.[0]).toMatchObject({ additionalProperties: false });
    expect(NewVnicProfile?.properties.vf).toMatchObject({ additionalProperties: false });
    expect(NewVnicProfile?.properties.failover?.anyOf).toEqual([
      { $ref: '#/components/schemas/Reference' },
      { type: 'null' },
    ]);
    expect(Reference).toMatchObject({ properties: { id: {}, name: {} }, additionalProperties: false });
    expect(NewAllowedNetwork?.properties).toMatchObject({ id: {}, name: {}, via_label: { readOnly: true } });
    expect(VnicChange?.properties.pinned_vf?.anyOf?.[0]).toMatchObject({ additionalProperties: false });
  });

  it('has an example of every body, which the route takes', () => {
    const bodies = Object.values(ROUTES).filter((route) => route.kind === 'ask' && route.takesBody) as AskRoute[];
    expect(Object.keys(BODY_EXAMPLES).sort()).toEqual([...new Set(bodies.map(bodyNameOf))].sort());
    for (const route of bodies) {
      const { examples = [] } = document.components.schemas[bodyNameOf(route)] as { examples?: unknown[] };
      expect(examples).toHaveLength(1);
      expect(route.body.safeParse(examples[0]).error, bodyNameOf(route)).toBeUndefined();
    }
  });

  it('is refused when two routes would give one name to two bodies', () => {
    const other = { ...ROUTES.addVfsConfigNetwork, path: '/api/other', body: ROUTES.addVfsConfigLabel.body } as const;
    expect(() => openapiDocument({ addNicNetwork: ROUTES.addNicNetwork, other })).toThrow(
      'NewAllowedNetwork: /api/other and /api/hosts/{host}/nics/{nic}/networks take two bodies',
    );
  });

  it('tells every refusal of a route under its status', () => {
    const put = operations.find(({ operationId }) => operationId === 'updateVfsConfig');
    expect(put?.responses['404']?.description).toContain('`HOST_NETWORK_INTERFACE_NOT_EXIST`');
    expect(put?.responses['409']?.description).toContain('`SUPERSEDED`');
    expect(put?.responses['502']?.description).toContain('`UPDATE_NUM_VFS_FAILURE`');
    expect(put?.responses['412']?.description).toContain('`PRECONDITION_FAILED`');
  });

  it('asks for a login everywhere but where the process is probed', () => {
    const open = operations.filter(({ security }) => security?.length === 0).map(({ operationId }) => operationId);
    expect(open.sort()).toEqual(['getHealth', 'getReadiness']);
  });
});
