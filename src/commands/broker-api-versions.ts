import { BROKER_API_VERSIONS } from '../tools/broker-api-versions/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(BROKER_API_VERSIONS);
