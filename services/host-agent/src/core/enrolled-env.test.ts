import { describe, expect, it } from 'vitest';
import { enrolledAs, enrolledEnv } from './enrolled-env.ts';

const NOW = { hostId: 'h1', urlFile: '/etc/vfleet/broker-url' };
const LINES = 'VFLEET_HOST_ID=h1\nAMQP_URL_FILE="/etc/vfleet/broker-url"\n';

describe('the environment of an agent', () => {
  it.each([
    ['nothing', '', LINES],
    ['an earlier enrolment', LINES, LINES],
    ['another one', 'VFLEET_HOST_ID="h0"\nAMQP_URL_FILE=/elsewhere\n', LINES],
    ['a URL, which would win', 'AMQP_URL=amqp://old:secret@b\n', LINES],
    ['what a person wrote', '# mine\nLOG_LEVEL=debug\n\n', `# mine\nLOG_LEVEL=debug\n${LINES}`],
    ['no line feed at its end', 'LOG_LEVEL=debug', `LOG_LEVEL=debug\n${LINES}`],
    ['a comment that looks alike', '#VFLEET_HOST_ID=h0\n', `#VFLEET_HOST_ID=h0\n${LINES}`],
  ])('after %s', (_what, before, after) => {
    expect(enrolledEnv(before, NOW)).toBe(after);
    expect(enrolledEnv(after, NOW)).toBe(after);
    expect(enrolledAs(after)).toBe('h1');
  });

  it.each([
    ['', null],
    ['LOG_LEVEL=debug', null],
    ['# VFLEET_HOST_ID=h0', null],
    ['VFLEET_HOST_ID=', null],
    ['VFLEET_HOST_ID=h0', 'h0'],
    [" VFLEET_HOST_ID = 'h0' ", 'h0'],
    ['VFLEET_HOST_ID=h0\nVFLEET_HOST_ID="h1"', 'h1'],
  ])('names its host: %j', (text, host) => {
    expect(enrolledAs(text)).toBe(host);
  });
});
