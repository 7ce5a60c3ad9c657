import { z } from 'zod';
import type { AskRoute, LocalRoute, Representation, Route } from '../rest/route.ts';
import { problemResponses } from './responses.ts';
import { bodyNameOf, type JsonSchema, refTo } from './schemas.ts';

const ACCEPTED = {
  generation:
    'The change is saved and will be carried out; the wait ended before it was. Read the resource at Location: it ends as applied, or as failed with cause and remedy.',
  operation:
    'The operation goes on; the wait ended before it did. Read it at Location: it ends as done, or as failed with every reason.',
};

/** The OpenAPI operation of a route. */
export function operationOf(operationId: string, route: Route): Record<string, unknown> {
  const { tag, summary, description } = route;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    ...(route.kind === 'local' && !route.login ? { security: [] } : {}),
    parameters: route.kind === 'ask' ? askParameters(route) : localParameters(route),
    ...(route.kind === 'ask' && route.takesBody ? { requestBody: requestBody(route) } : {}),
    responses: { ...(route.kind === 'ask' ? askResponses(route) : localResponses(route)), ...problemResponses(route) },
  };
}

function askParameters(route: AskRoute): unknown[] {
  const headers = [];
  if (route.contract.kind === 'command') headers.push('Idempotency-Key');
  if (route.ifMatch) headers.push('If-Match');
  if (route.waitsFor) headers.push('Prefer');
  return [
    ...fieldsOf(route.params).map(({ name, schema, description }) => ({
      name,
      in: 'path',
      required: true,
      description,
      schema,
    })),
    ...queryParameters(route),
    ...headers.map(parameterRef),
  ];
}

function localParameters(route: LocalRoute): unknown[] {
  const { answer } = route;
  const resumes = answer.kind === 'media' && answer.mediaType === 'text/event-stream';
  return [...queryParameters(route), ...(resumes ? [parameterRef('Last-Event-ID')] : [])];
}

function queryParameters({ query }: Route): unknown[] {
  return fieldsOf(query).map(({ name, schema, description }) => ({
    name,
    in: 'query',
    required: false,
    description,
    schema,
  }));
}

function parameterRef(name: string): unknown {
  return { $ref: `#/components/parameters/${name}` };
}

function fieldsOf(object: z.ZodObject): { name: string; schema: JsonSchema; description: string }[] {
  const { properties = {} } = z.toJSONSchema(object, { io: 'input' }) as { properties?: Record<string, JsonSchema> };
  return Object.entries(properties).map(([name, { description = name, ...schema }]) => ({
    name,
    schema,
    description: String(description),
  }));
}

function requestBody(route: AskRoute): unknown {
  const schema = { $ref: refTo(bodyNameOf(route)) };
  return {
    required: !route.bodyAs?.optional,
    content: { 'application/json': { schema }, 'application/xml': { schema } },
  };
}

function askResponses(route: AskRoute): Record<string, unknown> {
  const correlated = headerRefs('X-Correlation-Id');
  const success = {
    description: { 200: 'The resource.', 201: 'It was made.', 204: 'It was removed.' }[route.status],
    headers: {
      ...correlated,
      ...(route.answer.kind === 'page' ? headerRefs('Link') : {}),
      ...(route.status === 201 ? headerRefs('Location') : {}),
      ...(route.contract.kind === 'query' && route.answer.kind === 'resource' ? headerRefs('ETag') : {}),
    },
    ...contentOf(route.answer),
  };
  if (!route.waitsFor) return { [route.status]: success };
  return {
    [route.status]: success,
    202: {
      description: ACCEPTED[route.waitsFor],
      headers: { ...correlated, ...headerRefs('Location', 'Preference-Applied') },
      ...contentOf(route.whileOpen ?? route.answer),
    },
  };
}

function localResponses({ answer, alsoAnswers = {} }: LocalRoute): Record<string, unknown> {
  const content = answer.kind === 'media' ? mediaContent(answer) : contentOf(answer);
  const headers = answer.kind === 'page' ? { headers: headerRefs('X-Correlation-Id', 'Link') } : {};
  const other = Object.entries(alsoAnswers).map(([status, description]) => [status, { description, ...content }]);
  return { 200: { description: 'The answer.', ...headers, ...content }, ...Object.fromEntries(other) };
}

function contentOf(answer: Representation): { content?: unknown } {
  if (answer.kind === 'nothing') return {};
  const schema = { $ref: refTo(answer.name) };
  return { content: { 'application/json': { schema }, 'application/xml': { schema } } };
}

function mediaContent({ mediaType, schema }: { mediaType: string; schema: z.ZodType }): { content: unknown } {
  const { $schema: _, ...inline } = z.toJSONSchema(schema) as JsonSchema;
  return { content: { [mediaType]: { schema: inline } } };
}

function headerRefs(...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
