import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** First 12 hex digits of the SHA-256 of the given texts; each is delimited, so ['ab','c'] differs from ['a','bc']. */
export function hashOf(...texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest('hex').slice(0, 12);
}

/** SHA-256 of a file of any size, hex. */
export async function sha256(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/**
 * Hash over the names and contents of files and folders; what `skip` names is left out at any depth.
 * Absent paths count as empty.
 */
export function hashOfTree(root, paths, skip = new Set(['node_modules', 'dist'])) {
  const parts = [];
  const visit = (path) => {
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch (error) {
      if (error.code === 'ENOTDIR') parts.push(relative(root, path), readFileSync(path, 'latin1'));
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!skip.has(entry.name)) visit(join(path, entry.name));
    }
  };
  for (const path of paths) visit(join(root, path));
  return hashOf(...parts);
}

/** What a stamp file holds, or undefined when it is absent or broken. */
export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value)}\n`);
}
