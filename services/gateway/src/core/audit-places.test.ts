import { expect, it } from 'vitest';
import { placesOf } from './audit-places.ts';

it.each([
  ['/api/vms', ['/api/vms']],
  ['/api/vms/vm-1/start', ['/api/vms', '/api/vms/vm-1', '/api/vms/vm-1/start']],
  ['/api/vms/vm-1/', ['/api/vms', '/api/vms/vm-1']],
  ['/api', []],
  ['/', []],
  [`/api/vms/${'x'.repeat(600)}/start`, ['/api/vms']],
])('what was done to %s is found at %j', (path, places) => {
  expect(placesOf(path)).toEqual(places);
});
