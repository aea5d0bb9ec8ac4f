import { CLUSTER } from '../tools/cluster/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(CLUSTER);
