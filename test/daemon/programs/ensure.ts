// A command that needs a broker: prints what ensureBroker resolved with, or the error's line.

import { ensureBroker } from '../../../src/daemon/ensure.ts';
import { clusterPlaces } from '../../../src/daemon/places.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { daemonProgram } from './paths.ts';

const places = clusterPlaces(process.argv[2]!, process.env);
const result = await ensureBroker(nodeIo(), places, { entry: daemonProgram }).catch(
  (error: Error) => ({ error: error.message }),
);
process.stdout.write(JSON.stringify(result));
