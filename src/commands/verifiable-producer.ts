import { VERIFIABLE_PRODUCER } from '../tools/verifiable-producer/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(VERIFIABLE_PRODUCER);
