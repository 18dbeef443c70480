export interface TileGrid {
  columns: number;
  tileWidth: number;
  tileHeight: number;
}

const WIDEST = 16 / 9;
/** A tile may be narrower than 16:9 where that fills the space better; a phone held upright likes upright tiles. */
const NARROWEST = { landscape: 8 / 7, portrait: 3 / 4 };

/** The grid in which `count` equal tiles fill `width` by `height` CSS pixels best. */
export function tileGrid(count: number, width: number, height: number, gap: number): TileGrid {
  const narrowest = width < height ? NARROWEST.portrait : NARROWEST.landscape;
  let best: TileGrid = { columns: 1, tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    const tileHeight = Math.max(0, Math.min(cellHeight, cellWidth / narrowest));
    const tileWidth = Math.max(0, Math.min(cellWidth, tileHeight * WIDEST));
    if (tileWidth * tileHeight > best.tileWidth * best.tileHeight) best = { columns, tileWidth, tileHeight };
  }
  return best;
}
