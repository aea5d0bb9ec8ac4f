import { METADATA_QUORUM } from '../tools/metadata-quorum/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(METADATA_QUORUM);
