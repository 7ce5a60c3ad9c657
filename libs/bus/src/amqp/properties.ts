import type { MessageContext } from '@vfleet/contracts/envelope';
import type { Options } from 'amqplib';

/** AMQP's short strings end at 255 bytes; longer ids are in the envelope alone. */
const SHORT_STRING_BYTES = 255;

/** What the broker and its tools see of a message; handlers read the envelope. */
export function properties(
  { name }: { name: string },
  { id }: Pick<MessageContext, 'id'>,
  { transient }: { transient: boolean } = { transient: false },
): Options.Publish {
  return {
    persistent: !transient,
    contentType: 'application/json',
    type: shortString(name),
    messageId: shortString(id),
  };
}

function shortString(text: string): string {
  return Buffer.byteLength(text) <= SHORT_STRING_BYTES ? text : '';
}
