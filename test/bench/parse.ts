import { parseDevices } from '@vfleet/inventory/core/parse-devices';
import { makeDevices } from '../fixtures/make-devices.ts';
import { measureInTurn, median } from './measure.ts';
import type { Table } from './table.ts';

const DEVICES = 10_000;

/** Parses the listing of a big host from its text, against JSON.parse of the same text. Aim: at most 3 times. */
export async function benchParse(): Promise<Table> {
  const text = JSON.stringify(makeDevices({ count: DEVICES }));
  const listing = JSON.parse(text);
  const { rival, fromText, fromListing } = await measureInTurn(
    { rival: () => JSON.parse(text), fromText: () => parse(JSON.parse(text)), fromListing: () => parse(listing) },
    { rounds: 60, warmUp: 15 },
  );
  const against = { what: 'JSON.parse of the text', value: median(rival) };
  return {
    title: `Parse ${DEVICES.toLocaleString('en')} devices (${(text.length / 1e6).toFixed(1)} MB); aim: at most 3 times`,
    figures: [
      { what: 'from the listing to the inventory', value: median(fromListing), unit: 'ms', against },
      { what: 'from the text, JSON.parse included', value: median(fromText), unit: 'ms', against },
    ],
  };
}

function parse(listing: unknown): void {
  const result = parseDevices(listing);
  if (!result.ok) throw new Error(`the listing does not parse: ${JSON.stringify(result.errors)}`);
}
