/** An object as JSON in pieces: its lists, which may be long, item by item after the `head`. */
export function* jsonPieces(
  head: object,
  lists: Readonly<Record<string, Iterable<object>>>,
): Generator<string, void, void> {
  const fields = JSON.stringify(head).slice(1, -1);
  let comma = fields === '' ? '' : ',';
  yield `{${fields}`;
  for (const [name, items] of Object.entries(lists)) {
    yield `${comma}${JSON.stringify(name)}:[`;
    comma = '';
    for (const item of items) {
      yield comma + JSON.stringify(item);
      comma = ',';
    }
    yield ']';
    comma = ',';
  }
  yield '}';
}
