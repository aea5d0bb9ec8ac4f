import { connect as rawConnect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Connection, type Listener, NetworkError } from '../../src/io/io.ts';
import { nodeNetwork } from '../../src/io/node-network.ts';

const open: { destroy(): void }[] = [];
let listener: Listener | undefined;

afterEach(async () => {
  for (const each of open.splice(0)) each.destroy();
  await listener?.close();
  listener = undefined;
});

async function listenWith(onConnection: (connection: Connection) => void): Promise<number> {
  listener = await nodeNetwork.listen({ host: 'localhost', port: 0 }, (connection) => {
    open.push(connection);
    onConnection(connection);
  });
  return listener.port;
}

async function connectTo(port: number): Promise<Connection> {
  const connection = await nodeNetwork.connect({ host: 'localhost', port, timeoutMs: 5000 });
  open.push(connection);
  return connection;
}

function collect(connection: Connection, length: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    connection.onData((chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= length) resolve(Buffer.concat(chunks));
    });
  });
}

describe('a connection', () => {
  test('carries the chunks of a write in order, and drains', async () => {
    const { promise: received, resolve: receive } = Promise.withResolvers<Buffer>();
    const port = await listenWith((connection) => {
      void collect(connection, 200_003).then(receive);
    });
    const client = await connectTo(port);
    const drained = new Promise<void>((done) => client.onDrain(done));
    client.write([Buffer.from('ab'), Buffer.alloc(200_000, 7), Buffer.from('c')]);
    await drained;
    expect(client.bytesQueued).toBe(0);
    const bytes = await received;
    expect(bytes.length).toBe(200_003);
    expect(bytes.toString('latin1', 0, 2)).toBe('ab');
    expect(bytes[200_002]).toBe(0x63);
  });

  test('drains after a write that found room too', async () => {
    const port = await listenWith((connection) => connection.onData(() => {}));
    const client = await connectTo(port);
    const drained = new Promise<void>((done) => client.onDrain(done));
    expect(client.write([Buffer.from('x')])).toBe(true);
    await drained;
  });

  test('reports a full queue to a slow reader, and drains once it reads', async () => {
    const { promise: accepted, resolve: accept } = Promise.withResolvers<Connection>();
    const port = await listenWith((connection) => {
      connection.onData(() => {});
      connection.pause();
      accept(connection);
    });
    const client = await connectTo(port);
    const server = await accepted;
    let hasRoom = true;
    for (let round = 0; round < 1000 && hasRoom; round++) {
      hasRoom = client.write([Buffer.alloc(64 * 1024)]);
    }
    expect(hasRoom).toBe(false);
    expect(client.bytesQueued).toBeGreaterThan(0);
    const drained = new Promise<void>((resolve) => client.onDrain(resolve));
    server.resume();
    await drained;
    expect(client.bytesQueued).toBe(0);
  });

  test('says once that it closed, without an error when the peer ended it', async () => {
    const closed = new Promise<NetworkError | undefined>((resolve) => {
      void listenWith((connection) => {
        connection.onData(() => {});
        connection.onClose(resolve);
      }).then((port) => {
        const socket = rawConnect(port, '127.0.0.1', () => socket.end());
      });
    });
    expect(await closed).toBeUndefined();
  });

  test('says so when it closed with an error', async () => {
    const closed = new Promise<NetworkError | undefined>((resolve) => {
      void listenWith((connection) => {
        connection.onData(() => {});
        connection.onClose(resolve);
      }).then((port) => {
        const socket = rawConnect(port, '127.0.0.1', () => socket.resetAndDestroy());
      });
    });
    expect(await closed).toMatchObject({ code: 'ECONNRESET' });
  });

  test('takes no write after its end', async () => {
    const port = await listenWith((connection) => connection.onData(() => {}));
    const client = await connectTo(port);
    const closed = new Promise<NetworkError | undefined>((resolve) => client.onClose(resolve));
    client.onData(() => {});
    client.end();
    expect(client.write([Buffer.from('late')])).toBe(false);
    expect(await closed).toBeUndefined();
  });
});

describe('addresses', () => {
  test('a port in use is EADDRINUSE', async () => {
    const port = await listenWith(() => {});
    await expect(nodeNetwork.listen({ host: 'localhost', port }, () => {})).rejects.toMatchObject({
      code: 'EADDRINUSE',
      address: `localhost:${port}`,
    });
  });

  test('nobody listening is ECONNREFUSED', async () => {
    const port = await listenWith(() => {});
    await listener?.close();
    const attempt = nodeNetwork.connect({ host: '127.0.0.1', port, timeoutMs: 5000 });
    await expect(attempt).rejects.toBeInstanceOf(NetworkError);
    await expect(attempt).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('localhost is the loopback of both families', async () => {
    const port = await listenWith(() => {});
    await listener?.close();
    await expect(
      nodeNetwork.connect({ host: 'localhost', port, timeoutMs: 5000 }),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
