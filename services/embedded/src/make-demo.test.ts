import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@vfleet/bus/bus';
import { type RefusalCode, refusal } from '@vfleet/contracts/refusals';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEMO_CONTENT } from './demo-content.ts';
import { makeDemo } from './make-demo.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vfleet-demo-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A bus on which everything is refused with the code; `asked` are the message ids. */
function refusingBus(code: RefusalCode): { bus: Bus; asked: string[] } {
  const asked: string[] = [];
  const ask: Bus['ask'] = async (_contract, _request, { id }) => {
    asked.push(id);
    return { ok: false, refusals: [refusal(code, 'There is none.')] };
  };
  return { bus: { ask } as Bus, asked };
}

it('passes over what belongs to removed hosts without waiting for them, and is made once', async () => {
  const { bus, asked } = refusingBus('HOST_NOT_EXIST');
  const around = { bus, folder, clock: virtualClock(), log: silentLog };
  await makeDemo(around);
  expect(asked).toHaveLength(DEMO_CONTENT.length);
  expect(await readdir(folder)).toEqual(['demo-is-made']);
  await makeDemo(around);
  expect(asked).toHaveLength(DEMO_CONTENT.length);
});
