// Who may log in, with which password; and delegation tokens, which only Apache Kafka makes and describes: kafta keeps
// their records, which its next take-over shows.

import { KafkaClient } from '../../../src/client/kafka-client.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { CREATE_DELEGATION_TOKEN } from '../../../src/protocol/generated/apis/create-delegation-token.ts';
import { DESCRIBE_DELEGATION_TOKEN } from '../../../src/protocol/generated/apis/describe-delegation-token.ts';
import { EXPIRE_DELEGATION_TOKEN } from '../../../src/protocol/generated/apis/expire-delegation-token.ts';
import { RENEW_DELEGATION_TOKEN } from '../../../src/protocol/generated/apis/renew-delegation-token.ts';
import type { Holding } from '../holding.ts';
import { ask } from '../wire.ts';

const MODULE = 'org.apache.kafka.common.security';
const DAY_MS = 86_400_000;

const errorOf = ({ errorCode }: { errorCode: number }) => [errorCode];

export const logins: Holding = {
  name: 'logins',

  async add({ saslBootstrap, round, who }) {
    if (who !== 'apache') return;
    await as(saslBootstrap, 'PLAIN', 'admin', 'admin-secret', async (client) => {
      const renewers = [{ principalType: 'User', principalName: `renewer-${round}` }];
      const creating = { renewers, maxLifetimeMs: 5 * DAY_MS };
      const tokens = [];
      for (let i = 0; i < 3; i++) {
        tokens.push(await ask(client, CREATE_DELEGATION_TOKEN, creating, errorOf));
      }
      const renewing = { hmac: tokens[1]!.hmac, renewPeriodMs: 2 * DAY_MS };
      await ask(client, RENEW_DELEGATION_TOKEN, renewing, errorOf);
      const expiring = { hmac: tokens[2]!.hmac, expiryTimePeriodMs: -1 };
      await ask(client, EXPIRE_DELEGATION_TOKEN, expiring, errorOf);
    });
  },

  async observe({ saslBootstrap, who }) {
    const seen = new Map<string, string>();
    for (let round = 0; round <= 3; round++) {
      const [user, password] = [`scram-${round}`, `secret-${round}`];
      for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
        for (const word of [password, 'wrong']) {
          const isIn = await as(saslBootstrap, mechanism, user, word, isLetIn).catch(String);
          seen.set(`${user} with ${mechanism} and '${word}'`, isIn);
        }
      }
    }
    const formatted = ['SCRAM-SHA-256', 'formatted', 'formatted-secret'] as const;
    seen.set('formatted', await as(saslBootstrap, ...formatted, isLetIn));
    if (who !== 'apache') return seen;
    const tokens = await as(saslBootstrap, 'PLAIN', 'admin', 'admin-secret', async (client) => {
      const found = await ask(client, DESCRIBE_DELEGATION_TOKEN, { owners: null }, errorOf);
      return found.tokens.map((token) => ({ ...token, hmac: token.hmac.toString('hex') }));
    });
    seen.set(
      'tokens',
      tokens
        .map((token) => JSON.stringify(token))
        .sort()
        .join('\n'),
    );
    return seen;
  },
};

const isLetIn = async (client: KafkaClient): Promise<string> => {
  await client.cluster(client.startCall('login', { timeoutMs: 5000 }));
  return 'is let in';
};

async function as<T>(
  bootstrap: string,
  mechanism: string,
  user: string,
  password: string,
  work: (client: KafkaClient) => Promise<T>,
): Promise<T> {
  const module = mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
  const client = new KafkaClient({
    bootstrapServers: [bootstrap],
    config: new Map([
      ['security.protocol', 'SASL_PLAINTEXT'],
      ['sasl.mechanism', mechanism],
      [
        'sasl.jaas.config',
        `${MODULE}.${module} required username="${user}" password="${password}";`,
      ],
    ]),
    io: nodeIo(),
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
