import type { ModelInferResponse, TensorHeader } from './tritonService.ts';

/** A tensor on the wire: its header, and its elements in row-major order, little-endian. */
export interface Tensor extends TensorHeader {
  data: Buffer;
}

/** Outputs of one response, by name. */
export type Outputs = ReadonlyMap<string, Tensor>;

const LENGTH_BYTES = 4;

/** BYTES[shape]: each element is its UTF-8 length as UINT32, then its bytes. */
export function textTensor(name: string, texts: readonly string[], shape: number[]): Tensor {
  const parts = texts.flatMap((text) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return { name, datatype: 'BYTES', shape, data: Buffer.concat(parts) };
}

/** INT16[1,n]: one row of a batch. `data` holds n samples. */
export function audioTensor(name: string, data: Buffer): Tensor {
  return { name, datatype: 'INT16', shape: [1, data.length / Int16Array.BYTES_PER_ELEMENT], data };
}

/** The elements of a BYTES tensor. @throws RangeError where it was cut short. */
export function readTexts(tensor: Tensor): string[] {
  const texts: string[] = [];
  let offset = 0;
  while (offset < tensor.data.length) {
    const start = offset + LENGTH_BYTES;
    const end = start + tensor.data.readUInt32LE(offset);
    if (end > tensor.data.length) throw new RangeError(`${tensor.name} is cut short`);
    texts.push(tensor.data.toString('utf8', start, end));
    offset = end;
  }
  return texts;
}

export function readOutputs(response: ModelInferResponse): Outputs {
  return new Map(
    response.outputs.map((header, index) => [
      header.name,
      { ...header, data: response.raw_output_contents[index] ?? Buffer.alloc(0) },
    ]),
  );
}

export function isFinal(response: ModelInferResponse): boolean {
  return response.parameters.triton_final_response?.bool_param === true;
}
