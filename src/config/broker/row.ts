// A broker config's row: its update mode (DynamicBrokerConfig) first, then what every row has.
// It never parses; config-def.ts does.
import {
  type ConfigKey,
  type ConfigType,
  configKey,
  type UpdateMode,
  type Validator,
} from '../config-def.ts';

export function broker(
  updateMode: UpdateMode,
  name: string,
  type: ConfigType,
  defaultText: string | null | undefined,
  validator?: Validator,
): ConfigKey {
  return { ...configKey(name, type, defaultText, validator), updateMode };
}
