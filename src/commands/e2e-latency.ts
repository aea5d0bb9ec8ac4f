import { E2E_LATENCY } from '../tools/e2e-latency/index.ts';
import { toolCommand } from './support/tool-command.ts';

export default toolCommand(E2E_LATENCY);
