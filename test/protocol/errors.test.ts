import { expect, test } from 'vitest';
import { ApiError, Errors } from '../../src/protocol/errors.ts';

test('an ApiError has its code’s words and no stack trace, and leaves those of others alone', () => {
  const error = new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  expect(error.message).toBe('This server does not host this topic-partition.');
  expect(error.stack).not.toMatch(/\n\s+at /);
  expect(new Error('other').stack).toMatch(/\n\s+at /);
});

test('an ApiError keeps what it was caused by', () => {
  const cause = new Error('disk');
  const error = new ApiError(Errors.KAFKA_STORAGE_ERROR, 'failed', { cause });
  expect(error).toMatchObject({ message: 'failed', cause, retriable: true });
});
