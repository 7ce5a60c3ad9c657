import { GetCluster } from '@vfleet/contracts/policy/clusters';
import { afterEach, expect, it } from 'vitest';
import { type PolicyUnderTest, policyUnderTest, replyOf } from './testing/policy-under-test.ts';

let world: PolicyUnderTest;

afterEach(() => world.close());

it('begins with the cluster Default, made once by replicas that start at once', async () => {
  world = await policyUnderTest({ replicas: 3 });
  const set = { compatibility_version: '4.7', policy: 'pack', require_carrier: false };
  const made = { id: 'default', name: 'Default', description: '', ...set };
  expect(replyOf(await world.ask(GetCluster, { cluster: 'Default' }))).toEqual({ resource: made, version: 1 });
  expect(replyOf(await world.ask(GetCluster, { cluster: 'default' })).resource).toEqual(made);
});
