import { CONSUMER_PERF } from '../tools/consumer-perf-test/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(CONSUMER_PERF);
