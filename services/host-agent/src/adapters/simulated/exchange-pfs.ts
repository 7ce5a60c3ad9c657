import type { SimulatedPf } from './machine.ts';

/** Exchanges the cards, or ports, at two addresses; each has no VFs then. */
export function exchangePfs(one: SimulatedPf, other: SimulatedPf): void {
  const { card, port } = one;
  Object.assign(one, { card: other.card, port: other.port, vfs: [], numVfs: 0 });
  Object.assign(other, { card, port, vfs: [], numVfs: 0 });
}
