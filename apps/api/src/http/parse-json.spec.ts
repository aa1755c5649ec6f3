import { parseJson } from './parse-json.js';

describe('a JSON body', () => {
  it('is read as it is', () => {
    expect(parseJson('{"a":[1,{"b":"}]\\"[["}]}', 4)).toEqual({ a: [1, { b: '}]"[[' }] });
  });

  it('may nest as deep as allowed and no deeper', () => {
    expect(parseJson('[[[]]]', 3)).toEqual([[[]]]);
    expect(() => parseJson('[[[[]]]]', 3)).toThrow('body: is nested deeper than 3 levels');
  });

  it('that is a bomb is refused without being built', () => {
    expect(() => parseJson('['.repeat(200_000), 64)).toThrow('is nested deeper');
    expect(() => parseJson('{"a":'.repeat(50_000), 64)).toThrow('is nested deeper');
  });

  it('is not quoted when it is no JSON', () => {
    expect(() => parseJson('{"target":"+4915112345678"', 8)).toThrow(/^body: is not valid JSON$/);
  });

  it.each([
    ['{"__proto__":{"isAdmin":true}}', '__proto__'],
    ['{"destinations":[{"\\u005f_proto__":{}}]}', 'destinations[0].__proto__'],
    ['{"source":{"constructor":{"prototype":{}}}}', 'source.constructor'],
  ])('must not reach into prototypes: %s', (text, path) => {
    expect(() => parseJson(text, 8)).toThrow(`${path}: is not allowed as a key`);
  });

  it('may say those words as values', () => {
    expect(parseJson('{"name":"constructor","list":["__proto__"]}', 8)).toEqual({
      name: 'constructor',
      list: ['__proto__'],
    });
  });
});
