import { type Document, deserialize, serialize } from 'bson';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

/** One command of a client, read and raw: DocumentDB takes the raw BSON. */
export type Command = {
  name: string;
  database: string;
  document: Document;
  raw: Buffer;
  /** Documents sent beside the command (kind 1 sections), by field name. */
  sequences: Record<string, Buffer>;
  session?: string;
  /** Number of a retryable write or of a transaction within the session. */
  txnNumber?: string;
  inTransaction: boolean;
  startsTransaction: boolean;
};

export type Request =
  /** The first word of old drivers: answered with a hello in the old form. */
  | { kind: 'handshake'; requestId: number }
  | { kind: 'command'; requestId: number; wantsReply: boolean; command: Command };

/** Takes the complete messages off the front of what has arrived. */
export function splitMessages(arrived: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let rest = arrived;
  while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
    const length = rest.readInt32LE(0);
    messages.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return { messages, rest };
}

/** Reads one message of MongoDB's wire protocol. Throws on an operation that drivers since 2018 do not send. */
export function readRequest(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const operation = message.readInt32LE(12);
  if (operation === OP_QUERY) return { kind: 'handshake', requestId };
  if (operation !== OP_MSG) throw new Error(`operation ${operation} of the wire protocol is not known`);
  const flags = message.readUInt32LE(16);
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const { raw, sequences } = readSections(message.subarray(20, end));
  return { kind: 'command', requestId, wantsReply: !(flags & MORE_TO_COME), command: readCommand(raw, sequences) };
}

/** A reply to a command: OP_MSG with one body section. */
export function encodeReply(requestId: number, body: Buffer | Document): Buffer {
  const section = toBson(body);
  return Buffer.concat([header(21 + section.length, requestId, OP_MSG), Buffer.alloc(5), section]);
}

/** A reply to the handshake: OP_REPLY with one document. */
export function encodeHandshakeReply(requestId: number, document: Document): Buffer {
  const body = toBson(document);
  const fields = Buffer.alloc(20);
  fields.writeInt32LE(8, 0); // AwaitCapable
  fields.writeInt32LE(1, 16); // documents returned
  return Buffer.concat([header(36 + body.length, requestId, OP_REPLY), fields, body]);
}

function readSections(sections: Buffer): { raw: Buffer; sequences: Record<string, Buffer> } {
  const sequences: Record<string, Buffer> = {};
  let raw: Buffer | undefined;
  for (let at = 0; at < sections.length; ) {
    const kind = sections[at];
    const start = at + 1;
    const end = start + sections.readInt32LE(start);
    if (kind === 0) {
      raw = sections.subarray(start, end);
    } else {
      const nameEnd = sections.indexOf(0, start + 4);
      sequences[sections.toString('utf8', start + 4, nameEnd)] = sections.subarray(nameEnd + 1, end);
    }
    at = end;
  }
  if (!raw) throw new Error('a message without a command');
  return { raw, sequences };
}

function readCommand(raw: Buffer, sequences: Record<string, Buffer>): Command {
  const document = deserialize(raw, { promoteLongs: false, promoteBuffers: false, bsonRegExp: true });
  return {
    name: Object.keys(document)[0] ?? '',
    database: document.$db,
    document,
    raw,
    sequences,
    ...(document.lsid ? { session: sessionOf(document.lsid) } : {}),
    ...(document.txnNumber === undefined ? {} : { txnNumber: String(document.txnNumber) }),
    inTransaction: document.autocommit === false,
    startsTransaction: document.startTransaction === true,
  };
}

/** The name of a session, of an `lsid` as a driver sends it. */
export function sessionOf({ id }: Document): string {
  return Buffer.from(id.buffer).toString('hex');
}

function header(length: number, responseTo: number, operation: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(responseTo, 8);
  bytes.writeInt32LE(operation, 12);
  return bytes;
}

function toBson(body: Buffer | Document): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(serialize(body));
}
