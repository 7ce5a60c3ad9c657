import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyFormat } from './core/body-format.ts';
import type { ParsedBody } from './core/read-request.ts';
import { parseJson } from './parse-json.ts';
import { parseXml } from './parse-xml.ts';
import { RequestRefused } from './request-refused.ts';

/** The largest body that is taken, in bytes. */
export const LARGEST_BODY = 1024 * 1024;

/** Makes an API read bodies of every media type by itself: JSON and XML, anything else is refused with 415. */
export function readBodies(api: FastifyInstance): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: LARGEST_BODY },
    async (request: FastifyRequest, body: Buffer) => (body.length === 0 ? undefined : parsedBody(request, body)),
  );
}

function parsedBody({ headers }: FastifyRequest, body: Buffer): ParsedBody {
  const contentType = headers['content-type'] ?? '';
  const encoding = headers['content-encoding'] ?? 'identity';
  const format = bodyFormat(contentType);
  if (format === undefined || encoding !== 'identity') {
    const what =
      encoding === 'identity' ? contentType || 'a body without Content-Type' : `Content-Encoding: ${encoding}`;
    throw new RequestRefused({ code: 'UNSUPPORTED_MEDIA_TYPE', detail: `${what.slice(0, 100)} is not understood` });
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return format === 'json' ? { format, value: parseJson(text) } : { format, root: parseXml(text) };
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message : String(problem);
    throw new RequestRefused({
      code: 'MALFORMED_BODY',
      detail: `${format === 'json' ? 'JSON' : 'XML'}: ${plain(reason)}`,
    });
  }
}

/** What a parser says quotes the body: it is cut, and its control characters are not passed on. */
function plain(reason: string): string {
  return reason.replace(/\p{C}+/gu, ' ').slice(0, 200);
}
