import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answered, ClientConnection } from '../../src/broker/client-connection.ts';
import {
  ListenError,
  SocketServer,
  type SocketServerLimits,
} from '../../src/broker/socket-server.ts';
import { nodeIo } from '../../src/io/node.ts';

/** A busy machine takes its time. */
const PATIENT = { timeout: 10_000 };

const LIMITS: SocketServerLimits = {
  requestMaxBytes: 1_000_000,
  connectionsMaxIdleMs: 600_000,
  maxConnections: 100,
  maxConnectionsPerIp: 100,
};

const running: SocketServer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of running.splice(0)) await server.close();
});

function framed(body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

async function serve(
  respond: (frame: Buffer, connection: ClientConnection) => Answered | Promise<Answered>,
  limits: Partial<SocketServerLimits> = {},
): Promise<{ server: SocketServer; port: number; lines: string[] }> {
  const lines: string[] = [];
  const server = new SocketServer(nodeIo(), { ...LIMITS, ...limits }, { serve: respond }, (line) =>
    lines.push(line),
  );
  running.push(server);
  const { port } = await server.listen({
    name: 'PLAINTEXT',
    role: 'broker',
    host: '127.0.0.1',
    port: 0,
  });
  return { server, port, lines };
}

const answer = (body: Buffer): Answered => ({ pieces: [framed(body)], sent: undefined });
const echo = (frame: Buffer): Answered => answer(frame);

/** A client that collects what comes; `closed` resolves at the end of the connection. */
async function client(port: number): Promise<{
  socket: Socket;
  received: () => Buffer;
  bytes: (count: number) => Promise<Buffer>;
  closed: Promise<void>;
}> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const chunks: Buffer[] = [];
  let count = 0;
  let look = () => {};
  const received = () => Buffer.concat(chunks);
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    count += chunk.length;
    look();
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const bytes = (wanted: number) =>
    new Promise<Buffer>((resolve) => {
      look = () => {
        if (count >= wanted) resolve(received());
      };
      look();
    });
  return { socket, received, bytes, closed };
}

describe('the socket server', () => {
  it('answers a frame that comes byte by byte', async () => {
    const { port } = await serve(echo);
    const { socket, bytes } = await client(port);
    for (const byte of framed(Buffer.from('hello'))) socket.write(Buffer.of(byte));
    expect((await bytes(9)).subarray(4).toString()).toBe('hello');
  });

  it('answers pipelined requests one after another, in their order', async () => {
    const open: ((answer: Answered) => void)[] = [];
    const { port } = await serve((frame) =>
      frame[0] === 0x31 ? new Promise((resolve) => open.push(resolve)) : answer(frame),
    );
    const { socket, bytes, received } = await client(port);
    socket.write(Buffer.concat([framed(Buffer.from('1')), framed(Buffer.from('2'))]));
    const other = await client(port);
    other.socket.write(framed(Buffer.from('3')));
    await other.bytes(5);
    expect(received().length).toBe(0);
    open[0]?.(answer(Buffer.from('1')));
    expect((await bytes(10)).toString('latin1')).toBe('\0\0\0\x011\0\0\0\x012');
  });

  it.each([
    ['a negative size', Buffer.from('ffffffff', 'hex')],
    ['a size beyond the limit', Buffer.from('7fffffff', 'hex')],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('%s closes that connection and no other', async (_name, bytes) => {
    const { port } = await serve(echo);
    const good = await client(port);
    const bad = await client(port);
    bad.socket.write(bytes);
    await bad.closed;
    good.socket.write(framed(Buffer.from('still here')));
    expect((await good.bytes(14)).subarray(4).toString()).toBe('still here');
  });

  it('a handler that throws closes the connection with the reason in the log', async () => {
    const { port, lines } = await serve(() => {
      throw new Error('no such thing');
    });
    const { socket, closed } = await client(port);
    socket.write(framed(Buffer.from('x')));
    await closed;
    await expect.poll(() => lines.join(), PATIENT).toContain('no such thing');
  });

  it('a claimed size costs little before its bytes come', async () => {
    const { server, port } = await serve(echo, { requestMaxBytes: 100_000_000 });
    const claims = await Promise.all(Array.from({ length: 50 }, () => client(port)));
    for (const { socket } of claims) socket.write(Buffer.from('05f5e0ff00', 'hex'));
    await expect.poll(() => server.guard.heldBytes, PATIENT).toBe(50 * 16 * 1024);
  });

  it('half requests beyond the memory bound cost the worst their connections', async () => {
    const { server, port } = await serve(echo, {
      requestMaxBytes: 100_000_000,
      memoryBytes: 1_000_000,
    });
    const hoarders = await Promise.all(Array.from({ length: 20 }, () => client(port)));
    await expect.poll(() => server.connectionCount, PATIENT).toBe(20);
    for (const { socket } of hoarders) {
      socket.write(Buffer.from('05f5e0ff', 'hex'));
      socket.write(Buffer.alloc(200_000));
    }
    await expect.poll(() => server.connectionCount, PATIENT).toBeLessThanOrEqual(5);
    expect(server.guard.heldBytes).toBeLessThanOrEqual(1_000_000);
    const { socket, bytes } = await client(port);
    socket.write(framed(Buffer.alloc(150_000, 1)));
    expect((await bytes(150_004)).length).toBe(150_004);
  });

  it('a client that does not read its answers is not served on, and others are', async () => {
    let served = 0;
    const { port } = await serve((frame) => {
      if (frame[0] === 0x73) served++;
      return answer(Buffer.alloc(1_000_000));
    });
    const slow = await client(port);
    slow.socket.pause();
    slow.socket.write(Buffer.concat(Array.from({ length: 60 }, () => framed(Buffer.from('s')))));
    const fast = await client(port);
    for (let round = 1; round <= 5; round++) {
      fast.socket.write(framed(Buffer.from('f')));
      await fast.bytes(round * 1_000_004);
    }
    expect(served).toBeLessThan(60);
    slow.socket.resume();
    await slow.bytes(60 * 1_000_004);
  });

  it('refuses connections beyond the limit per address', async () => {
    const { server, port } = await serve(echo, { maxConnectionsPerIp: 2 });
    await client(port);
    const second = await client(port);
    const third = await client(port);
    await third.closed;
    expect(server.connectionCount).toBe(2);
    second.socket.destroy();
    await expect.poll(() => server.connectionCount, PATIENT).toBe(1);
  });

  it('closes connections that are idle for too long', async () => {
    const { port } = await serve(echo, { connectionsMaxIdleMs: 30 });
    const { closed } = await client(port);
    await closed;
  });

  it('says which port is taken and what to do', async () => {
    const { port } = await serve(echo);
    const second = new SocketServer(nodeIo(), LIMITS, { serve: echo }, () => {});
    const spec = { name: 'PLAINTEXT', role: 'broker', host: '127.0.0.1', port } as const;
    const failure = await second.listen(spec).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect((failure as Error).message).toBe(
      `cannot listen on PLAINTEXT://127.0.0.1:${port}: port ${port} is in use by another process; ` +
        'choose another port or stop that process',
    );
  });
});
