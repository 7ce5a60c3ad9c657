import { expect, it } from 'vitest';
import { functionAddress, vfAddress } from './vf-address.ts';

const vfs = (pf: string, offset: number, stride: number, count: number) =>
  Array.from({ length: count }, (_, index) => vfAddress(pf, { offset, stride, index }));

it('interleaves the VFs of a dual-port 82576 as a real one does', () => {
  expect(vfs('0000:82:00.0', 128, 2, 3)).toEqual(['0000:82:10.0', '0000:82:10.2', '0000:82:10.4']);
  expect(vfs('0000:82:00.1', 128, 2, 3)).toEqual(['0000:82:10.1', '0000:82:10.3', '0000:82:10.5']);
});

it('begins right after the functions of a ConnectX', () => {
  expect(vfs('0000:3b:00.0', 2, 1, 8).slice(-3)).toEqual(['0000:3b:00.7', '0000:3b:01.0', '0000:3b:01.1']);
});

it('runs into the next bus', () => {
  expect(vfAddress('0000:05:00.0', { offset: 128, stride: 2, index: 64 })).toBe('0000:06:00.0');
  expect(() => vfAddress('0000:ff:00.0', { offset: 128, stride: 2, index: 64 })).toThrow(/bus numbers/);
});

it('knows the functions of a device', () => expect(functionAddress('0000:05:00.0', 1)).toBe('0000:05:00.1'));
