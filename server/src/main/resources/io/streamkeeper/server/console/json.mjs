/** JSON as text, so that numbers, the order of names and escapes are shown as they are stored. */

const STRUCTURE = /"(?:[^"\\]|\\.)*"|[[\]{},]/g;
const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;
const INDENT = '  ';

/** The texts of the values of an array. */
export function valuesOf(array) {
  const values = [];
  let depth = 0;
  let start = 0;
  const end = index => {
    const value = array.slice(start, index).trim();
    if (value !== '') {
      values.push(value);
    }
    start = index + 1;
  };
  for (const { 0: token, index } of array.matchAll(STRUCTURE)) {
    if (token === '[' || token === '{') {
      depth++;
      start = depth === 1 ? index + 1 : start;
    } else if (token === ']' || token === '}') {
      depth--;
      depth === 0 && end(index);
    } else if (token === ',' && depth === 1) {
      end(index);
    }
  }
  return values;
}

/** A value on lines with indentation. */
export function pretty(value) {
  const lines = [];
  let line = '';
  let depth = 0;
  let before = '';
  const breakLine = () => {
    lines.push(line);
    line = INDENT.repeat(depth);
  };
  for (const [token] of value.matchAll(TOKENS)) {
    const opened = before === '[' || before === '{';
    if (token === ']' || token === '}') {
      depth--;
      opened || breakLine();
    } else if (opened || before === ',') {
      breakLine();
    }
    line += token === ':' ? ': ' : token;
    if (token === '[' || token === '{') {
      depth++;
    }
    before = token;
  }
  lines.push(line);
  return lines.join('\n');
}
