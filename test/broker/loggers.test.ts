import { expect, test } from 'vitest';
import { Loggers } from '../../src/broker/loggers.ts';

const SET = 0;
const DELETE = 1;
const NAME = 'kafka.server.KafkaApis';

const levelOf = (loggers: Loggers, wanted: string) =>
  loggers.all().find(({ name }) => name === wanted)?.level;

test('a logger has the root’s level until it is given one, and again when that is removed', () => {
  const loggers = new Loggers();
  loggers.alter([{ name: 'root', configOperation: SET, value: 'ERROR' }], false);
  expect(levelOf(loggers, NAME)).toBe('ERROR');
  loggers.alter([{ name: NAME, configOperation: SET, value: 'DEBUG' }], false);
  expect(levelOf(loggers, NAME)).toBe('DEBUG');
  loggers.alter([{ name: NAME, configOperation: DELETE, value: '' }], false);
  expect(levelOf(loggers, NAME)).toBe('ERROR');
});

test.each([
  [{ name: NAME, configOperation: SET, value: 'LOUD' }, 'is not a supported log level'],
  [{ name: 'nobody', configOperation: SET, value: 'INFO' }, 'Logger nobody does not exist!'],
  [{ name: 'root', configOperation: DELETE, value: '' }, 'Removing the log level of the root'],
  [{ name: NAME, configOperation: 2, value: 'INFO' }, 'APPEND operation is not allowed'],
])('%j is refused, and changes nothing', (change, message) => {
  const loggers = new Loggers();
  const good = { name: NAME, configOperation: SET, value: 'DEBUG' };
  expect(() => loggers.alter([good, change], false)).toThrow(message);
  expect(levelOf(loggers, NAME)).toBe('WARN');
});
