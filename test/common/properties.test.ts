// Texts and what java.util.Properties reads from them.
import { describe, expect, it } from 'vitest';
import { formatProperties, parseProperties } from '../../src/common/properties.ts';

const read = (text: string) => Object.fromEntries(parseProperties(text));

describe('parseProperties', () => {
  it('separates at the first =, : or white space', () => {
    expect(read('a=1\nb:2\nc 3\nd = 4\ne\t:\t5\nf==6')).toEqual({
      a: '1',
      b: '2',
      c: '3',
      d: '4',
      e: '5',
      f: '=6',
    });
  });

  it('passes over comments and blank lines, whatever the line ends are', () => {
    expect(read('# a\r\n  ! b\r\n\r\n\rkey=value\r')).toEqual({ key: 'value' });
  });

  it('joins continuation lines without their indentation', () => {
    expect(read('list=a,\\\n    b,\\\n\tc')).toEqual({ list: 'a,b,c' });
  });

  it('an even number of backslashes at the end is no continuation', () => {
    expect(read('path=C:\\\\\nnext=1')).toEqual({ path: 'C:\\', next: '1' });
  });

  it('a comment sign within a continuation is part of the value', () => {
    expect(read('a=1\\\n#2')).toEqual({ a: '1#2' });
  });

  it('reads escapes, and \\u escapes of any letter', () => {
    expect(read('a\\ b=\\t\\n\\u00e9\\q')).toEqual({ 'a b': '\t\n\u00e9q' });
  });

  it('keeps white space at the end of a value', () => {
    expect(read('a=1  ')).toEqual({ a: '1  ' });
  });

  it('a key alone has an empty value, and the last of two counts', () => {
    expect(read('a\na=1\na=2\nb')).toEqual({ a: '2', b: '' });
  });

  it('a malformed \\u escape is refused', () => {
    expect(() => read('a=\\u12g4')).toThrow('Malformed \\uxxxx encoding.');
  });
});

describe('formatProperties', () => {
  it('what it writes is read back', () => {
    const properties = new Map([
      ['a key', ' value with = : # ! \\ and \u00e9\n'],
      ['empty', ''],
    ]);
    const text = formatProperties(properties, ['comment']);
    expect(text.startsWith('#comment\n')).toBe(true);
    expect(parseProperties(text)).toEqual(properties);
  });
});
