import { VERIFIABLE_SHARE_CONSUMER } from '../tools/verifiable-share-consumer/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(VERIFIABLE_SHARE_CONSUMER);
