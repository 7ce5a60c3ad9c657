import { expect, it } from 'vitest';
import { bridgesBy } from './bridge-of.ts';

const network = (name: string, id = 'n1') => ({ id, name, vlanId: 100, mtu: 1500 });

it('takes the bridge that is called as the network is', () => {
  expect(bridgesBy(new Map())(network('red'))).toBe('red');
});

it('takes the one that is told, by the id before the name', () => {
  const named = new Map([
    ['red', 'br0'],
    ['n1', 'br1'],
  ]);
  expect(bridgesBy(named)(network('red', 'n2'))).toBe('br0');
  expect(bridgesBy(named)(network('red', 'n1'))).toBe('br1');
});

it.each(['a b', 'sixteen-letters-', '.', '..', 'a/b', 'a:b', 'rød', ''])('knows no bridge for %j', (name) => {
  expect(bridgesBy(new Map())(network(name))).toBeUndefined();
  expect(bridgesBy(new Map([['n1', name]]))(network('red'))).toBeUndefined();
});
