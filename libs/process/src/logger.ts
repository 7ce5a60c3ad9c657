import { type DestinationStream, destination as fileDescriptor, type Logger, pino, stdSerializers } from 'pino';

const SECRETS = ['password', 'passwordHash', 'secret', 'token', 'credentials', 'authorization', 'cookie', 'set-cookie'];
const DEPTH = 4;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * A logger that writes one JSON object a line to stderr (or `destination`), at once: the last line before an exit is
 * kept. An error is written with its message and stack, as `err` or as `error`. Fields named as a secret and passwords inside of URLs are censored, wherever they stand.
 */
export function makeLogger({
  name,
  level = 'info',
  destination = fileDescriptor({ dest: 2, sync: true }),
}: {
  name: string;
  level?: LogLevel;
  destination?: DestinationStream;
}): Logger {
  return pino(
    {
      name,
      level,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      serializers: { err: stdSerializers.err, error: stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths(), censor: '[secret]' },
      hooks: { streamWrite: censorUrls },
    },
    destination,
  );
}

/** pino's wildcards stand for one level each. */
function secretPaths(): string[] {
  return SECRETS.flatMap((field) =>
    Array.from({ length: DEPTH }, (_, depth) =>
      depth === 0 ? `["${field}"]` : `${Array(depth).fill('*').join('.')}["${field}"]`,
    ),
  );
}

function censorUrls(line: string): string {
  return line.replace(/(:\/\/[^\s:/@"]*):[^\s@/"]+@/g, '$1:[secret]@');
}
