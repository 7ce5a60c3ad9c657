import { nameKey } from '@vfleet/contracts/names';
import type { QosType } from '@vfleet/contracts/vocabulary/qos';

type ModelNetwork = { id: string; name: string; mtu: number; qosId: string | null; version: number };
type ModelQos = { id: string; name: string; type: QosType };

/** What a step of a story does; `qos` null takes it away, undefined leaves it. */
export type Step =
  | { kind: 'add-network'; id: string; name: string; qos?: string | null | undefined }
  | {
      kind: 'update-network';
      ref: string;
      name?: string | undefined;
      mtu?: number | undefined;
      qos?: string | null | undefined;
      ifVersion?: number | undefined;
    }
  | { kind: 'remove-network'; ref: string; ifVersion?: number | undefined }
  | { kind: 'add-qos'; id: string; name: string; type: QosType }
  | { kind: 'remove-qos'; ref: string };

/** Networks and QoS as two lists: what the rules say, in the plainest form. `take` answers the codes of a refusal. */
export function networkModel() {
  let networks: ModelNetwork[] = [];
  let qos: ModelQos[] = [];
  const gone = new Set<string>();

  function take(step: Step): string[] {
    switch (step.kind) {
      case 'add-network': {
        const { id, name } = step;
        const broken = [
          ...(networks.some((network) => network.id === id) ? ['ID_ALREADY_USED'] : []),
          ...(isTaken(networks, id, name) ? ['NETWORK_NAME_IN_USE'] : []),
          ...qosCodes(step.qos),
        ];
        if (broken.length > 0) return broken;
        if (gone.has(`network ${id}`) || isTaken(networks, id, id)) return ['ID_ALREADY_USED'];
        networks.push({ id, name, mtu: 1500, qosId: step.qos ? (found(qos, step.qos)?.id ?? null) : null, version: 1 });
        return [];
      }
      case 'update-network': {
        const network = found(networks, step.ref);
        if (!network) return ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'];
        const { name = network.name, mtu = network.mtu } = step;
        const broken = [
          ...staleCodes(network, step.ifVersion),
          ...(isTaken(networks, network.id, name) ? ['NETWORK_NAME_IN_USE'] : []),
          ...qosCodes(step.qos),
        ];
        if (broken.length > 0) return broken;
        const qosId =
          step.qos === undefined ? network.qosId : step.qos === null ? null : (found(qos, step.qos)?.id ?? null);
        if (name !== network.name || mtu !== network.mtu || qosId !== network.qosId) network.version++;
        Object.assign(network, { name, mtu, qosId });
        return [];
      }
      case 'remove-network': {
        const network = found(networks, step.ref);
        if (!network) return ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'];
        const broken = staleCodes(network, step.ifVersion);
        if (broken.length > 0) return broken;
        networks = networks.filter(({ id }) => id !== network.id);
        gone.add(`network ${network.id}`);
        return [];
      }
      case 'add-qos': {
        const { id, name, type } = step;
        const broken = [
          ...(qos.some((one) => one.id === id) ? ['ID_ALREADY_USED'] : []),
          ...(isTaken(qos, id, name) ? ['QOS_NAME_IN_USE'] : []),
        ];
        if (broken.length > 0) return broken;
        if (gone.has(`qos ${id}`) || isTaken(qos, id, id)) return ['ID_ALREADY_USED'];
        qos.push({ id, name, type });
        return [];
      }
      case 'remove-qos': {
        const removed = found(qos, step.ref);
        if (!removed) return ['QOS_NOT_EXIST'];
        if (networks.some(({ qosId }) => qosId === removed.id)) return ['QOS_IN_USE'];
        qos = qos.filter(({ id }) => id !== removed.id);
        gone.add(`qos ${removed.id}`);
        return [];
      }
    }
  }

  function qosCodes(ref: string | null | undefined): string[] {
    if (typeof ref !== 'string') return [];
    const type = found(qos, ref)?.type;
    return type === undefined ? ['QOS_NOT_EXIST'] : type === 'host_network' ? [] : ['QOS_TYPE_MISMATCH'];
  }

  return {
    take,
    /** The network a reference means, as it is shown. */
    network: (ref: string) => {
      const network = found(networks, ref);
      if (!network) return undefined;
      const { id, name, mtu, version, qosId } = network;
      const its = qos.find((one) => one.id === qosId);
      return { resource: { id, name, mtu, qos: its ? { id: its.id, name: its.name } : null }, version };
    },
    /** The ids of all networks. */
    networkIds: () => networks.map(({ id }) => id),
  };
}

function found<Entity extends { id: string; name: string }>(
  entities: readonly Entity[],
  ref: string,
): Entity | undefined {
  return entities.find(({ id, name }) => [id, nameKey(name)].includes(nameKey(ref)));
}

/** Whether another entity than the one with the id `id` is known by `name`. */
function isTaken(entities: readonly { id: string; name: string }[], id: string, name: string): boolean {
  return entities.some((other) => other.id !== id && found([other], name) !== undefined);
}

function staleCodes({ version }: ModelNetwork, ifVersion: number | undefined): string[] {
  return ifVersion === undefined || ifVersion === version ? [] : ['PRECONDITION_FAILED'];
}
