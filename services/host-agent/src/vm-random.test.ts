import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { happening, hurriedSender, VFS } from './testing/vm-happenings.ts';
import { vmsUnderTest } from './testing/vms-under-test.ts';

it('an agent holds every VF for one VM at most and tells of every step, whatever is sent and befalls it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 10, maxLength: 60 }), async (happenings) => {
      const agent = vmsUnderTest();
      const sender = hurriedSender(agent);
      await agent.start();
      await agent.floor(0);
      const boot = await agent.machine.bootId();
      const before = VFS.map((vf) => agent.settings(vf));
      for (const each of happenings) {
        await sender.befall(each);
        await sender.check();
      }

      agent.kill();
      await agent.start();
      await agent.floor(0);
      await sender.untilAllTold();
      await sender.check();
      await sender.stopAll();
      expect(agent.domains()).toEqual([]);
      await sender.untilClean();
      await sender.check();
      if ((await agent.machine.bootId()) !== boot) return;
      expect(VFS.map((vf) => agent.settings(vf))).toEqual(before);
      expect(await Promise.all(VFS.map(agent.driverOf))).toEqual(VFS.map(() => 'igbvf'));
    }),
    { numRuns: Number(process.env.VM_RUNS ?? 200) },
  );
});
