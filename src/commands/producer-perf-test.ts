import { PRODUCER_PERF } from '../tools/producer-perf-test/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(PRODUCER_PERF);
