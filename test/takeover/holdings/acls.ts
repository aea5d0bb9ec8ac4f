// ACLs. Only Apache Kafka makes and describes them so far; kafta keeps their records, which its next take-over shows.

import { CREATE_ACLS } from '../../../src/protocol/generated/apis/create-acls.ts';
import { DESCRIBE_ACLS } from '../../../src/protocol/generated/apis/describe-acls.ts';
import type { Holding } from '../holding.ts';
import { ask } from '../wire.ts';

const ANY = 1;

export const acls: Holding = {
  name: 'acls',

  async add({ client, round, who }) {
    if (who !== 'apache') return;
    const creations = [2, 3, 4].map((resourceType) => ({
      resourceType,
      resourceName: resourceType === 4 ? 'kafka-cluster' : `resource-${round}`,
      resourcePatternType: resourceType === 2 ? 4 : 3,
      ...{ principal: `User:acl-${round}`, host: '*' },
      ...{ operation: resourceType === 4 ? 8 : 3, permissionType: 2 + (round % 2) },
    }));
    await ask(client, CREATE_ACLS, { creations }, (r) => r.results.map((each) => each.errorCode));
  },

  async observe({ client, who }) {
    if (who !== 'apache') return new Map();
    const filter = {
      ...{ resourceTypeFilter: ANY, resourceNameFilter: null, patternTypeFilter: ANY },
      ...{ principalFilter: null, hostFilter: null, operation: ANY, permissionType: ANY },
    };
    const response = await ask(client, DESCRIBE_ACLS, filter, ({ errorCode }) => [errorCode]);
    const lines = response.resources.flatMap(({ resourceType, resourceName, patternType, acls }) =>
      acls.map((a) => {
        const what = `${resourceType} ${resourceName} ${patternType}`;
        return `${what} ${a.principal} ${a.host} ${a.operation} ${a.permissionType}`;
      }),
    );
    return new Map([['acls', lines.sort().join('\n')]]);
  },
};
