import { VERIFIABLE_CONSUMER } from '../tools/verifiable-consumer/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(VERIFIABLE_CONSUMER);
