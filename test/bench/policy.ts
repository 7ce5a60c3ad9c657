import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binding, Bus } from '@vfleet/bus/bus';
import { memoryBroker } from '@vfleet/bus/memory';
import type { Command, Verdict } from '@vfleet/contracts/define';
import { UpdateCluster } from '@vfleet/contracts/policy/clusters';
import { GetNetwork, ListNetworks, RemoveNetwork, UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { AddVnic, GetVm, ListVms } from '@vfleet/contracts/policy/vms';
import { GetVnicProfile, ListVnicProfiles, UpdateVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { DocumentStore } from '@vfleet/documents/documents';
import { openMongo } from '@vfleet/documents/mongo';
import { type Held, heldDocument } from '@vfleet/documents/mongo-form';
import { openSqlite } from '@vfleet/documents/sqlite';
import { POLICY_DEFAULTS } from '@vfleet/policy/config';
import { startPolicy } from '@vfleet/policy/service';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { MongoClient } from 'mongodb';
import { provideMongodb } from '../servers/mongodb.ts';
import { inWords } from '../servers/provided.ts';
import { fillPolicy, type Insert, SIZE } from './fill-policy.ts';
import { measureInTurn, median } from './measure.ts';
import { type Read, recordingStore } from './recorded-reads.ts';
import type { Figure, Table } from './table.ts';

/** Rounds of a question that reads little, and reads of all rounds of one that reads much. */
const MOST_ROUNDS = 60;
const MOST_READS = 5000;
/** As many different entities each question is asked about. */
const TARGETS = 20;

type Question = { contract: Command; request: (n: number) => unknown; refused?: true };

/** What administrators and clients ask of a large installation; a rule check is a change that a rule refuses. */
const QUESTIONS: Record<string, Question> = {
  'page of 100 networks': list(ListNetworks),
  'page of 100 profiles': list(ListVnicProfiles),
  'page of 100 VMs, 500 vNICs': list(ListVms),
  'network by name': ask(GetNetwork, (n) => ({ network: `network ${n}` })),
  'profile by name': ask(GetVnicProfile, (n) => ({ vnicProfile: `profile ${n}` })),
  'VM by name': ask(GetVm, (n) => ({ vm: `vm ${n}` })),
  'rules: network removed while profiles use it': rule(RemoveNetwork, (n) => ({ network: `n${n}` })),
  'rules: port isolation under passthrough': rule(UpdateNetwork, (n) => ({
    network: `n${n}`,
    fields: { port_isolation: true },
  })),
  'rules: passthrough off while vNICs use it': rule(UpdateVnicProfile, (n) => ({
    vnicProfile: `p${n}`,
    fields: { pass_through: 'disabled' as const },
  })),
  'rules: vNIC whose type does not match': rule(AddVnic, (n) => ({
    vm: `v${n}`,
    vnicId: randomUUID(),
    fields: { name: 'another', interface: 'virtio' as const, vnic_profile: { id: `p${n}` } },
  })),
  'rules: level of a cluster lowered': rule(UpdateCluster, () => ({
    cluster: 'default',
    fields: { compatibility_version: '3.5' },
  })),
};

/** Lists, lookups and rule checks of a large policy on sqlite, against the same reads of the bare documents. */
export async function benchPolicyEmbedded(): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-bench-'));
  const store = await openSqlite({ folder });
  try {
    return await benchPolicy('Policy of a large installation, embedded', store, insertInto(store));
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same on a MongoDB-protocol server. */
export async function benchPolicyOnServers(): Promise<Table> {
  const server = await provideMongodb();
  if (!server.url) throw new Error(inWords(server));
  const database = `bench_policy_${process.pid}`;
  const store = await openMongo({ url: server.url, database });
  const client = new MongoClient(server.url);
  const insert: Insert = async (collection, puts) => {
    const held = puts.map((put) => heldDocument(collection, put));
    await client.db(database).collection<Held>(collection.name).insertMany(held);
  };
  try {
    const title = 'Policy of a large installation, on a MongoDB-protocol server';
    const table = await benchPolicy(title, store, insert);
    return { ...table, notes: [...(table.notes ?? []), inWords(server)] };
  } finally {
    await store.close();
    await client.db(database).dropDatabase();
    await client.close();
    await server.close();
  }
}

async function benchPolicy(title: string, bare: DocumentStore, insert: Insert): Promise<Table> {
  const { store, during } = recordingStore(bare);
  const clock = systemClock();
  const bindings: Binding[] = [];
  const bus: Bus = {
    ...memoryBroker({ clock, log: silentLog }).connect(),
    serve: async (_, served) => {
      bindings.push(...served);
      return { close: async () => {} };
    },
  };
  const policy = await startPolicy({
    ...{ bus, store, clock, log: silentLog, newId: randomUUID, random: Math.random },
    settings: POLICY_DEFAULTS,
  });
  try {
    await fillPolicy(insert);
    const figures: Figure[] = [];
    for (const [what, question] of Object.entries(QUESTIONS)) {
      const askAbout = (n: number) => askDirectly(bindings, question, n);
      const { length } = await during(() => askAbout(0));
      const rounds = Math.max(3, Math.min(MOST_ROUNDS, Math.floor(MOST_READS / length)));
      const targets = Array.from(
        { length: Math.min(TARGETS, rounds) },
        (_, n) => n * Math.floor(SIZE.profiles / TARGETS),
      );
      const reads: Read[][] = [];
      for (const n of targets) reads.push(await during(() => askAbout(n)));
      let asked = 0;
      let floored = 0;
      const samples = await measureInTurn(
        {
          subject: () => askAbout(targets[asked++ % targets.length] ?? 0),
          floor: async () => {
            for (const read of reads[floored++ % targets.length] ?? []) await read();
          },
        },
        { rounds, warmUp: Math.ceil(rounds / 3) },
      );
      const most = Math.max(...reads.map(({ length: count }) => count));
      const against = { what: `its ${most} reads alone`, value: median(samples.floor) };
      figures.push({ what, value: median(samples.subject), unit: 'ms', against });
    }
    const { networks, profiles, vms, vnicsEach } = SIZE;
    return {
      title,
      figures,
      notes: [
        `${networks} networks, ${profiles} profiles, ${vms * vnicsEach} vNICs of ${vms} VMs. Aim: at most 2 times.`,
      ],
    };
  } finally {
    await policy.close();
  }
}

/** Writes of one turn of the event loop share a transaction. */
function insertInto(store: DocumentStore): Insert {
  return async (collection, puts) => {
    const documents = await store.open(collection);
    const outcomes = await Promise.all(puts.map((put) => documents.put(put)));
    if (outcomes.some(({ ok }) => !ok)) throw new Error(`${collection.name}: not filled`);
  };
}

async function askDirectly(bindings: readonly Binding[], { contract, request, refused }: Question, n: number) {
  const binding = bindings.find((each) => each.kind === 'command' && each.contract.name === contract.name);
  if (binding?.kind !== 'command') throw new Error(`${contract.name}: not served`);
  const id = randomUUID();
  const actor = { kind: 'user' as const, name: 'bench' };
  const message = { id, correlationId: id, actor, sentAt: new Date().toISOString(), redelivered: false };
  const verdict: Verdict<unknown> = await binding.handle({
    ...message,
    name: contract.name,
    payload: contract.request.parse(request(n)),
  });
  if (verdict.ok !== !refused) throw new Error(`${contract.name}: ${JSON.stringify(verdict)}`);
}

function list(contract: Command<{ limit: number }, unknown>): Question {
  return { contract: contract as Command, request: () => ({ limit: 100 }) };
}

function ask<Request>(contract: Command<Request, unknown>, request: (n: number) => Request): Question {
  return { contract: contract as Command, request };
}

function rule<Request>(contract: Command<Request, unknown>, request: (n: number) => Request): Question {
  return { ...ask(contract, request), refused: true };
}
