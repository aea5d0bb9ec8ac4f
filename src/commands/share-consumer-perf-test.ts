import { SHARE_CONSUMER_PERF } from '../tools/share-consumer-perf-test/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(SHARE_CONSUMER_PERF);
