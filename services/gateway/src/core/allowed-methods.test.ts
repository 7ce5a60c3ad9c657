import { ROUTES } from '@vfleet/contracts/rest';
import { expect, it } from 'vitest';
import { allowedMethods } from './allowed-methods.ts';

it.each([
  ['/api/hosts', ['GET', 'HEAD', 'POST']],
  ['/api/hosts/alpha', ['DELETE', 'GET', 'HEAD', 'PUT']],
  ['/api/hosts/alpha/refresh', ['POST']],
  ['/api/hosts/alpha/nics/enp5s0f0/vfsConfig', ['DELETE', 'GET', 'HEAD', 'PUT']],
  ['/api/events', ['GET']],
  ['/health', ['GET', 'HEAD']],
  ['/api/openapiXjson', []],
  ['/api/nothing', []],
  ['/api/hosts/', ['GET', 'HEAD', 'POST']],
])('%s knows %j', (path, methods) => expect(allowedMethods(Object.values(ROUTES), path)).toEqual(methods));
