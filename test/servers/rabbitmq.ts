import { connect } from 'amqplib';
import { until } from './condition.ts';
import { startContainer } from './docker.ts';
import { type Provided, provide } from './provided.ts';
import { startRabbitmqProcess } from './rabbitmq-process.ts';

const READY_MS = 90_000;

/** A RabbitMQ broker: at AMQP_URL, in Docker, or as a process of our own; else `skipped` with the reasons. */
export function provideRabbitmq(): Promise<Provided> {
  return provide({
    name: 'RabbitMQ',
    given: process.env.AMQP_URL,
    ways: [
      { how: 'docker', start: startRabbitmqContainer },
      { how: 'process', start: startRabbitmqProcess },
    ],
    versionOf: brokerVersion,
  });
}

function startRabbitmqContainer() {
  return startContainer({
    image: 'rabbitmq:4-management',
    port: 5672,
    args: [],
    // only the user guest exists, and it may come from any address because the image says so
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    others: { VFLEET_RABBITMQ_API: { port: 15672, url: (port) => `http://guest:guest@127.0.0.1:${port}` } },
  });
}

/** Waits until the broker takes a connection; its server properties name product and version. */
async function brokerVersion(url: string): Promise<string> {
  let version = '';
  let lastError: unknown;
  const answers = async (): Promise<boolean> => {
    try {
      const connection = await connect(url, { timeout: 5_000 });
      const { product, version: number } = connection.connection.serverProperties;
      version = `${product} ${number}`;
      await connection.close();
      return true;
    } catch (error) {
      lastError = error;
      return false;
    }
  };
  try {
    await until(answers, { what: 'a connection to RabbitMQ', withinMs: READY_MS, everyMs: 200 });
  } catch (error) {
    throw new Error(`${(error as Error).message}; the last attempt: ${lastError}`, { cause: error });
  }
  return version;
}
