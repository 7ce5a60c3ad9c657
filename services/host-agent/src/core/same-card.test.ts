import { describe, expect, it } from 'vitest';
import { describeCard, isSameCard } from './same-card.ts';

const card = { vendorId: '0x8086', deviceId: '0x10c9', mac: '52:54:00:aa:00:01' };

describe('F49: a card is known by vendor, device and MAC', () => {
  it.each([
    { name: 'itself', found: card, same: true },
    { name: 'itself before its driver is bound', found: { ...card, mac: null }, same: true },
    { name: 'another of its kind', found: { ...card, mac: '52:54:00:aa:00:02' }, same: false },
    { name: 'another model', found: { ...card, deviceId: '0x1521' }, same: false },
    { name: 'another vendor', found: { ...card, vendorId: '0x15b3' }, same: false },
  ])('$name: $same', ({ found, same }) => {
    expect(isSameCard(card, found)).toBe(same);
  });

  it('takes a card whose identity was never kept', () => expect(isSameCard(null, card)).toBe(true));
});

it('names a card', () => {
  expect(describeCard(card)).toBe('8086:10c9 with MAC 52:54:00:aa:00:01');
  expect(describeCard({ ...card, mac: null })).toBe('8086:10c9');
});
