import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EnvironmentError, readEnv } from './env.ts';

const folder = mkdtempSync(join(tmpdir(), 'vfleet-env-'));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.object({
  PORT: z.coerce.number().int().min(1).max(65535).default(8080).describe('the TCP port to listen on'),
  AMQP_URL: z
    .url({ protocol: /^amqps?$/ })
    .optional()
    .describe('the address of the broker, amqp://user:password@host'),
  ADMIN_PASSWORD: z.string().min(8).describe('the password of admin@internal, at least 8 characters'),
});

function problemsOf(env: Record<string, string>): string {
  try {
    readEnv(schema, env);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('readEnv', () => {
  it('reads what is declared, fills defaults, ignores the rest', () => {
    expect(readEnv(schema, { ADMIN_PASSWORD: 'long enough', OTHER: 'x' })).toEqual({
      PORT: 8080,
      ADMIN_PASSWORD: 'long enough',
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(readEnv(schema, { ADMIN_PASSWORD: 'long enough', PORT: '', AMQP_URL: '' }).PORT).toBe(8080);
  });

  it('reads a secret from the file that NAME_FILE names, without its last newline', () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'from a file\n');
    expect(readEnv(schema, { ADMIN_PASSWORD_FILE: file }).ADMIN_PASSWORD).toBe('from a file');
  });

  it('prefers the variable over the file', () => {
    expect(readEnv(schema, { ADMIN_PASSWORD: 'the variable', ADMIN_PASSWORD_FILE: '/nowhere' }).ADMIN_PASSWORD).toBe(
      'the variable',
    );
  });

  it('names every variable at fault with its remedy, and no value', () => {
    const message = problemsOf({ PORT: '99999', AMQP_URL: 'http://me:hunter2@broker' });
    expect(message).toMatch(/PORT: .*the TCP port to listen on/);
    expect(message).toMatch(/AMQP_URL: .*amqp:\/\/user:password@host/);
    expect(message).toMatch(/ADMIN_PASSWORD: is missing\. Set ADMIN_PASSWORD, or ADMIN_PASSWORD_FILE/);
    expect(message).not.toMatch(/99999|hunter2/);
  });

  it('names a file that cannot be read once', () => {
    const message = problemsOf({ ADMIN_PASSWORD_FILE: '/nowhere/at/all' });
    expect(message).toMatch(/ADMIN_PASSWORD: ADMIN_PASSWORD_FILE names a file that cannot be read \(ENOENT\)/);
    expect(message.match(/ADMIN_PASSWORD: /g)).toHaveLength(1);
  });
});
