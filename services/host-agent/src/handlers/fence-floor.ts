import type { Reaction } from '@vfleet/bus/bus';
import type { FenceFloor as FenceFloorMessage } from '@vfleet/contracts/host-agent-vms';
import type { FenceFloor } from '../fence-floor.ts';

/** Learns the fence floor, and says with the next heartbeat that it is known. */
export const learnFenceFloor =
  ({ floor, beat }: { floor: Pick<FenceFloor, 'learn'>; beat: () => void }): Reaction<typeof FenceFloorMessage> =>
  async (message) => {
    await floor.learn(message.payload.floor, message.payload.contact);
    beat();
  };
